// Starts routers with the files and commands of docs/federation.md.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { blocks, commands, root } from '../../lib/docs.mjs';
import { freePort } from '../../lib/program.mjs';

const here = resolve(fileURLToPath(import.meta.url), '../..');
const startTimeout = 60_000;
const page = await readFile(join(root, 'docs/federation.md'), 'utf8');

// The routers of the page, with the name of the file to save and the path of the endpoint.
export const routers = {
  'Hive Gateway': { file: 'gateway.config.mjs', path: '/graphql' },
  'Apollo Gateway': { file: 'router.mjs', path: '/' },
};

// documented returns the file and the two commands of a router's section: the installation and the start.
export function documented(name) {
  const section = page.split(/^#+ /m).find((part) => part.startsWith(`${name}\n`));
  const [file, shell] = ['js', 'sh'].map((language) => blocks(section).find((block) => block.language === language).text);
  const [install, start] = commands(shell);
  return { file, install, start };
}

// startRouter runs a router as documented, with the installed packages and on a free port.
export async function startRouter(name, supergraphSdl) {
  const { file, start } = documented(name);
  // Node.js finds the packages of this project from a directory below it.
  const directory = await mkdtemp(join(here, 'router-'));
  await writeFile(join(directory, 'supergraph.graphql'), supergraphSdl);
  await writeFile(join(directory, routers[name].file), file);
  const port = await freePort();
  const child = spawn('bash', ['--norc', '-c', `exec ${start}`], { cwd: directory, env: { PATH: process.env.PATH, HOME: directory, PORT: port }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = async () => {
    if (child.exitCode === null) {
      process.kill(-child.pid, 'SIGKILL');
      await once(child, 'exit');
    }
    await rm(directory, { recursive: true, force: true });
  };
  const log = [];
  child.stderr.on('data', (chunk) => log.push(chunk));
  const listening = new Promise((found) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      log.push(`${line}\n`);
      if (line.includes(`:${port}`)) {
        found(true);
      }
    });
  });
  const exited = once(child, 'exit').then(() => false);
  const late = sleep(startTimeout, false, { ref: false });
  if (!await Promise.race([listening, exited, late])) {
    await stop();
    assert.fail(`${start}\n${log.join('')}`);
  }
  return { url: `http://127.0.0.1:${port}${routers[name].path}`, stop };
}
