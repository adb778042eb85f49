// Runs graphql-http's audits of the GraphQL over HTTP specification against the gateway.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { auditServer } from 'graphql-http';

import { agency } from '../lib/demo.mjs';
import { startGateway } from '../lib/program.mjs';

describe('GraphQL over HTTP', () => {
  let gateway;
  before(async () => { gateway = await startGateway(); });
  after(() => gateway?.stop());

  // The audits send no token.
  const withToken = (url, { headers, ...init } = {}) => {
    return fetch(url, { ...init, headers: { ...headers, Authorization: `Bearer ${agency}` } });
  };

  test('passes all audits, including those at level SHOULD and MAY', async () => {
    const results = await auditServer({ url: gateway.url, fetchFn: withToken });
    const failed = results.filter(({ status }) => status !== 'ok');
    console.log(`${results.length - failed.length} of ${results.length} audits pass`);
    const reasons = failed.map(({ id, name, status, reason }) => `${status} ${id} ${name}: ${reason}`);
    await Promise.all(failed.map(({ response }) => response.body?.cancel())); // frees the connections
    assert.deepEqual(reasons, []);
    assert.equal(results.length, 61);
  });
});
