// Pages through the conversations of the sandbox with unmodified clients while others close, answer and open conversations.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, mock, test } from 'node:test';

import { ApolloClient, gql, HttpLink } from '@apollo/client';
import { Client, fetchExchange } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { buildSchema, introspectionFromSchema } from 'graphql';

import { agency, conversationCounts } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { printSchema, startGateway } from '../../lib/program.mjs';
import { Activity } from '../lib/activity.mjs';
import { examples, recipe } from '../lib/recipes.mjs';
import { compiled, environment, load } from '../lib/relay.mjs';

const sdl = printSchema();

const walk = `query Walk($first: Int!, $after: String, $filter: ConversationFilter, $orderBy: [ConversationOrder!]) {
  conversations(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      title
      status
      relatedTo { __typename ... on Reference { id } ... on Project { description customer { id name } } }
      relations { __typename id }
    }
  }
}`;

// A client's read loads the page after the cursor, or the first page, and returns the list in its cache.
const clients = {
  async 'Apollo Client'(url, watch) {
    const { createCache } = await recipe('apollo-cache.mjs');
    const possibleTypes = JSON.parse(await readFile(join(examples, 'inbox/src/possible-types.json'), 'utf8'));
    const client = new ApolloClient({ link: new HttpLink({ uri: url, fetch: watch }), cache: createCache(possibleTypes) });
    const query = gql(walk);
    return async (variables, after) => {
      if (after) {
        await client.watchQuery({ query, variables }).fetchMore({ variables: { after } });
        return client.readQuery({ query, variables }).conversations;
      }
      return (await client.query({ query, variables })).data.conversations;
    };
  },
  async urql(url, watch) {
    const { cacheOptions } = await recipe('graphcache.mjs');
    const schema = introspectionFromSchema(buildSchema(sdl), { descriptions: false });
    const client = new Client({ url, exchanges: [cacheExchange(cacheOptions(schema)), fetchExchange], fetch: watch, preferGetMethod: false });
    return async (variables, after) => {
      const { data, error } = await client.query(walk, { ...variables, after }).toPromise();
      assert.equal(error, undefined);
      return after ? (await client.query(walk, variables).toPromise()).data.conversations : data.conversations;
    };
  },
  async Relay(url, watch) {
    const { screensWalkQuery } = await compiled(sdl);
    const store = environment(url, watch);
    return async (variables, after) => {
      await load(store, screensWalkQuery, { ...variables, after });
      const { edges, pageInfo } = (await load(store, screensWalkQuery, variables)).conversations;
      return { nodes: edges.map(({ node }) => node), pageInfo };
    };
  },
};

// The lists. moved returns the conversations that left the list or changed their place in it.
const lists = {
  'all conversations, newest message first': { first: 20, moved: ({ answered }) => answered },
  'open conversations': { first: 10, filter: { states: ['OPEN'] }, moved: ({ answered, closed }) => new Set([...answered, ...closed]) },
  'all conversations by creation': { first: 50, orderBy: [{ field: 'CREATED_AT', direction: 'DESC' }], moved: () => new Set() },
};

const ids = ({ nodes }) => nodes.map(({ id }) => id);

// objectsOf returns the objects that a row refers to. A cache that mixes objects up loses some of them.
const objectsOf = ({ id, relatedTo, relations }) => ({
  id,
  relatedTo: relatedTo && [relatedTo.__typename, relatedTo.id, relatedTo.description, relatedTo.customer?.name],
  relations: relations.map((other) => [other.__typename, other.id]),
});

// timesOf returns how often each ID occurs.
function timesOf(rows) {
  const times = new Map();
  rows.forEach((id) => times.set(id, (times.get(id) ?? 0) + 1));
  return times;
}

// rowsOf reads a list while it does not change.
async function rowsOf(gateway, variables) {
  const rows = [];
  for (let after; after !== null;) {
    const { body: { data, errors } } = await execute(gateway, agency, walk, { ...variables, first: 100, after });
    assert.equal(errors, undefined);
    rows.push(...ids(data.conversations));
    after = data.conversations.pageInfo.hasNextPage ? data.conversations.pageInfo.endCursor : null;
  }
  return rows;
}

Object.entries(clients).forEach(([name, create], seed) => {
  describe(`${name} reads while others write`, () => {
    let gateway;
    let received;
    let warnings;
    // watch records the rows of the responses, and fails if there is an error.
    const watch = async (url, init) => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${agency}` };
      const response = await fetch(url, { ...init, headers });
      const { data, errors } = await response.clone().json();
      assert.equal(errors, undefined);
      received.push(...data.conversations.nodes ?? data.conversations.edges.map(({ node }) => node));
      return response;
    };
    before(async () => { gateway = await startGateway(); });
    after(() => gateway?.stop());
    beforeEach(() => {
      received = [];
      warnings = ['warn', 'error'].map((method) => mock.method(console, method, () => {}));
    });
    afterEach(() => {
      const lines = warnings.flatMap(({ mock: { calls } }) => calls.map(({ arguments: [line] }) => line));
      mock.restoreAll();
      assert.deepEqual(lines, [], 'warnings');
    });

    for (const [list, { moved, ...variables }] of Object.entries(lists)) {
      test(list, async () => {
        const all = await rowsOf(gateway, variables);
        assert.ok(variables.filter || all.length >= conversationCounts[agency]);
        const activity = new Activity(gateway, agency, seed + 1);
        const read = await create(gateway.url, watch);
        let page = await read(variables);
        for (let count = 1; page.pageInfo.hasNextPage; count++) {
          assert.ok(count <= all.length / variables.first, 'the walk does not end');
          await activity.work(ids({ nodes: received }), all);
          page = await read(variables, page.pageInfo.endCursor);
        }
        const excepted = moved(activity);
        const stayed = all.filter((id) => !excepted.has(id));
        for (const [where, rows] of Object.entries({ received: ids({ nodes: received }), cached: ids(page) })) {
          const times = timesOf(rows);
          assert.deepEqual(stayed.filter((id) => !times.has(id)), [], `lost: ${where}`);
          assert.deepEqual(stayed.filter((id) => times.get(id) > 1), [], `repeated: ${where}`);
        }
        assert.deepEqual(page.nodes.map(objectsOf), received.map(objectsOf), 'related objects in the cache');
      });
    }
  });
});
