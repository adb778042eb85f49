import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

import { freePort } from './program.mjs';

// The states of the store that replicas share, and what each replica logs in them. One with trouble changes all the time, for as
// long as the tests run.
export const states = {
  none: undefined,
  up: { logged: 'closed' },
  hanging: { trouble: hang, logged: 'open timeout' },
  restarting: { trouble: restart, logged: 'open connection' },
  full: { settings: ['--maxmemory', '100kb', '--maxmemory-policy', 'noeviction'], logged: 'readonly full' },
  refused: { settings: ['--requirepass', 'another'], logged: 'refused password' },
};

// startStore runs redis-server in a state.
export async function startStore({ settings = [], trouble }) {
  const port = await freePort();
  const run = () => spawn('redis-server', ['--port', port, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', ...settings], { cwd: '/', stdio: 'ignore' });
  const server = { run, process: run() };
  const killAtExit = () => server.process.kill('SIGKILL');
  process.once('exit', killAtExit);
  await listening(port);
  const end = new AbortController();
  const troubled = trouble?.(server, end.signal).catch((error) => end.signal.aborted || Promise.reject(error));
  const stop = async () => {
    end.abort();
    await troubled;
    await kill(server);
    process.off('exit', killAtExit);
  };
  return { url: `redis://127.0.0.1:${port}/0`, stop };
}

// hang stops the server for most of three seconds: longer than a replica waits for a connection.
async function hang(server, signal) {
  for (;;) {
    await sleep(1000, undefined, { signal });
    server.process.kill('SIGSTOP');
    await sleep(2000, undefined, { signal });
    server.process.kill('SIGCONT');
  }
}

// restart kills the server every two seconds, and starts it again after one.
async function restart(server, signal) {
  for (;;) {
    await sleep(1000, undefined, { signal });
    await kill(server);
    await sleep(1000, undefined, { signal });
    server.process = server.run();
  }
}

async function kill({ process: { exitCode, signalCode }, process: child }) {
  if (exitCode === null && signalCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

// listening waits until a server accepts connections on a port.
async function listening(port) {
  for (let attempt = 0; ; attempt++) {
    try {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
      return;
    } catch (error) {
      if (attempt === 100) {
        throw error;
      }
      await sleep(50);
    }
  }
}
