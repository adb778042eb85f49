// Sends persisted queries and trusted documents with unmodified client libraries.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, fetchExchange, gql as urqlGql, stringifyDocument } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import { print } from 'graphql';

import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const headers = { Authorization: `Bearer ${agency}` };

// watched returns a fetch function that records for each request the method, and whether it contained text or a hash.
function watched() {
  const sent = [];
  const watch = async (url, init) => {
    const response = await fetch(url, init);
    const whole = `${decodeURIComponent(url)} ${init.body ?? ''}`;
    sent.push(`${init.method} ${/viewer/.test(whole) ? 'text' : 'hash'}`);
    return response;
  };
  return { sent, watch };
}

function apollo(url, watch, options) {
  const link = new PersistedQueryLink(options).concat(new HttpLink({ uri: url, headers, fetch: watch }));
  return new ApolloClient({ link, cache: new InMemoryCache(), defaultOptions: { query: { fetchPolicy: 'no-cache' } } });
}

function urql(url, watch, options) {
  const generateHash = async (text) => sha256(text);
  const exchanges = [persistedExchange({ generateHash, ...options }), fetchExchange];
  return new Client({ url, exchanges, fetchOptions: { headers }, fetch: watch, requestPolicy: 'network-only' });
}

describe('automatic persisted queries', () => {
  let gateway;
  before(async () => { gateway = await startGateway(); });
  after(() => gateway?.stop());

  for (const useGETForHashedQueries of [false, true]) {
    test(`from Apollo Client, by ${useGETForHashedQueries ? 'GET' : 'POST'}`, async () => {
      const { sent, watch } = watched();
      const client = apollo(gateway.url, watch, { sha256, useGETForHashedQueries });
      const query = useGETForHashedQueries ? gql`query ByGet { viewer { name } }` : gql`query ByPost { viewer { name } }`;
      for (let i = 0; i < 3; i++) {
        const { data } = await client.query({ query });
        assert.equal(data.viewer.name, 'Jana Petersen');
      }
      const byHash = useGETForHashedQueries ? 'GET hash' : 'POST hash';
      assert.deepEqual(sent, [byHash, 'POST text', byHash, byHash]);
    });
  }

  test('from urql', async () => {
    const { sent, watch } = watched();
    const client = urql(gateway.url, watch);
    for (let i = 0; i < 3; i++) {
      const { data, error } = await client.query(urqlGql`query ByUrql { viewer { name } }`, {}).toPromise();
      assert.equal(error, undefined);
      assert.equal(data.viewer.name, 'Jana Petersen');
    }
    assert.deepEqual(sent, ['GET hash', 'GET text', 'GET hash', 'GET hash']);
  });

  test('are not used by either client if the gateway disables them', async () => {
    const plain = await startGateway('--persisted-query-bytes=0');
    try {
      const ofApollo = watched();
      const client = apollo(plain.url, ofApollo.watch, { sha256 });
      for (let i = 0; i < 2; i++) {
        const { data } = await client.query({ query: gql`query Off { viewer { name } }` });
        assert.equal(data.viewer.name, 'Jana Petersen');
      }
      assert.deepEqual(ofApollo.sent, ['POST hash', 'POST text', 'POST text']);
      const ofUrql = watched();
      const other = urql(plain.url, ofUrql.watch);
      for (let i = 0; i < 2; i++) {
        const { data } = await other.query(urqlGql`query Off { viewer { name } }`, {}).toPromise();
        assert.equal(data.viewer.name, 'Jana Petersen');
      }
      assert.deepEqual(ofUrql.sent.map((line) => line.split(' ')[1]), ['hash', 'text', 'text']);
    } finally {
      await plain.stop();
    }
  });
});

describe('trusted documents', () => {
  const document = gql`query Trusted { viewer { name __typename } }`;
  const urqlDocument = urqlGql`query Trusted { viewer { name __typename } }`;
  let gateway, scratch;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'trusted-'));
    const manifest = join(scratch, 'manifest.json');
    await writeFile(manifest, JSON.stringify({
      format: 'apollo-persisted-query-manifest', version: 1,
      operations: [
        { id: sha256(print(document)), name: 'Trusted', type: 'query', body: print(document) },
        { id: sha256(stringifyDocument(urqlDocument)), name: 'Trusted', type: 'query', body: stringifyDocument(urqlDocument) },
      ],
    }));
    gateway = await startGateway(`--trusted-documents=${manifest}`, '--trusted-documents-only');
  });
  after(async () => {
    await gateway?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  test('from Apollo Client', async () => {
    const { sent, watch } = watched();
    const { data } = await apollo(gateway.url, watch, { sha256 }).query({ query: document });
    assert.equal(data.viewer.name, 'Jana Petersen');
    assert.deepEqual(sent, ['POST hash']);
  });

  test('from urql', async () => {
    const { sent, watch } = watched();
    const { data } = await urql(gateway.url, watch, { enforcePersistedQueries: true }).query(urqlDocument, {}).toPromise();
    assert.equal(data.viewer.name, 'Jana Petersen');
    assert.deepEqual(sent, ['GET hash']);
  });

  test('exclude other documents', async () => {
    const { watch } = watched();
    const client = apollo(gateway.url, watch, { sha256 });
    await assert.rejects(client.query({ query: gql`query Other { viewer { id } }` }), (error) => {
      assert.deepEqual(error.errors.map(({ extensions }) => extensions.code), ['FORBIDDEN']);
      return true;
    });
  });

  test('from Relay, by the ID parameters of its guide', async () => {
    for (const name of ['id', 'doc_id', 'documentId']) {
      const response = await fetch(gateway.url, {
        method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' },
        body: JSON.stringify({ [name]: sha256(print(document)), variables: {} }),
      });
      assert.equal((await response.json()).data.viewer.name, 'Jana Petersen');
    }
  });
});
