// Checks what docs/clients.md states about a field that fails: by default, some clients withhold the data beside it.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { QueryClient, QueryObserver } from '@tanstack/query-core';
import { Client, fetchExchange } from '@urql/core';
import { ClientError, GraphQLClient } from 'graphql-request';

import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';

const headers = { Authorization: `Bearer ${agency}` };
const failing = 'query Failing { conversations(first: 2) { nodes { id messages(after: "invalid") { totalCount } } } }';
const rows = ({ conversations: { nodes } }) => nodes.map(({ id, messages }) => [typeof id, messages]);
const present = [['string', null], ['string', null]];
const codes = (errors) => errors.map(({ extensions }) => extensions.code);
const both = ['BAD_USER_INPUT', 'BAD_USER_INPUT'];

describe('a field that fails', () => {
  let gateway;
  before(async () => { gateway = await startGateway(); });
  after(() => gateway?.stop());

  test('with Apollo Client: data needs errorPolicy "all"', async () => {
    const client = new ApolloClient({ link: new HttpLink({ uri: gateway.url, headers }), cache: new InMemoryCache() });
    await assert.rejects(client.query({ query: gql(failing) }), (error) => {
      assert.deepEqual(codes(error.errors), both);
      return true;
    });
    const { data, error } = await client.query({ query: gql(failing), errorPolicy: 'all' });
    assert.deepEqual([rows(data), codes(error.errors)], [present, both]);
    client.stop();
  });

  test('with urql: data and error', async () => {
    const client = new Client({ url: gateway.url, exchanges: [fetchExchange], fetchOptions: { headers }, preferGetMethod: false });
    const { data, error } = await client.query(failing, {}).toPromise();
    assert.deepEqual([rows(data), codes(error.graphQLErrors)], [present, both]);
  });

  test('with graphql-request: data needs errorPolicy "all"', async () => {
    await assert.rejects(new GraphQLClient(gateway.url, { headers }).request(failing), (error) => {
      assert.ok(error instanceof ClientError);
      assert.deepEqual([rows(error.response.data), codes(error.response.errors)], [present, both]);
      return true;
    });
    const client = new GraphQLClient(gateway.url, { headers, errorPolicy: 'all' });
    assert.deepEqual(rows(await client.request(failing)), present);
    const { data, errors } = await client.rawRequest(failing);
    assert.deepEqual([rows(data), codes(errors)], [present, both]);
  });

  test('with TanStack Query: data needs errorPolicy "all" of graphql-request', async () => {
    const fetched = async (errorPolicy) => {
      const graphql = new GraphQLClient(gateway.url, { headers, errorPolicy });
      const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
      const observer = new QueryObserver(client, { queryKey: ['failing'], queryFn: () => graphql.request(failing) });
      const unsubscribe = observer.subscribe(() => {});
      const result = await observer.refetch();
      unsubscribe();
      return result;
    };
    const { data, error } = await fetched('none');
    assert.deepEqual([data, codes(error.response.errors)], [undefined, both]);
    const { data: all, status } = await fetched('all');
    assert.deepEqual([rows(all), status], [present, 'success']);
  });
});
