import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';

import { startBalancer } from './nginx.mjs';
import { freePort, start, startSandbox } from './program.mjs';
import { startStore, states } from './store.mjs';

// startReplicas starts two replicas of the gateway with one sandbox and a store in a state, and nginx in front of them, which sends
// requests to them in turn. The flags are those of startGateway.
export async function startReplicas(state, flags) {
  const sandbox = await startSandbox(...flags.filter(isSandbox).map((flag) => flag.replace('--sandbox-', '--')));
  const store = states[state] && await startStore(states[state]);
  const key = randomBytes(32).toString('base64');
  const env = { LINK_KEYS: key, ...(store && { VALKEY_URL: store.url }) };
  if (state === 'up') {
    env.VALKEY_TIMEOUT = '2s'; // on a busy machine, the default may be over before the answer
  }
  if (state === 'refused') {
    env.VALKEY_PASSWORD = 'wrong';
  }
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/graphql`;
  const settings = ['--listen=127.0.0.1:0', `--upstream-url=${sandbox.url}`, `--public-url=${new URL(url).origin}`, '--shutdown-delay=0s'];
  const replicas = await Promise.all([0, 1].map(() =>
    start([...settings, ...flags.filter((flag) => !isSandbox(flag))], /^GraphQL API: (http:\S+\/graphql)$/, { env })));
  const balancer = await startBalancer(port, replicas.map((replica) => new URL(replica.url).host));
  const stop = async () => {
    await balancer.stop();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await Promise.all([sandbox.stop(), store?.stop()]);
  };
  return { url, replicas, store, isProxied: true, stop };
}

const isSandbox = (flag) => flag.startsWith('--sandbox-');

// runWithReplicas runs test files in another process, in which startGateway starts replicas. It fails with their failures.
export async function runWithReplicas(state, files) {
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const child = spawn(process.execPath, ['--test', '--test-reporter=spec', '--test-concurrency=1', ...files], { env: { ...env, REPLICAS: state }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => { output += chunk; });
  }
  const [code] = await once(child, 'close');
  assert.ok(code === 0, `exit code ${code}\n${output.split('failing tests:').at(-1)}`);
}
