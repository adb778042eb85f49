// Runs the audits of the GraphQL over HTTP specification, as graphql-http ships them, against the gateway.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { auditServer } from 'graphql-http';

import { agency } from '../lib/demo.mjs';
import { startGateway } from '../lib/program.mjs';

describe('GraphQL over HTTP', () => {
  let gateway;
  before(async () => { gateway = await startGateway(); });
  after(() => gateway?.stop());

  // The audits know nothing of tokens.
  const withToken = (url, { headers, ...init } = {}) => {
    return fetch(url, { ...init, headers: { ...headers, Authorization: `Bearer ${agency}` } });
  };

  test('passes every audit that is a MUST', async () => {
    const results = await auditServer({ url: gateway.url, fetchFn: withToken });
    assert.ok(results.length > 50, `only ${results.length} audits have run`);
    const failed = results.filter(({ status }) => status !== 'ok');
    console.log(`${results.length - failed.length} of ${results.length} audits pass`);
    for (const { id, name, status, reason } of failed) {
      console.log(`  ${status} ${id} ${name}: ${reason}`);
    }
    assert.deepEqual(failed.filter(({ name }) => name.startsWith('MUST')).map(({ id, name }) => `${id} ${name}`), []);
    await Promise.all(failed.map(({ response }) => response.body?.cancel())); // frees the connections
  });
});
