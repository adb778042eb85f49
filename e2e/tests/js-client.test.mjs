// Uses the sandbox with the provider's client, like a program for the real API.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { allConversations, clientOf } from '../lib/client.mjs';
import { agency, bakery, conversationCounts, freelancer, futureConversation, nowhere, tokens } from '../lib/demo.mjs';
import { startSandbox } from '../lib/program.mjs';

const isUUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe("the provider's client and the sandbox", () => {
  let sandbox;
  before(async () => { sandbox = await startSandbox(); });
  after(() => sandbox?.stop());

  const list = async (token, queryParameters) => {
    const answer = await clientOf(sandbox, token).conversation.listConversations({ queryParameters });
    assert.equal(answer.status, 200);
    return { rows: answer.data, total: Number(answer.headers['x-pagination-totalcount']), headers: answer.headers };
  };
  const customerOf = async (client) => {
    const self = await client.user.getUser({ userId: 'self' });
    return Object.keys(self.data.customerMemberships)[0];
  };

  for (const token of tokens) {
    test(`pages through the conversations of ${token}`, async () => {
      const count = conversationCounts[token];
      const whole = await list(token, { limit: 1000 });
      assert.equal(whole.total, count);
      assert.equal(whole.rows.length, count);
      const paged = await allConversations(clientOf(sandbox, token), {}, 7);
      assert.deepEqual(paged, whole.rows);
      assert.equal(new Set(paged.map((row) => row.conversationId)).size, count);
    });

    test(`reads user and preferences of ${token}`, async () => {
      const client = clientOf(sandbox, token);
      const self = await client.user.getUser({ userId: 'self' });
      assert.equal(self.status, 200);
      assert.match(self.data.userId, isUUID);
      assert.match(self.data.email, /^owner@.*\.example$/);
      const customerId = await customerOf(client);
      const preferences = await client.conversation.getConversationPreferencesOfCustomer({ customerId });
      assert.equal(preferences.status, 200);
      assert.equal(preferences.data.customerId, customerId);
    });
  }

  test('lists 100 conversations, newest message first, by default', async () => {
    const { rows, headers } = await list(agency, {});
    assert.equal(rows.length, 100);
    assert.equal(headers['x-pagination-limit'], '100');
    assert.equal(headers['x-pagination-skip'], '0');
    assert.equal(headers['x-pagination-page'], '1');
    const times = rows.map((row) => row.lastMessageAt ?? row.lastMessage?.createdAt).map(Date.parse);
    assert.deepEqual(times, times.toSorted((a, b) => b - a));
  });

  test('returns the same rows for skip and page', async () => {
    const skipped = await list(agency, { limit: 20, skip: 40 });
    const paged = await list(agency, { limit: 20, page: 3 });
    assert.deepEqual(skipped.rows, paged.rows);
    assert.equal(skipped.headers['x-pagination-page'], '3');
    const both = await list(agency, { limit: 20, skip: 40, page: 1 });
    assert.deepEqual(both.rows, skipped.rows);
    assert.equal((await list(agency, { limit: 20, page: 26 })).rows.length, 0);
  });

  test('filters by status', async () => {
    const open = await list(agency, { status: ['open'], limit: 1000 });
    const closed = await list(agency, { status: ['closed'], limit: 1000 });
    assert.ok(open.total > 0 && closed.total > 0);
    assert.equal(open.total + closed.total, conversationCounts[agency]);
    assert.ok(open.rows.every((row) => row.status !== 'closed'));
    assert.ok(closed.rows.every((row) => row.status === 'closed'));
    assert.equal((await list(agency, { status: ['open', 'closed'] })).total, conversationCounts[agency]);
  });

  test('searches for words and phrases', async () => {
    const words = await list(agency, { fullTextSearch: 'umzug vielen', limit: 1000 });
    const phrase = await list(agency, { fullTextSearch: '"Grüßt den Assistenten"', limit: 1000 });
    assert.ok(words.total > 1 && words.total < conversationCounts[agency]);
    assert.deepEqual(phrase.rows.map((row) => row.conversationId), [futureConversation]);
    assert.equal((await list(agency, { fullTextSearch: '"Assistenten den grüßt"' })).total, 0);
  });

  test('sorts by several fields', async () => {
    const { rows } = await list(agency, { limit: 1000, sort: ['title', 'createdAt'], order: ['asc', 'desc'] });
    for (let i = 1; i < rows.length; i++) {
      const order = Buffer.compare(Buffer.from(rows[i - 1].title), Buffer.from(rows[i].title));
      assert.ok(order <= 0, rows[i].title);
      assert.ok(order < 0 || Date.parse(rows[i - 1].createdAt) >= Date.parse(rows[i].createdAt), rows[i].title);
    }
  });

  test('gets a conversation with its messages and members', async () => {
    const { conversation } = clientOf(sandbox, bakery);
    const { rows } = await list(bakery, {});
    let written = 0;
    for (const row of rows) {
      const { conversationId } = row;
      const [one, messages, members] = await Promise.all([
        conversation.getConversation({ conversationId }),
        conversation.listMessagesByConversation({ conversationId }),
        conversation.getConversationMembers({ conversationId }),
      ]);
      assert.deepEqual([one.status, messages.status, members.status], [200, 200, 200]);
      assert.deepEqual(one.data, row);
      assert.equal(messages.data.length > 0, Boolean(row.lastMessage ?? row.lastMessageAt), conversationId);
      assert.ok(messages.data.every((message) => message.conversationId === conversationId));
      written += messages.data.filter((message) => message.type === 'MESSAGE' && message.messageContent).length;
      const known = new Set(members.data.map((member) => member.userId));
      assert.ok(known.has(row.mainUser.userId), `${conversationId}: the main user is a member`);
    }
    assert.ok(written > 100, `${written} messages with a text`);
  });

  // The provider's program "mw conversation" makes these calls with this client: a person types a short ID, which the program
  // resolves before a write.
  test('answers, closes and shows a conversation by its short ID', async () => {
    const { conversation } = clientOf(sandbox, agency);
    const categories = await conversation.listCategories();
    const { categoryId } = categories.data.find(({ name }) => name === 'general');
    const opened = await conversation.createConversation({ data: { title: 'Frage', categoryId } });
    assert.equal(opened.status, 201);
    const { conversationId: id } = opened.data;
    const first = await conversation.createMessage({ conversationId: id, data: { messageContent: 'Wer hilft?' } });
    const list = await conversation.listConversations();
    const { shortId } = list.data.find((row) => row.conversationId === id);

    const resolve = async () => (await conversation.getConversation({ conversationId: shortId })).data.conversationId;
    assert.equal(await resolve(), id);
    const reply = await conversation.createMessage({ conversationId: await resolve(), data: { messageContent: 'Erledigt.' } });
    const closed = await conversation.setConversationStatus({ conversationId: await resolve(), data: { status: 'closed' } });
    assert.deepEqual([first.status, reply.status, closed.status], [201, 201, 200]);

    const shown = await conversation.getConversation({ conversationId: shortId });
    const messages = await conversation.listMessagesByConversation({ conversationId: shortId });
    const members = await conversation.getConversationMembers({ conversationId: shortId });
    assert.deepEqual([shown.status, messages.status, members.status], [200, 200, 200]);
    assert.equal(shown.data.status, 'closed');
    const texts = messages.data.filter(({ type }) => type === 'MESSAGE').map(({ messageContent }) => messageContent);
    assert.deepEqual(texts.toSorted(), ['Erledigt.', 'Wer hilft?']);
    for (const token of [bakery, freelancer]) { // of others, it is no ID at all
      assert.equal((await clientOf(sandbox, token).conversation.getConversation({ conversationId: shortId })).status, 400);
    }
  });

  test('shares three conversations between two customers', async () => {
    const ids = async (token) => (await list(token, { limit: 1000 })).rows.map((row) => row.conversationId);
    const seen = new Set(await ids(agency));
    assert.equal((await ids(bakery)).filter((id) => seen.has(id)).length, 3);
    assert.equal((await ids(freelancer)).filter((id) => seen.has(id)).length, 0);
  });

  test('reads the list of categories and each category', async () => {
    const { conversation } = clientOf(sandbox, freelancer);
    const categories = await conversation.listCategories();
    assert.equal(categories.status, 200);
    assert.equal(categories.data.length, 8);
    assert.deepEqual(categories.data.map(({ name }) => name).slice(0, 3), ['general', 'domain', 'email']);
    for (const category of categories.data) {
      const one = await conversation.getCategory({ categoryId: category.categoryId });
      assert.deepEqual(one.data, category);
    }
  });

  test('distinguishes unknown, forbidden, invalid and unauthenticated requests', async () => {
    const [foreign] = (await list(freelancer, {})).rows;
    const { conversation, user } = clientOf(sandbox, bakery);
    const stranger = clientOf(sandbox, 'no-such-token');
    const customerId = await customerOf(clientOf(sandbox, agency));
    const expected = [
      [404, 'NotFoundError', conversation.getConversation({ conversationId: nowhere })],
      [404, 'NotFoundError', conversation.listMessagesByConversation({ conversationId: nowhere })],
      [404, 'NotFoundError', conversation.getCategory({ categoryId: nowhere })],
      [404, 'NotFoundError', user.getUser({ userId: nowhere })],
      [403, 'ForbiddenError', conversation.getConversation({ conversationId: foreign.conversationId })],
      [403, 'ForbiddenError', conversation.listMessagesByConversation({ conversationId: foreign.conversationId })],
      [403, 'ForbiddenError', conversation.getConversationMembers({ conversationId: foreign.conversationId })],
      [403, 'ForbiddenError', conversation.getConversationPreferencesOfCustomer({ customerId })],
      [400, 'ValidationError', conversation.getConversation({ conversationId: 'no-uuid' })],
      [400, 'ValidationError', conversation.listConversations({ queryParameters: { limit: -1 } })],
      [401, 'UnauthorizedError', stranger.conversation.listConversations()],
      [401, 'UnauthorizedError', stranger.user.getUser({ userId: 'self' })],
    ];
    for (const [i, [status, type, call]] of expected.entries()) {
      const answer = await call;
      assert.deepEqual([answer.status, answer.data.type], [status, type], `call ${i}`);
    }
  });
});
