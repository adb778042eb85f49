// Runs the cache recipes of docs/clients.md with the operations of examples/: a list with previews, a ticket, the list again,
// its next page, and an answer.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test';

import { ApolloClient, gql, HttpLink } from '@apollo/client';
import { InfiniteQueryObserver, MutationObserver, QueryClient } from '@tanstack/query-core';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { buildSchema, getNamedType, introspectionFromSchema, isObjectType } from 'graphql';
import { GraphQLClient } from 'graphql-request';

import { agency } from '../../lib/demo.mjs';
import { blocks, root } from '../../lib/docs.mjs';
import { printSchema, startGateway } from '../../lib/program.mjs';
import { examples, operation, recipe, watched } from '../lib/recipes.mjs';

const size = 20;
// Beside the preview, the end of each history, which has another page size than the history of the ticket.
const inbox = (await operation('inbox')).replace('lastText {', 'end: messages(last: 1) { nodes { __typename ... on MessageItem { id } } } lastText {');
const ticket = await operation('ticket');
// The same list by edges, with another list size, and a part of the history.
const inboxByEdges = `query InboxByEdges($first: Int = ${size}, $after: String) {
  conversations(first: $first, after: $after, filter: { states: [OPEN] }) { pageInfo { hasNextPage endCursor } edges { cursor node { id title } } }
}`;
const newest = `query Newest { conversations(first: 1, filter: { states: [OPEN] }) { totalCount nodes { id title } } }`;
const history = `query History($id: ID!, $before: String) {
  conversation(id: $id) { id messages(last: 3, before: $before) { pageInfo { hasPreviousPage startCursor } nodes { __typename ... on MessageItem { id } } } }
}`;
// The payload contains what the screen shows, so no query is needed after it.
const answer = `mutation Answer($id: ID!, $text: String!) {
  sendMessage(input: { conversationId: $id, content: $text }) {
    conversation {
      id
      status
      lastMessage { createdAt createdBy { id name isEmployee } }
      end: messages(last: 1) { nodes { __typename ... on MessageItem { id } } }
      waitingFor
      lastText { id contentText(maxLength: 120, includeQuotes: false, includeSignature: false) }
      messages(last: 3) { pageInfo { hasPreviousPage startCursor } nodes { __typename ... on MessageItem { id } } }
    }
    userErrors { code }
  }
}`;

// clients returns for each client: query(text, variables), next(text, variables) for a further page, mutate(text, variables),
// and cached(text, variables), which fails instead of sending a request.
const clients = {
  async 'Apollo Client'(url, watch) {
    const { createCache } = await recipe('apollo-cache.mjs');
    const possibleTypes = JSON.parse(await readFile(join(examples, 'inbox/src/possible-types.json'), 'utf8'));
    const client = new ApolloClient({ link: new HttpLink({ uri: url, fetch: watch }), cache: createCache(possibleTypes), defaultOptions: { query: { errorPolicy: 'all' } } });
    const query = async (text, variables, fetchPolicy) => (await client.query({ query: gql(text), variables, fetchPolicy })).data;
    return {
      query,
      reload: (text, variables) => query(text, variables, 'network-only'),
      // fetchMore of a component: the cache merges the page into the list without the cursor.
      async next(text, variables, cursor) {
        const list = client.watchQuery({ query: gql(text), variables, errorPolicy: 'all' });
        await list.fetchMore({ variables: cursor, errorPolicy: 'all' });
        return client.readQuery({ query: gql(text), variables });
      },
      mutate: async (text, variables) => (await client.mutate({ mutation: gql(text), variables })).data,
      stop: () => client.stop(),
    };
  },
  async urql(url, watch, schema) {
    const { cacheOptions } = await recipe('graphcache.mjs');
    const client = new Client({ url, exchanges: [cacheExchange(cacheOptions(schema)), fetchExchange], fetch: watch, preferGetMethod: false });
    const query = async (text, variables, requestPolicy) => (await client.query(text, variables, { requestPolicy }).toPromise()).data;
    return {
      query,
      reload: (text, variables) => query(text, variables, 'network-only'),
      async next(text, variables, cursor) {
        await query(text, { ...variables, ...cursor });
        return query(text, variables);
      },
      mutate: async (text, variables) => (await client.mutation(text, variables).toPromise()).data,
      stop() {},
    };
  },
};

const schema = buildSchema(printSchema());
const ids = (list) => list.nodes.map(({ id }) => id);

for (const [name, create] of Object.entries(clients)) {
  describe(`${name} with the recipe`, () => {
    let gateway;
    let client;
    let takeSent;
    let warnings;
    before(async () => { gateway = await startGateway('--sandbox-event-lag=300ms'); });
    after(() => gateway?.stop());
    beforeEach(async () => {
      const { watch, ...other } = watched(agency);
      takeSent = other.takeSent;
      warnings = ['warn', 'error'].map((method) => mock.method(console, method, () => {}));
      client = await create(gateway.url, watch, introspectionFromSchema(schema, { descriptions: false }));
    });
    afterEach(() => {
      client.stop();
      const lines = warnings.flatMap(({ mock: { calls } }) => calls.map(({ arguments: [line] }) => line));
      mock.restoreAll();
      assert.deepEqual(lines, [], 'warnings');
    });

    test('lists, opens a ticket, lists again, loads more, and answers', async () => {
      const first = (await client.query(inbox)).conversations;
      assert.equal(first.nodes.length, size);
      assert.deepEqual(takeSent(), ['Inbox']);
      const row = first.nodes.find(({ lastText }) => lastText);

      const opened = (await client.query(ticket, { id: row.id })).conversation;
      assert.equal(opened.messages.nodes.length, opened.messages.totalCount);
      assert.deepEqual(takeSent(), ['Ticket']);
      // A history in pages, from its end.
      const end = (await client.query(history, { id: row.id })).conversation.messages;
      assert.deepEqual(ids(end), ids(opened.messages).slice(-3));
      const longer = (await client.next(history, { id: row.id }, { before: end.pageInfo.startCursor })).conversation.messages;
      assert.deepEqual(ids(longer), ids(opened.messages).slice(-6));
      assert.deepEqual(takeSent(), ['History', 'History']);

      // The previews are those of the list, and the histories those of the ticket, from the cache and from the gateway.
      assert.deepEqual((await client.query(inbox)).conversations, first);
      assert.deepEqual((await client.query(ticket, { id: row.id })).conversation.messages, opened.messages);
      assert.deepEqual(takeSent(), []);
      assert.deepEqual((await client.reload(inbox)).conversations, first);
      assert.deepEqual(takeSent(), ['Inbox']);

      const both = (await client.next(inbox, {}, { after: first.pageInfo.endCursor })).conversations;
      assert.deepEqual(takeSent(), ['Inbox']);
      assert.equal(new Set(ids(both)).size, 2 * size);
      assert.deepEqual(ids(both).slice(0, size), ids(first));
      assert.notEqual(both.pageInfo.endCursor, first.pageInfo.endCursor);
      assert.ok(both.nodes.every(({ end: { nodes } }) => nodes.length === 1));

      const { sendMessage } = await client.mutate(answer, { id: row.id, text: 'Wir sehen nach.' });
      assert.deepEqual(sendMessage.userErrors, []);
      const changed = (await client.query(inbox)).conversations;
      assert.deepEqual(ids(changed), ids(both));
      assert.equal(changed.nodes.find(({ id }) => id === row.id).lastText.contentText, 'Wir sehen nach.');
      const now = (await client.query(history, { id: row.id })).conversation.messages;
      assert.equal(ids(now).at(-1), ids(sendMessage.conversation.messages).at(-1));
      assert.deepEqual(takeSent(), ['Answer']);
    });

    test('shows all rows of a list that was loaded with edges to queries with nodes, and the other way round', async () => {
      const byEdges = (await client.query(inboxByEdges)).conversations;
      const both = (await client.next(inboxByEdges, {}, { after: byEdges.pageInfo.endCursor })).conversations;
      const loaded = both.edges.map(({ node }) => node.id);
      assert.equal(new Set(loaded).size, 2 * size);
      takeSent();
      const nodes = (await client.query(`query Nodes { conversations(first: ${size}, filter: { states: [OPEN] }) { nodes { id title } } }`)).conversations;
      assert.deepEqual([ids(nodes), takeSent()], [loaded, []]);
    });

    test('loads a list with edges that was loaded with nodes', async () => {
      const byNodes = (await client.query(inbox)).conversations;
      takeSent();
      const byEdges = (await client.query(inboxByEdges)).conversations;
      assert.deepEqual(byEdges.edges.map(({ node }) => node.id), ids(byNodes));
      assert.deepEqual(takeSent(), ['InboxByEdges']);
    });

    test('keeps lists of another size or with another filter apart', async () => {
      const list = (await client.query(inbox)).conversations;
      const few = (await client.query(newest)).conversations;
      assert.deepEqual(ids(few), ids(list).slice(0, 1));
      const again = (await client.query(inbox)).conversations;
      assert.deepEqual(ids(again), ids(list));
      const closed = (await client.query(`query Closed { conversations(first: ${size}, filter: { states: [CLOSED] }) { nodes { id } } }`)).conversations;
      assert.equal(ids(closed).filter((id) => ids(list).includes(id)).length, 0);
      assert.deepEqual(takeSent(), ['Inbox', 'Newest', 'Closed']);
    });

    test('loads rows after a query that selects only their number', async () => {
      const { conversations: { totalCount } } = await client.query(`query Count { conversations(first: ${size}, filter: { states: [OPEN] }) { totalCount } }`);
      const list = (await client.query(inbox)).conversations;
      assert.deepEqual([list.totalCount, list.nodes.length], [totalCount, size]);
      assert.deepEqual(takeSent(), ['Count', 'Inbox']);
    });
  });
}

test('TanStack Query with the recipe lists, loads more, and shows an answer in the list', async () => {
  const gateway = await startGateway('--sandbox-event-lag=300ms');
  try {
    const { text } = blocks(await readFile(join(root, 'docs/clients.md'), 'utf8')).find(({ text: code }) => code.includes('new QueryClient'));
    const list = `query List($after: String, $filter: ConversationFilter) {
      conversations(first: 5, after: $after, filter: $filter) { pageInfo { hasNextPage endCursor } nodes { id lastText { contentText } } }
    }`;
    const given = { GraphQLClient, QueryClient, url: gateway.url, token: agency, filter: { states: ['OPEN'] }, list, mutation: answer };
    const recipes = new Function(...Object.keys(given), `${text}; return { queries, inbox, answer };`)(...Object.values(given));
    const observer = new InfiniteQueryObserver(recipes.queries, recipes.inbox);
    const unsubscribe = observer.subscribe(() => {});
    await observer.refetch();
    const { data: { pages } } = await observer.fetchNextPage();
    const rows = pages.flatMap(({ conversations: { nodes } }) => nodes);
    assert.equal(new Set(rows.map(({ id }) => id)).size, 10);
    const { id } = rows[7]; // on the second page; its answer makes it the first row
    await new MutationObserver(recipes.queries, recipes.answer).mutate({ id, text: 'Wir sehen nach.' });
    const [first] = observer.getCurrentResult().data.pages[0].conversations.nodes;
    assert.deepEqual([first.id, first.lastText.contentText], [id, 'Wir sehen nach.']);
    unsubscribe();
    recipes.queries.clear();
  } finally {
    await gateway.stop();
  }
});

test('the recipe for Apollo Client merges every list of the schema by its filters', async () => {
  const { createCache } = await recipe('apollo-cache.mjs');
  const { policies } = createCache({});
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    for (const field of Object.values(type.getFields()).filter((field) => getNamedType(field.type).name.endsWith('Connection'))) {
      const { keyFn } = policies.getFieldPolicy(type.name, field.name) ?? {};
      assert.ok(keyFn, `${type.name}.${field.name}`);
      const args = Object.fromEntries(field.args.map(({ name }) => [name, 'x']));
      const { before, after, ...filters } = args;
      const key = keyFn(args, { fieldName: field.name });
      assert.deepEqual(JSON.parse(key.slice(key.indexOf(':') + 1)), filters, `${type.name}.${field.name}`);
    }
  }
});

for (const name of ['apollo-cache.mjs', 'graphcache.mjs']) {
  test(`docs/clients.md contains ${name}`, async () => {
    const page = await readFile(join(root, 'docs/clients.md'), 'utf8');
    assert.ok(blocks(page).some(({ text }) => text === readFileSync(join(examples, 'clients', name), 'utf8')));
  });
}
