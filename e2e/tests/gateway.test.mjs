// Queries the gateway like a frontend, and compares the results with those of the provider's client.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { clientOf } from '../lib/client.mjs';
import { agency, conversationCounts, futureConversation, nowhere, tokens } from '../lib/demo.mjs';
import { execute } from '../lib/graphql.mjs';
import { startGateway, startSandbox } from '../lib/program.mjs';
import { graphQLView, restView } from '../lib/views.mjs';

const inbox = `query Inbox {
  conversations(first: 50) {
    totalCount
    pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes {
      id
      title
      status
      messages {
        totalCount
        nodes { __typename ... on MessageItem { id isInternal } ... on TextMessage { content createdBy { name } } }
      }
    }
  }
}`;

describe('the gateway', () => {
  let gateway;
  let sandbox; // another process than the gateway's sandbox, with the same data
  before(async () => { [gateway, sandbox] = await Promise.all([startGateway(), startSandbox()]); });
  after(() => Promise.all([gateway?.stop(), sandbox?.stop()]));

  test('returns 50 conversations with their messages', async () => {
    const { status, headers, body } = await execute(gateway, agency, inbox);
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'application/json; charset=utf-8');
    assert.equal(body.errors, undefined);
    const { nodes, totalCount, pageInfo } = body.data.conversations;
    assert.equal(totalCount, 500);
    assert.deepEqual([pageInfo.hasNextPage, pageInfo.hasPreviousPage], [true, false]);
    assert.equal(new Set(nodes.map(({ id }) => id)).size, 50);
    for (const { id, title, messages } of nodes) {
      assert.ok(title, id);
      assert.equal(messages.totalCount, messages.nodes.length, id);
      assert.ok(messages.nodes.every((message) => message.id && message.isInternal === false), id);
    }
    const texts = nodes.flatMap(({ messages }) => messages.nodes).filter((message) => message.content);
    assert.ok(texts.length > 500, `${texts.length} messages with a text`);
  });

  test('lists in the order of the REST API, without internal messages', async () => {
    const { body } = await execute(gateway, agency, inbox);
    const client = clientOf(sandbox, agency);
    const queryParameters = { limit: 50, sort: ['lastMessage.createdAt', 'conversationId'], order: ['desc', 'asc'] };
    const { data: rows } = await client.conversation.listConversations({ queryParameters });
    assert.deepEqual(body.data.conversations.nodes.map(({ id }) => id), rows.map((row) => row.conversationId));
    let hidden = 0;
    for (const [i, { conversationId }] of rows.entries()) {
      const { data } = await client.conversation.listMessagesByConversation({ conversationId });
      const visible = data.filter((message) => !message.internal).length;
      assert.equal(body.data.conversations.nodes[i].messages.totalCount, visible, conversationId);
      hidden += data.length - visible;
    }
    assert.ok(hidden > 0, 'internal messages exist');
  });

  test('uses the newer media type if the client accepts it', async () => {
    const { status, headers, body } = await execute(gateway, agency, inbox, {}, 'application/graphql-response+json');
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'application/graphql-response+json; charset=utf-8');
    assert.equal(body.data.conversations.nodes.length, 50);
  });

  test('rejects a request without a token', async () => {
    const { status, headers, body } = await execute(gateway, null, inbox);
    assert.equal(status, 401);
    assert.equal(headers.get('www-authenticate'), 'Bearer');
    assert.equal(body.data, undefined);
    assert.deepEqual(body.errors.map((error) => error.extensions.code), ['UNAUTHENTICATED']);
  });

  test('reports a rejected token at the field', async () => {
    const { status, body } = await execute(gateway, 'no-such-token', inbox);
    assert.equal(status, 200);
    assert.deepEqual(body.data, { conversations: null });
    const [{ path, extensions }] = body.errors;
    assert.deepEqual([path, extensions.code], [['conversations'], 'UNAUTHENTICATED']);
  });

  test('returns null for a conversation that does not exist', async () => {
    const query = 'query One($id: ID!) { conversation(id: $id) { title } }';
    const { body } = await execute(gateway, agency, query, { id: nowhere });
    assert.deepEqual(body, { data: { conversation: null } });
  });

  for (const token of tokens) {
    test(`returns the same data as the REST API for ${token}`, async () => {
      const [expected, actual] = await Promise.all([restView(sandbox, token), graphQLView(gateway, token)]);
      assert.equal(expected.length, conversationCounts[token]);
      const ids = actual.flatMap(({ messages }) => messages.map(({ id }) => id));
      assert.ok(ids.every(Boolean), 'every message has an ID');
      assert.equal(new Set(ids).size, ids.length, 'IDs are unique');
      assert.deepEqual(actual.map(({ id }) => id), expected.map(({ id }) => id));
      for (const [i, conversation] of expected.entries()) {
        assert.deepEqual(withoutDerivedIDs(actual[i], conversation), conversation);
      }
      console.log(`${token}: ${actual.length} conversations and ${ids.length} messages are the same`);
    });
  }

  test('returns unknown values as UNKNOWN', async () => {
    const { status, body } = await execute(gateway, agency, future, { id: futureConversation });
    assert.equal(status, 200);
    assert.equal(body.errors, undefined);
    const { messages, members, ...conversation } = body.data.conversation;
    assert.deepEqual(conversation, {
      status: 'UNKNOWN',
      rawStatus: 'escalated',
      visibility: 'UNKNOWN',
      notificationRoles: ['CUSTOMER_OWNER', 'PROJECT_EMAIL_ADMIN', 'UNKNOWN'],
      category: { name: 'assistant', referenceTypes: ['PROJECT', 'UNKNOWN'] },
      relatedTo: { __typename: 'UnknownReference', domain: 'ai', aggregate: 'assistant' },
      sharedWith: { __typename: 'UnknownReference', domain: 'team', aggregate: 'squad' },
      relations: [{ domain: 'ai', aggregate: 'prompt' }],
    });
    assert.ok(members.length > 0 && members.every(({ user }) => user.name));
    assert.deepEqual(messages.nodes.map(({ __typename }) => __typename), [
      'StatusUpdate', 'TextMessage', 'ServiceRequest', 'UnknownMessage', 'UnknownMessage', 'TextMessage', 'TextMessage',
      'ServiceRequest', 'StatusUpdate', 'TextMessage', 'TextMessage',
    ]);
    assert.equal(messages.nodes[3].rawType, 'POLL');
    assert.deepEqual(messages.nodes[6].files, [
      { __typename: 'UnknownFile', state: 'UNKNOWN', rawState: 'quarantined' },
      { __typename: 'UploadedFile', state: 'UPLOADED', name: 'protokoll.txt' },
    ]);
    const { kind, rawKind, payload } = messages.nodes[7];
    assert.deepEqual([kind, rawKind, payload.__typename], ['UNKNOWN', 'aiHandover', 'UnknownPayload']);
    assert.deepEqual(payload.keys.toSorted(), ['apiKey', 'confidence', 'model', 'steps']);
    assert.equal(messages.nodes[8].code, 'STATUS_ESCALATED');
  });
});

const future = `query Future($id: ID!) {
  conversation(id: $id) {
    status rawStatus visibility notificationRoles
    category { name referenceTypes }
    relatedTo { __typename ... on Reference { domain aggregate } }
    sharedWith { __typename ... on Reference { domain aggregate } }
    relations { domain aggregate }
    members { user { name } }
    messages {
      nodes {
        __typename
        ... on TextMessage {
          files { __typename state ... on UnknownFile { rawState } ... on UploadedFile { name } }
        }
        ... on StatusUpdate { code }
        ... on ServiceRequest { kind rawKind payload { __typename ... on UnknownPayload { keys } } }
        ... on UnknownMessage { rawType }
      }
    }
  }
}`;

// withoutDerivedIDs removes IDs that the gateway derived because the REST API sends no ID.
function withoutDerivedIDs(actual, expected) {
  const messages = actual.messages.map((message, i) => {
    return expected.messages[i]?.id === null ? { ...message, id: null } : message;
  });
  return { ...actual, messages };
}
