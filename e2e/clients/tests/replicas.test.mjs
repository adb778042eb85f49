// Client libraries with two replicas, as in e2e/tests/replicas: a query that one has registered is found on the other, and each
// response includes the preceding change, although every request reaches another replica.
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { runWithReplicas } from '../../lib/replicas.mjs';
import { states } from '../../lib/store.mjs';

const file = (name) => fileURLToPath(new URL(`${name}.test.mjs`, import.meta.url));

describe('client libraries work with two replicas', { concurrency: 3 }, () => {
  for (const state of Object.keys(states)) {
    // Without a store, each replica must be sent a text once, so the number of requests differs.
    const more = state === 'up' ? ['persisted', 'live'] : [];
    test(`store: ${state}`, () => runWithReplicas(state, ['uploads', 'errors', ...more].map(file)));
  }
});
