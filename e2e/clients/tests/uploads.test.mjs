// Writes to a conversation and attaches files with unmodified client libraries.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';

import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';

const authorization = { Authorization: `Bearer ${agency}` };
const text = (name, content) => new File([content], name, { type: 'text/plain' });

const answer = gql(await readFile(new URL('../../../examples/answer_with_attachment.graphql', import.meta.url), 'utf8'));
const open = gql`
  mutation Open($input: CreateConversationInput!) {
    createConversation(input: $input) { conversation { id status messages { totalCount } } userErrors { code field } }
  }`;
const close = gql`
  mutation Close($input: CloseConversationsInput!) {
    closeConversations(input: $input) { results { conversation { id status } userErrors { code field } } userErrors { code } }
  }`;
const list = gql`
  query List { conversations(first: 1) { nodes { id title status messages(last: 2) { nodes { __typename } } } } }`;

describe('a conversation whose changes become visible after 300 ms', () => {
  let gateway;
  let client;
  before(async () => {
    gateway = await startGateway('--sandbox-event-lag=300ms');
    client = new ApolloClient({
      link: new UploadHttpLink({ uri: gateway.url, headers: { ...authorization, 'Apollo-Require-Preflight': 'true' } }),
      cache: new InMemoryCache(),
    });
  });
  after(async () => {
    client?.stop();
    await gateway?.stop();
  });

  // Each response must include the preceding change.
  test('is opened, replied to with files, closed and listed by Apollo Client', async () => {
    const mutate = async (mutation, variables) => (await client.mutate({ mutation, variables })).data;

    const opened = (await mutate(open, { input: { title: 'Ein Bild sagt mehr', message: 'Es geht nicht.' } })).createConversation;
    assert.deepEqual(opened.userErrors, []);
    assert.equal(opened.conversation.status, 'OPEN');
    assert.equal(opened.conversation.messages.totalCount >= 1, true);

    const { id } = opened.conversation;
    const long = 'Zeile um Zeile.\n'.repeat(50_000);
    const files = [text('größer.log', long), text('leer.txt', '')];
    const sent = (await mutate(answer, { conversationId: id, content: 'Siehe Anhang.', files })).sendMessage;
    assert.deepEqual(sent.userErrors, []);
    assert.deepEqual(sent.sentMessage.files.map((file) => [file.state, file.name, file.mimeType]), [
      ['UPLOADED', 'größer.log', 'text/plain'], ['UPLOADED', 'leer.txt', 'text/plain'],
    ]);
    const fetched = await fetch(sent.sentMessage.files[0].download.url);
    assert.equal(fetched.status, 200);
    assert.equal(await fetched.text(), long);

    const closed = (await mutate(close, { input: { conversationIds: [id] } })).closeConversations;
    assert.deepEqual(closed.results.map((result) => [result.conversation.id, result.conversation.status]), [[id, 'CLOSED']]);
    const { data } = await client.query({ query: list, fetchPolicy: 'network-only' });
    assert.deepEqual(data.conversations.nodes.map((node) => [node.id, node.title, node.status]), [[id, 'Ein Bild sagt mehr', 'CLOSED']]);
  });

  test('gets no message if a file is rejected', async () => {
    const { data: { conversations } } = await client.query({ query: list, fetchPolicy: 'network-only' });
    const files = [text('a.txt', 'a'), new File(['MZ'], 'a.exe', { type: 'application/x-msdownload' })];
    const { data } = await client.mutate({ mutation: answer, variables: { conversationId: conversations.nodes[0].id, content: 'x', files } });
    assert.equal(data.sendMessage.sentMessage, null);
    assert.deepEqual(data.sendMessage.userErrors.map((error) => [error.code, error.field]), [['FILE_TYPE_NOT_ALLOWED', ['input', 'files', '1']]]);
  });

  test('is replied to with a file by urql', async () => {
    const urql = new Client({
      url: gateway.url, exchanges: [fetchExchange], fetchOptions: { headers: { ...authorization, 'X-Requested-With': 'urql' } }, preferGetMethod: false,
    });
    const { data: { conversations } } = await client.query({ query: list, fetchPolicy: 'network-only' });
    const variables = { conversationId: conversations.nodes[0].id, content: 'Von urql.', files: [text('urql.txt', 'Hallo')] };
    const { data, error } = await urql.mutation(answer, variables).toPromise();
    assert.equal(error, undefined);
    assert.deepEqual(data.sendMessage.sentMessage.files.map((file) => file.name), ['urql.txt']);
  });
});
