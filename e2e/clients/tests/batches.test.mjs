// Checks what docs/clients.md states about several operations in one request, and about responses in parts.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { ApolloClient, gql, InMemoryCache } from '@apollo/client';
import { BatchHttpLink } from '@apollo/client/link/batch-http';

import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';

const headers = { Authorization: `Bearer ${agency}` };

describe('batches and @defer', () => {
  let gateway;
  before(async () => { gateway = await startGateway(); });
  after(() => gateway?.stop());

  const send = async (body) => {
    const response = await fetch(gateway.url, { method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
    const { errors } = await response.json();
    return [response.status, errors.map(({ message, extensions }) => [message, extensions.code])];
  };

  test('an array of operations is rejected', async () => {
    assert.deepEqual(await send([{ query: '{ viewer { id } }' }, { query: '{ viewer { name } }' }]), [400, [['Batches are not supported. Send one operation per request.', 'BAD_USER_INPUT']]]);
  });

  test('BatchHttpLink of Apollo Client hides the message', async () => {
    const client = new ApolloClient({ link: new BatchHttpLink({ uri: gateway.url, headers, batchMax: 2 }), cache: new InMemoryCache() });
    const failures = await Promise.allSettled(['{ viewer { id } }', '{ viewer { name } }'].map((query) => client.query({ query: gql(query) })));
    for (const { reason } of failures) {
      assert.match(reason.message, /results with length 1, expected length of 2/);
    }
    client.stop();
  });

  test('@defer and @stream are unknown', async () => {
    assert.deepEqual(await send({ query: '{ conversations { ... @defer { totalCount } nodes @stream { id } } }' }), [200, [['Unknown directive "@defer".', 'GRAPHQL_VALIDATION_FAILED'], ['Unknown directive "@stream".', 'GRAPHQL_VALIDATION_FAILED']]]);
  });
});
