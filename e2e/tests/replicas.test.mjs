// Two replicas behind nginx, which sends them requests in turn, while the store that they share works, fails, or does not exist.
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { runWithReplicas } from '../lib/replicas.mjs';
import { states } from '../lib/store.mjs';

const file = (name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url));

// These tests hold every rule of the protocols. They mostly wait, so they run three at a time.
describe('the rules of the protocols hold for two replicas', { concurrency: 3 }, () => {
  for (const state of Object.keys(states)) {
    test(`store: ${state}`, () => runWithReplicas(state, ['graphql-http', 'gateway', 'live'].map(file)));
  }
});
