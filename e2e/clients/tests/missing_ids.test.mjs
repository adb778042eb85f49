// Checks that no client's cache merges two people, or two categories, to whom mStudio sends no ID.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { buildSchema, introspectionFromSchema } from 'graphql';

import { printSchema, start } from '../../lib/program.mjs';
import { watched } from '../lib/recipes.mjs';
import { compiled, environment, load } from '../lib/relay.mjs';

const query = `query screensPeopleQuery {
  conversations(first: 2) { nodes { id category { id name } createdBy { id name } messages { nodes { __typename ... on TextMessage { id createdBy { id name } } } } } }
}`;
const createdAt = '2026-08-21T09:30:00Z';
const id = (number) => `00000000-0000-4000-8000-00000000000${number}`;
const people = ['Ada', 'Bob'];
const rows = people.map((clearName, i) => ({
  conversationId: id(i + 1), shortId: `c-${i}`, title: 't', status: 'open', visibility: 'shared', createdAt, mainUser: { userId: id(9) },
  createdBy: { clearName }, category: { name: `about ${clearName}` },
}));
const messages = people.map((clearName, i) => ({
  type: 'MESSAGE', messageId: id(i + 3), createdAt, internal: false, messageContent: clearName, createdBy: { clearName },
}));

const clients = {
  async 'Apollo Client'(url, watch) {
    const client = new ApolloClient({ link: new HttpLink({ uri: url, fetch: watch }), cache: new InMemoryCache() });
    await client.query({ query: gql(query) });
    const { data } = await client.query({ query: gql(query), fetchPolicy: 'cache-only' });
    client.stop();
    return data;
  },
  async urql(url, watch, schema) {
    const exchanges = [cacheExchange({ schema: introspectionFromSchema(buildSchema(schema)) }), fetchExchange];
    const client = new Client({ url, exchanges, fetch: watch, preferGetMethod: false });
    await client.query(query, {}).toPromise();
    return (await client.query(query, {}, { requestPolicy: 'cache-only' }).toPromise()).data;
  },
  async Relay(url, watch, schema) {
    const { screensPeopleQuery } = await compiled(schema);
    const store = environment(url, watch);
    await load(store, screensPeopleQuery, {});
    return load(store, screensPeopleQuery, {});
  },
};

let upstream;
let gateway;
before(async () => {
  upstream = createServer((request, response) => {
    const isList = request.url.startsWith('/v2/conversations?');
    response.setHeader('Content-Type', 'application/json');
    if (isList) {
      response.setHeader('X-Pagination-Totalcount', rows.length);
    }
    response.end(JSON.stringify(isList ? rows : messages));
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
  const flags = ['--listen', '127.0.0.1:0', '--upstream-url', `http://127.0.0.1:${upstream.address().port}`];
  gateway = await start(flags, /^GraphQL API: (http:\S+\/graphql)$/);
});
after(async () => {
  await gateway?.stop();
  upstream.closeAllConnections();
  upstream.close();
});

for (const [name, cached] of Object.entries(clients)) {
  test(`${name} shows each person by their own name`, async () => {
    const { watch, takeSent } = watched('token');
    const { nodes } = (await cached(gateway.url, watch, printSchema())).conversations;
    assert.deepEqual(takeSent(), ['screensPeopleQuery']);
    assert.deepEqual(nodes.map(({ createdBy, category }) => [createdBy.name, category.name]), [['Ada', 'about Ada'], ['Bob', 'about Bob']]);
    for (const row of nodes) {
      assert.deepEqual(row.messages.nodes.map(({ createdBy }) => createdBy.name), people);
    }
  });
}
