// Runs the screens of an inbox with Relay: a list with previews, a ticket, the list again, its next page, and an answer.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';

import relay from 'relay-runtime';

import { agency } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { printSchema, startGateway } from '../../lib/program.mjs';
import { watched } from '../lib/recipes.mjs';
import { compiled, environment, load, mutate, read } from '../lib/relay.mjs';

const schema = printSchema();
const screens = await compiled(schema);
const { screensListQuery, screensTicketQuery, screensAnswerMutation, screensFailingQuery, screensUserRefetchQuery } = screens;
const ids = ({ edges }) => edges.map(({ node }) => node.id);

describe('Relay', () => {
  let gateway;
  let store;
  let takeSent;
  before(async () => { gateway = await startGateway('--sandbox-event-lag=300ms'); });
  after(() => gateway?.stop());
  beforeEach(() => {
    const { watch, ...other } = watched(agency);
    takeSent = other.takeSent;
    store = environment(gateway.url, watch);
  });

  test('lists, opens a ticket, lists again, loads more, and answers', async () => {
    const count = 2;
    const first = (await load(store, screensListQuery, { count })).conversations;
    assert.equal(first.edges.length, count);
    const [{ node: row }] = first.edges;

    const { messages } = (await load(store, screensTicketQuery, { id: row.id, count: 3 })).conversation;
    await load(store, screensTicketQuery, { id: row.id, count: 3, before: messages.pageInfo.startCursor });
    const longer = (await load(store, screensTicketQuery, { id: row.id, count: 3 })).conversation.messages;
    assert.equal(new Set(ids(longer)).size, 6);
    assert.deepEqual(ids(longer).slice(-3), ids(messages));
    assert.deepEqual(takeSent(), ['screensListQuery', 'screensTicketQuery', 'screensTicketQuery']);

    assert.deepEqual((await load(store, screensListQuery, { count })).conversations, first);
    assert.deepEqual(takeSent(), []);

    await load(store, screensListQuery, { count, after: first.pageInfo.endCursor });
    const both = (await load(store, screensListQuery, { count })).conversations;
    assert.equal(new Set(ids(both)).size, 2 * count);
    assert.deepEqual(ids(both).slice(0, count), ids(first));
    assert.deepEqual(takeSent(), ['screensListQuery']);

    const connections = [relay.ConnectionHandler.getConnectionID(row.id, 'screens_messages')];
    const { sendMessage } = await mutate(store, screensAnswerMutation, { id: row.id, text: 'Wir sehen nach.', connections });
    assert.deepEqual(sendMessage.userErrors, []);
    const changed = (await load(store, screensListQuery, { count })).conversations;
    assert.deepEqual(ids(changed), ids(both));
    assert.equal(changed.edges[0].node.preview.nodes[0].content, 'Wir sehen nach.');
    const now = (await load(store, screensTicketQuery, { id: row.id, count: 3 })).conversation.messages;
    assert.deepEqual(ids(now), [...ids(longer), sendMessage.sentMessage.id]);
    assert.deepEqual(takeSent(), ['screensAnswerMutation']);
  });

  test('shows the data beside an error', async () => {
    const { conversations } = await load(store, screensFailingQuery, {});
    assert.deepEqual(conversations.nodes.map(({ messages }) => messages), [null, null]);
    assert.ok(conversations.nodes.every(({ id }) => id));
  });

  // The screens of an object's lists: fragment, its query for further pages, field, and the same lists without Relay.
  for (const [fragment, query, field, lists] of [
    ['screens_project', 'screensProjectPaginationQuery', 'conversations', 'projects { nodes { id list: conversations(first: 100) { nodes { id } } } }'],
    ['screens_customer', 'screensCustomerPaginationQuery', 'conversations', 'customers { nodes { id list: conversations(first: 100) { nodes { id } } } }'],
    ['screens_customerProjects', 'screensCustomerProjectsPaginationQuery', 'projects', 'customers { nodes { id list: projects(first: 100) { nodes { id } } } }'],
  ]) {
    test(`loads the pages of ${fragment} by the ID of the object`, async () => {
      const { body: { data } } = await execute(gateway, agency, `{ ${lists} }`);
      const [{ nodes }] = Object.values(data);
      const { id, list } = nodes.sort((a, b) => b.list.nodes.length - a.list.nodes.length)[0];
      const count = Math.ceil(list.nodes.length / 2);
      assert.ok(count < list.nodes.length);
      const page = async (after) => read(store, screens[fragment], (await load(store, screens[query], { id, count, after })).node)[field];
      await page((await page()).pageInfo.endCursor);
      assert.deepEqual(ids(await page()), list.nodes.map((row) => row.id));
      assert.deepEqual(takeSent(), [query, query]);
    });
  }

  test('refetches a user by ID', async () => {
    const { body: { data: { viewer } } } = await execute(gateway, agency, '{ viewer { id name } }');
    const { node } = await load(store, screensUserRefetchQuery, { id: viewer.id });
    assert.equal(read(store, screens.screens_user, node).name, viewer.name);
  });
});
