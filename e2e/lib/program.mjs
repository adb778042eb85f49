import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

import { startReplicas } from './replicas.mjs';

const startTimeout = 15_000;
const stopTimeout = 10_000;
// The line of a request follows its response, on a busy machine some time later.
const logDelay = 1000;
process.setMaxListeners(100); // each program has one for the exit

// startSandbox starts the sandbox's REST API with further flags. Its url ends in a slash and has no version.
export const startSandbox = (...flags) =>
  start(['sandbox', '--listen', '127.0.0.1:0', ...flags], /^Sandbox of mStudio's REST API: (http:\S+\/)$/);

// startGateway starts the gateway with its own sandbox and further flags. Its url is the GraphQL endpoint. With
// --log-format=json, takeLog returns the log records since its last call. If REPLICAS names a state of the store, it starts replicas.
export const startGateway = (...flags) => (process.env.REPLICAS
  ? startReplicas(process.env.REPLICAS, flags)
  : start(['--sandbox', '--listen', '127.0.0.1:0', ...flags], /^GraphQL API: (http:\S+\/graphql)$/));

// printSchema returns the schema as the program prints it.
export const printSchema = (...flags) =>
  execFileSync(process.env.MSTUDIO_GRAPHQL, ['schema', 'print', ...flags], { encoding: 'utf8', env: {} });

// freePort returns a port for a program that cannot choose one itself.
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

// start starts the program, in a folder and with variables, and waits for its first line, which contains its address.
export async function start(flags, greeting, { cwd, env = {} } = {}) {
  const binary = process.env.MSTUDIO_GRAPHQL;
  assert.ok(binary, 'MSTUDIO_GRAPHQL must name the binary: start the tests with e2e/run');
  // The environment has nothing else, so that the developer's settings have no effect.
  const child = spawn(binary, flags, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const exited = once(child, 'exit');
  exited.catch(() => {}); // its waiters handle the error
  const killAtExit = () => child.kill('SIGKILL');
  process.once('exit', killAtExit);
  const log = tailOf(child.stderr);
  const line = await Promise.race([firstLine(child), exited.then(() => 'nothing and exited')]);
  const [, url] = greeting.exec(line) ?? [];
  if (!url) {
    child.kill('SIGKILL');
    assert.fail(`${flags.join(' ')} printed ${line}\n${log()}`);
  }
  // An interrupt skips the delay for load balancers that SIGTERM has.
  const stop = async (signal = 'SIGINT') => {
    await terminate(child, exited, log, signal);
    process.off('exit', killAtExit);
  };
  const takeLog = async () => {
    await sleep(logDelay);
    return log.take().split('\n').filter(Boolean).map((line) => JSON.parse(line));
  };
  return { url, stop, takeLog };
}

// tailOf buffers the end of a stream for error messages.
function tailOf(stream) {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk) => { text = (text + chunk).slice(-100_000); });
  const tail = () => text.slice(-4000);
  tail.take = () => {
    const taken = text;
    text = '';
    return taken;
  };
  return tail;
}

// firstLine keeps reading the stream, so that the program never blocks on output.
async function firstLine(child) {
  const lines = createInterface({ input: child.stdout });
  const [line] = await once(lines, 'line', { signal: AbortSignal.timeout(startTimeout) });
  return line;
}

// terminate sends a signal and fails unless the program exits with 0.
async function terminate(child, exited, log, signalToSend) {
  const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeout);
  child.kill(signalToSend);
  const [code, signal] = await exited;
  clearTimeout(timer);
  const ending = `code ${code}, signal ${signal}`;
  assert.equal(ending, 'code 0, signal null', `after ${signalToSend} the program ended with ${ending}\n${log()}`);
}
