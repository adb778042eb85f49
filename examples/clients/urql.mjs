// urql with its normalised cache: the second query needs no request.
import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { getIntrospectionQuery } from 'graphql';
import { headers, url } from './gateway.mjs';
import { cacheOptions } from './graphcache.mjs';

// The cache needs the schema. In a real app, generate it at build time.
const { data: introspected } = await fetch(url, {
  method: 'POST',
  headers: { ...headers, 'Content-Type': 'application/json' },
  body: JSON.stringify({ query: getIntrospectionQuery({ descriptions: false }) }),
}).then((response) => response.json());

const client = new Client({
  url,
  fetchOptions: { headers },
  exchanges: [cacheExchange(cacheOptions(introspected)), fetchExchange],
});

const inbox = gql`
  query Inbox($after: String) {
    conversations(first: 10, after: $after) { nodes { id title } pageInfo { hasNextPage endCursor } }
  }
`;

const first = await client.query(inbox, {}).toPromise();
const both = await client.query(inbox, { after: first.data.conversations.pageInfo.endCursor }).toPromise();
const again = await client.query(inbox, {}).toPromise();
console.log(both.data.conversations.nodes.length, 'conversations;', again.operation.context.meta?.cacheOutcome, 'of the cache for the repeated query');
