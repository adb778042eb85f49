// Runs Apollo Gateway with its own reading of traces (ftv1) on the subgraph.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';

import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';
import { startBilling } from '../lib/billing.mjs';
import { sdlOf, supergraphOf } from '../lib/supergraph.mjs';

class Authorized extends RemoteGraphQLDataSource {
  willSendRequest({ request }) {
    request.http.headers.set('Authorization', `Bearer ${agency}`);
  }
}

// fieldsOf lists the fields of a trace with their types.
function fieldsOf(node, path = []) {
  return node.child.flatMap((child) => {
    const at = [...path, child.id === 'index' ? child.index : child.responseName];
    const field = child.type ? [`${at.join('.')}: ${child.parentType}.${child.originalFieldName || child.responseName}`] : [];
    return [...field, ...fieldsOf(child, at)];
  });
}

describe('traces for routers', () => {
  let gateway;
  let billing;
  let server;
  const traces = [];
  before(async () => {
    gateway = await startGateway('--subgraph');
    billing = await startBilling();
    const conversations = new URL('/subgraph', gateway.url).href;
    const { supergraphSdl } = supergraphOf('apollo', await sdlOf(conversations), { conversations, billing: billing.url });
    const sampling = {
      requestDidStart: async ({ metrics }) => {
        metrics.captureTraces = true;
        return { willSendResponse: async ({ metrics: { queryPlanTrace } }) => { traces.push(queryPlanTrace); } };
      },
    };
    server = new ApolloServer({
      gateway: new ApolloGateway({ supergraphSdl, buildService: ({ url }) => new Authorized({ url }) }),
      plugins: [sampling],
    });
    await server.start();
  });
  after(async () => {
    await Promise.all([server?.stop(), billing?.stop(), gateway?.stop()]);
  });

  const traceOf = async (query) => {
    const { body: { singleResult } } = await server.executeOperation({ query });
    const { fetch } = traces.pop();
    assert.equal(fetch.serviceName, 'conversations');
    assert.equal(fetch.traceParsingFailed, false);
    return { result: singleResult, trace: fetch.trace };
  };

  test('have each field', async () => {
    const { result, trace } = await traceOf('{ inbox: conversations(first: 2) { nodes { id subject: title } } }');
    assert.equal(result.errors, undefined);
    assert.deepEqual(fieldsOf(trace.root).sort(), [
      'inbox.nodes.0.id: Conversation.id',
      'inbox.nodes.0.subject: Conversation.title',
      'inbox.nodes.1.id: Conversation.id',
      'inbox.nodes.1.subject: Conversation.title',
      'inbox.nodes: ConversationConnection.nodes',
      'inbox: Query.conversations',
    ]);
    assert.ok(Number(trace.durationNs) > 0);
    assert.ok(Math.abs(trace.startTime.seconds * 1000 - Date.now()) < 60_000);
  });

  test('have the codes of errors', async () => {
    const { result, trace } = await traceOf('{ conversations(after: "no cursor") { totalCount } }');
    assert.equal(result.errors.length, 1);
    assert.deepEqual(trace.root.child[0].error.map(({ message }) => message), ['BAD_USER_INPUT']);
  });
});
