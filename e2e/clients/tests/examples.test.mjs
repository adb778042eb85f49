// Runs the programs of examples/clients as documented in docs/clients.md.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startGateway } from '../../lib/program.mjs';

const run = promisify(execFile);
const examples = resolve(fileURLToPath(import.meta.url), '../../../../examples/clients');

// code removes comments, because they contain the schema's descriptions, which change more often than its types.
const code = (text) => text.replace(/^\s*\/\/.*\n/gm, '');

describe('examples/clients', () => {
  let gateway;
  let env;
  before(async () => {
    gateway = await startGateway();
    env = { ...process.env, GATEWAY: new URL(gateway.url).origin };
  });
  after(() => gateway.stop());

  // prints runs a program that must succeed, and matches its output.
  async function prints(pattern, cwd, command, ...flags) {
    const { stdout } = await run(command, flags, { cwd, env, timeout: 180_000 }).catch((error) => assert.fail(`${error.stdout}${error.stderr}`));
    assert.match(stdout, pattern);
  }

  for (const [name, pattern] of Object.entries({
    fetch: /^(c-\w+ [A-Z_]+ .+\n){3}$/,
    apollo: /^20 conversations; .* \d{4}-\d\d-\d\dT/,
    urql: /^20 conversations; hit of the cache for the repeated query\n$/,
    relay: /^5 conversations; the first is .+$/m,
  })) {
    test(name, () => prints(pattern, examples, 'npm', 'run', '--silent', name));
  }

  for (const [name, pattern] of Object.entries({
    'apollo-live': /^((ADDED|CHANGED) c-\w+ [A-Z_]+ .*\n){3}$/,
    'urql-live': /^((ADDED|CHANGED) c-\w+ [A-Z_]+ .*\n){3,}$/,
    'relay-live': /^SYNCED +\n((ADDED|CHANGED) c-\w+ .*\n){3}/m,
  })) {
    test(name, async () => {
      const busy = await startGateway('--sandbox-activity=300ms', '--live-interval=1s');
      try {
        await prints(pattern, examples, 'env', `GATEWAY=${new URL(busy.url).origin}`, 'npm', 'run', '--silent', name);
      } finally {
        await busy.stop();
      }
    });
  }

  test('curl', () => prints(/^\{"data":\{"conversations":\{"totalCount":500,"nodes":\[\{"shortId":"c-/, examples, './curl.sh'));

  test('Go, with types of the current schema', async () => {
    const cwd = join(examples, 'go');
    const schema = await fetch(`${env.GATEWAY}/schema.graphql`, { headers: { Authorization: 'Bearer sandbox-agency' } });
    await writeFile(join(cwd, 'schema.graphql'), await schema.text());
    const committed = await readFile(join(cwd, 'generated.go'), 'utf8');
    await run('go', ['generate', '.'], { cwd, env, timeout: 180_000 });
    await rm(join(cwd, 'schema.graphql'));
    const made = await readFile(join(cwd, 'generated.go'), 'utf8');
    await writeFile(join(cwd, 'generated.go'), committed);
    assert.equal(code(made), code(committed), 'run "go generate" in examples/clients/go');
    await prints(/^(c-\w+ [A-Z_]+ .+\n){3}$/, cwd, 'go', 'run', '.');
  });
});
