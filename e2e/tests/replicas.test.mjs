// Two replicas behind nginx, which sends them requests in turn, while the store that they share works, fails, or does not exist.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { agency, bakery } from '../lib/demo.mjs';
import { execute } from '../lib/graphql.mjs';
import { runWithReplicas, startReplicas } from '../lib/replicas.mjs';
import { states } from '../lib/store.mjs';
import { events, stream } from '../lib/streams.mjs';

const file = (name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url));

// These tests hold every rule of the protocols. They mostly wait, so they run three at a time.
describe('the rules of the protocols hold for two replicas', { concurrency: 3 }, () => {
  for (const state of Object.keys(states)) {
    test(`store: ${state}`, () => runWithReplicas(state, ['graphql-http', 'gateway', 'live'].map(file)));
  }
});

// Otherwise the tests above could pass because nothing fails. A request of a new caller reads from the store.
describe('replicas log the state of the store', { concurrency: true }, () => {
  for (const [state, { logged: text }] of Object.entries(states).filter(([, store]) => store)) {
    test(state, async () => {
      const shared = await startReplicas(state, ['--log-format=json']);
      const logged = shared.replicas.map(() => new Set());
      for (const late = Date.now() + 30_000; Date.now() < late && !logged.every((seen) => seen.has(text));) {
        await Promise.all(shared.replicas.map(async (replica, i) => {
          await execute(replica, randomUUID(), '{ viewer { id } }');
          const records = (await replica.takeLog()).filter(({ msg }) => msg === 'valkey');
          records.forEach(({ state, reason }) => logged[i].add([state, reason].filter(Boolean).join(' ')));
        }));
      }
      await shared.stop();
      logged.forEach((seen) => assert.ok(seen.has(text), [...seen].join(', ')));
    });
  }
});

// Each request below is sent to one of the replicas, not to nginx.
describe('two replicas that share a store', () => {
  let shared;
  before(async () => { shared = await startReplicas('up', ['--sandbox-rate-limit=100/20s', '--live-interval=20s', '--log-format=json']); });
  after(() => shared?.stop());

  const message = `mutation($id: ID!, $content: String!, $key: String) {
    sendMessage(input: { conversationId: $id, content: $content, idempotencyKey: $key }) { messageId userErrors { message } }
  }`;
  const firstID = async (gateway) => (await execute(gateway, bakery, '{ conversations(first: 1) { nodes { id } } }')).body.data.conversations.nodes[0].id;

  test('write once for one idempotency key', async () => {
    const variables = { id: await firstID(shared.replicas[0]), content: randomUUID(), key: randomUUID() };
    const sent = await Promise.all(shared.replicas.map((replica) => execute(replica, bakery, message, variables)));
    const [{ messageId }, other] = sent.map(({ body }) => body.data.sendMessage);
    assert.ok(messageId);
    assert.deepEqual(other, { messageId, userErrors: [] });
    const read = await execute(shared, bakery, 'query($id: ID!) { conversation(id: $id) { messages(last: 5) { nodes { ... on TextMessage { content } } } } }', variables);
    assert.equal(read.body.data.conversation.messages.nodes.filter(({ content }) => content === variables.content).length, 1);
  });

  test('report a write on one to a subscription on the other, long before its next poll', async () => {
    const [first, second] = shared.replicas;
    const id = await firstID(first);
    const received = events(await stream(second.url, bakery, 'subscription { inboxChanged { kind conversationId } }', 'text/event-stream'));
    const next = async () => JSON.parse((await received.next()).value.data).data.inboxChanged;
    assert.equal((await next()).kind, 'SYNCED');
    const start = Date.now();
    await execute(first, bakery, message, { id, content: 'Anyone there?' });
    assert.deepEqual(await next(), { kind: 'CHANGED', conversationId: id });
    assert.ok(Date.now() - start < 3000, `after ${Date.now() - start} ms`);
    await received.return();
  });

  test('stop before the first call if the other has met the rate limit', async () => {
    const [first, second] = shared.replicas;
    const list = '{ conversations(first: 1) { totalCount } }';
    for (let i = 0; i < 100; i++) {
      await execute(first, agency, list);
    }
    await second.takeLog();
    const { body } = await execute(second, agency, list);
    assert.equal(body.errors[0].extensions.code, 'RATE_LIMITED');
    const record = (await second.takeLog()).find(({ msg }) => msg === 'request');
    assert.equal(record.upstreamCalls, 0);
    assert.equal((await execute(second, bakery, list)).body.errors, undefined, 'another caller');
  });
});
