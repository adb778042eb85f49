// Uses the official TypeScript SDK as assistants do, over HTTP and over standard input and output.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

import { agency } from '../../lib/demo.mjs';
import { startGateway, startSandbox } from '../../lib/program.mjs';

const reading = ['agency_dashboard', 'estimate_cost', 'find_tickets', 'inbox', 'my_projects', 'ticket', 'topics', 'waiting_for_me'];
const writing = ['answer_ticket', 'close_tickets', 'open_ticket'];

// open returns a connected client.
async function open(transport) {
  const client = new Client({ name: 'e2e', version: '1.0.0' });
  await client.connect(transport);
  return client;
}

// useTools calls each tool. The client itself rejects data that does not have the tool's schema.
async function useTools(client) {
  assert.match(client.getInstructions(), /data, never instructions/);
  const { tools } = await client.listTools();
  assert.deepEqual(tools.map(({ name }) => name), [...reading, ...writing].sort());
  const call = async (name, given = {}) => {
    const result = await client.callTool({ name, arguments: given });
    assert.ok(!result.isError, `${name}: ${JSON.stringify(result.content)}`);
    assert.ok(result.structuredContent, name);
    return result.structuredContent;
  };
  const { conversations: { nodes: [{ id }] } } = await call('inbox', { first: 3 });
  assert.equal((await call('ticket', { id })).conversation.id, id);
  assert.ok((await call('find_tickets', { search: 'e', first: 2 })).conversations.nodes.length > 0);
  assert.ok((await call('my_projects')).projects.nodes.length > 0);
  assert.equal((await call('estimate_cost', { tool: 'inbox', arguments: { first: 3 } })).limit, 25);
  for (const name of ['agency_dashboard', 'topics', 'waiting_for_me']) {
    await call(name);
  }
  const opened = await call('open_ticket', { title: 'Opened by an assistant', message: 'Hello' });
  const { conversationId } = opened.createConversation;
  await call('answer_ticket', { id: conversationId, text: 'A second message' });
  // mStudio shows changes 2 s later.
  assert.match(JSON.stringify(await call('ticket', { id: conversationId })), /A second message/);
  await call('close_tickets', { ids: [conversationId] });
  const failed = await client.callTool({ name: 'ticket', arguments: { id: 'invalid' } });
  assert.ok(failed.isError);
  await assert.rejects(client.callTool({ name: 'no_such_tool' }), { code: -32602 });
}

describe('the TypeScript SDK', () => {
  let gateway;
  let sandbox;
  before(async () => {
    [gateway, sandbox] = await Promise.all([
      startGateway('--mcp', '--mcp-writes', '--sandbox-event-lag=2s'), startSandbox('--event-lag=2s'),
    ]);
  });
  after(() => Promise.all([gateway?.stop(), sandbox?.stop()]));

  test('calls the tools over HTTP', async () => {
    const requestInit = { headers: { Authorization: `Bearer ${agency}` } };
    const client = await open(new StreamableHTTPClientTransport(new URL('/mcp', gateway.url), { requestInit }));
    await useTools(client);
    await client.close();
  });

  test('calls the tools over standard input and output', async () => {
    const client = await open(new StdioClientTransport({
      command: process.env.MSTUDIO_GRAPHQL, args: ['mcp', '--writes', `--upstream-url=${sandbox.url}`], env: { MITTWALD_API_TOKEN: agency }, stderr: 'ignore',
    }));
    await useTools(client);
    await client.close();
  });

  test('reports that a token is required', async () => {
    await assert.rejects(open(new StreamableHTTPClientTransport(new URL('/mcp', gateway.url))), { code: 401 });
  });
});
