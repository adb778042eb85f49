// Runs the routers of docs/federation.md on the composed graph and queries across both subgraphs.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { agency } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { startGateway } from '../../lib/program.mjs';
import { events, stream } from '../../lib/streams.mjs';
import { budgetOf, startBilling, tierOf } from '../lib/billing.mjs';
import { startProxy } from '../lib/proxy.mjs';
import { startRouter, routers as documented } from '../lib/routers.mjs';
import { sdlOf, supergraphOf } from '../lib/supergraph.mjs';

const acrossBoth = `query AcrossBoth {
  conversations(first: 50) {
    nodes {
      id
      title
      relatedTo { __typename ... on Reference { id } ... on Project { budget } ... on Customer { tier } }
      messages(first: 1) { totalCount }
    }
  }
}`;

// references returns the gateway's part of withNames, plus the given fields of the other subgraph.
const references = (project, customer) => `query($first: Int!) {
  conversations(first: $first) {
    nodes {
      relatedTo {
        __typename
        ... on Project { id access description status ${project} customer { id name ${customer} } }
        ... on AppInstallation { appName project { id description } }
      }
    }
  }
}`;
const withNames = references('budget', 'tier');

// takeCalls returns the number of calls of each request since the last takeLog. It skips other log lines, such as warnings
// about unknown values from the sandbox.
const takeCalls = async (gateway) =>
  (await gateway.takeLog()).filter(({ msg }) => msg === 'request').map(({ upstreamCalls }) => upstreamCalls);

// withBilling adds the fields of the other subgraph to an object of the gateway.
function withBilling(about) {
  if (about?.__typename !== 'Project') {
    return about;
  }
  const { customer, ...project } = about;
  return { ...project, budget: budgetOf(about.id), customer: customer && { ...customer, tier: tierOf(customer.id) } };
}

describe('routers', () => {
  let gateway;
  let billing;
  let proxy;
  const routers = {};
  const names = Object.keys(documented);
  before(async () => {
    gateway = await startGateway('--subgraph', '--log-format=json', '--sandbox-event-lag=2s', '--live-interval=1s');
    billing = await startBilling();
    proxy = await startProxy(new URL('/subgraph', gateway.url));
    const conversations = proxy.url;
    const { supergraphSdl } = supergraphOf('apollo', await sdlOf(conversations), { conversations, billing: billing.url });
    await Promise.all(names.map(async (name) => { routers[name] = await startRouter(name, supergraphSdl); }));
  });
  after(async () => {
    await Promise.all(Object.values(routers).map((router) => router.stop()));
    await Promise.all([proxy?.stop(), billing?.stop(), gateway?.stop()]);
  });

  for (const name of names) {
    test(`${name} queries across both subgraphs`, async () => {
      billing.seen.length = 0;
      await gateway.takeLog();
      const { status, body } = await execute(routers[name], agency, acrossBoth);
      assert.equal(status, 200);
      assert.equal(body.errors, undefined);
      const { nodes } = body.data.conversations;
      assert.equal(nodes.length, 50);
      const kinds = new Set();
      for (const { relatedTo } of nodes.filter((node) => node.relatedTo)) {
        kinds.add(relatedTo.__typename);
        if (relatedTo.__typename === 'Project') {
          assert.equal(relatedTo.budget, budgetOf(relatedTo.id));
        } else if (relatedTo.__typename === 'Customer') {
          assert.equal(relatedTo.tier, tierOf(relatedTo.id));
        }
      }
      assert.ok(kinds.has('Project') && kinds.has('Customer'), `kinds: ${[...kinds]}`);
      assert.ok(nodes.every((node) => node.messages.totalCount >= 0));
      assert.deepEqual(new Set(billing.seen), new Set([`Bearer ${agency}`]), 'tokens received by the other subgraph');
      // The list and 50 histories, each once and none by representation.
      assert.deepEqual(await takeCalls(gateway), [51]);
    });

    test(`${name} fetches 50 conversations referenced by the other subgraph in one request`, async () => {
      const list = await execute(gateway, agency, '{ conversations(first: 50) { nodes { id title } } }');
      const conversations = list.body.data.conversations.nodes;
      await gateway.takeLog();
      const query = 'query($ids: [ID!]!) { escalations(ids: $ids) { id title } }';
      const { body } = await execute(routers[name], agency, query, { ids: conversations.map(({ id }) => id) });
      assert.deepEqual(body, { data: { escalations: conversations } });
      assert.deepEqual(await takeCalls(gateway), [50]);
    });

    test(`${name} combines fields of both subgraphs for related objects`, async () => {
      const variables = { first: 50 };
      const { body: alone } = await execute(gateway, agency, references('', ''), variables);
      const [upstreamCalls] = (await takeCalls(gateway)).slice(-1);
      const { body } = await execute(routers[name], agency, withNames, variables);
      assert.deepEqual(await takeCalls(gateway), [upstreamCalls], 'the router causes no further call');
      assert.ok(upstreamCalls < 25, `${upstreamCalls} calls for 50 conversations`);
      const wanted = alone.data.conversations.nodes.map(({ relatedTo }) => withBilling(relatedTo));
      assert.deepEqual(body.data.conversations.nodes.map(({ relatedTo }) => relatedTo), wanted);
      assert.ok(wanted.some((about) => about?.budget && about.description && about.customer.name), 'some object is accessible');
      // A hidden object has a reason, and no error, through the router as well.
      assert.deepEqual([alone.errors, body.errors], [undefined, undefined]);
      const hidden = wanted.filter((about) => about?.budget && about.description === null);
      assert.deepEqual(new Set(hidden.map(({ access }) => access)), new Set(['FORBIDDEN']));
    });

    test(`${name} fetches projects referenced by the other subgraph in one request`, async () => {
      const { body: list } = await execute(gateway, agency, references('', ''), { first: 100 });
      const found = list.data.conversations.nodes.map(({ relatedTo }) => relatedTo).filter((about) => about?.description);
      const projects = [...new Map(found.map(({ id, description }) => [id, { id, description, budget: budgetOf(id) }])).values()];
      assert.ok(projects.length > 5);
      await gateway.takeLog();
      const query = 'query($ids: [ID!]!) { billed(ids: $ids) { id description budget } }';
      const { body } = await execute(routers[name], agency, query, { ids: projects.map(({ id }) => id) });
      assert.deepEqual(body, { data: { billed: projects } });
      assert.deepEqual(await takeCalls(gateway), [1], 'one list instead of single calls');
    });

    test(`${name} reads the list once for the conversations of projects referenced by the other subgraph`, async () => {
      const { body: list } = await execute(gateway, agency, '{ projects { nodes { id conversations(first: 3) { totalCount nodes { id title } } } } }');
      const projects = list.data.projects.nodes;
      assert.ok(projects.length > 5 && projects.every(({ conversations }) => conversations.totalCount > 3));
      await gateway.takeLog();
      const query = 'query($ids: [ID!]!) { billed(ids: $ids) { id conversations(first: 3) { totalCount nodes { id title } } } }';
      const { body } = await execute(routers[name], agency, query, { ids: projects.map(({ id }) => id) });
      assert.deepEqual(body, { data: { billed: projects } });
      assert.deepEqual(await takeCalls(gateway), [5], '500 conversations in pages of 100');
    });

    test(`${name} returns Retry-After`, async () => {
      proxy.busy = true;
      const { headers, body } = await execute(routers[name], agency, '{ viewer { id } }');
      proxy.busy = false;
      assert.equal(body.errors.length, 1);
      assert.equal(headers.get('Retry-After'), '7');
    });

    test(`${name} forwards and returns X-Request-Id`, async () => {
      await gateway.takeLog();
      const { headers } = await execute({ ...routers[name], headers: { 'X-Request-Id': 'from-a-client' } }, agency, '{ viewer { id } }');
      assert.equal(headers.get('X-Request-Id'), 'from-a-client');
      assert.deepEqual((await gateway.takeLog()).map(({ requestId }) => requestId), ['from-a-client']);
    });

    test(`${name} rejects a request without a token`, async () => {
      const { body } = await execute(routers[name], null, '{ viewer { id } }');
      assert.equal(body.data?.viewer ?? null, null);
      assert.equal(body.errors.length, 1);
    });
  }

  test('Hive Gateway forwards a subscription, and adds fields of the other subgraph', async () => {
    const name = 'Hive Gateway';
    const leave = new AbortController();
    const response = await stream(routers[name].url, agency, `subscription {
      inboxChanged { kind conversation { id relatedTo { ... on Project { id budget } } lastText { id contentText } } }
    }`, 'text/event-stream', { signal: leave.signal });
    assert.match(response.headers.get('Content-Type'), /^text\/event-stream/);
    const received = events(response);
    const change = async () => {
      const { data, errors } = JSON.parse((await received.next()).value.data);
      assert.equal(errors, undefined);
      return data.inboxChanged;
    };
    assert.deepEqual(await change(), { kind: 'SYNCED', conversation: null });
    const { body } = await execute(gateway, agency, '{ conversations(first: 50) { nodes { id relatedTo { ... on Project { id } } } } }');
    const { id, relatedTo } = body.data.conversations.nodes.find((node) => node.relatedTo?.id);
    await execute(gateway, agency, 'mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "Durch den Router." }) { messageId } }', { id });
    const { kind, conversation } = await change();
    assert.equal(kind, 'CHANGED');
    assert.equal(conversation.id, id);
    assert.equal(conversation.lastText.contentText, 'Durch den Router.');
    assert.equal(conversation.relatedTo.budget, budgetOf(relatedTo.id));
    leave.abort();
  });

  // The lists of the tests above do not have the conversations that these create.
  describe('that forward events', { concurrency: true }, () => {
    for (const name of names) {
      test(`${name} shows clients their own writes, 2 s before mStudio shows them to others`, async () => {
        const count = async (headers) => {
          const { body } = await execute(router(headers), agency, 'query($id: ID!) { conversation(id: $id) { messages { totalCount } } }', { id });
          return body.data.conversation.messages.totalCount;
        };
        const router = (headers) => ({ ...routers[name], headers });
        const created = await execute(routers[name], agency, `mutation {
          createConversation(input: { title: "Durch den Router", message: "Hallo" }) { conversation { id messages { totalCount } } }
        }`);
        assert.equal(created.body.errors, undefined);
        const { conversation: { id, messages } } = created.body.data.createConversation;
        const opened = { 'X-If-Event-Reached': created.headers.get('X-Event-Id') };
        assert.equal(await count(opened), messages.totalCount);

        const written = Date.now();
        const sent = await execute(router(opened), agency, `mutation($id: ID!) {
          sendMessage(input: { conversationId: $id, content: "Noch etwas." }) { messageId }
        }`, { id });
        assert.equal(sent.body.errors, undefined);
        const others = await count(opened);
        if (Date.now() - written < 2000) { // on a slow machine, mStudio shows the change already
          assert.equal(others, messages.totalCount, 'the change is not visible to others yet');
        }
        assert.equal(await count({ 'X-If-Event-Reached': sent.headers.get('X-Event-Id') }), messages.totalCount + 1);

        // The last field returns to the gateway after the write, in one operation.
        const both = await execute(router({ 'X-If-Event-Reached': sent.headers.get('X-Event-Id') }), agency, `mutation($id: ID!) {
          setConversationStatus(input: { conversationId: $id, status: CLOSED }) { userErrors { code } }
          escalate(id: $id) { status messages { totalCount } }
        }`, { id });
        assert.equal(both.body.errors, undefined);
        assert.equal(both.body.data.escalate.status, 'CLOSED');
        assert.ok(both.headers.get('X-Event-Id'));
      });
    }
  });
});
