// Checks the sandbox's responses to writes, and to reads after them, against the provider's OpenAPI document.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Census } from '../lib/census.mjs';
import { describeConformance, readDescription } from '../lib/conformance.mjs';
import { agency } from '../lib/demo.mjs';
import { exempt } from '../lib/exemptions.mjs';
import { summary } from '../lib/problems.mjs';
import { startSandbox } from '../lib/program.mjs';
import { get, send } from '../lib/rest.mjs';
import { below } from '../lib/tour.mjs';
import { openings, refusedWrites, statuses, texts, updates } from '../lib/writes.mjs';

describeConformance('the sandbox changes things as documented', () => {
  let sandbox;
  let description;
  let user;
  let category;
  const validated = new Census();
  const events = [];

  before(async () => {
    description = await readDescription();
    sandbox = await startSandbox();
    user = JSON.parse((await get(sandbox, agency, '/v2/users/self')).body).userId;
    [{ categoryId: category }] = JSON.parse((await get(sandbox, agency, '/v2/conversation-categories')).body);
  });

  after(async () => {
    console.log(`Validated ${validated.total} responses:\n${validated}`);
    await sandbox?.stop();
  });

  // call makes one call, checks its response against the document, and returns the body.
  const call = async ({ token = agency, method, path, body, status }) => {
    const answer = await send(sandbox, token, method, path, body);
    const what = `${method} ${path} ${JSON.stringify(body)}`;
    assert.equal(answer.status, status, `${what}: ${answer.body}`);
    const documented = exempt(answer);
    assert.deepEqual(summary(description.check(method, path, documented).map((text) => ({ path: what, text }))), []);
    validated.add(`${status} ${description.operation(method, path)?.operationId}`);
    if (method !== 'GET' && status < 300) {
      events.push(answer.headers.get('etag'));
    }
    return JSON.parse(answer.body);
  };
  const open = async (body) => (await call({ method: 'POST', path: '/v2/conversations', body, status: 201 })).conversationId;
  // show reads a conversation with its messages and members.
  const show = async (id) => {
    for (const path of below(id)) {
      await call({ method: 'GET', path, status: 200 });
    }
  };

  test('opening', async () => {
    for (const body of openings(user, category)) {
      await show(await open(body));
    }
  });

  test('changing', async () => {
    const id = await open({ title: 'Frage' });
    for (const body of updates(category)) {
      await call({ method: 'PUT', path: `/v2/conversations/${id}`, body, status: 200 });
      await show(id);
    }
    for (const status of statuses) {
      await call({ method: 'PUT', path: `/v2/conversations/${id}/status`, body: { status }, status: 200 });
      await show(id);
    }
  });

  test('writing', async () => {
    const id = await open({});
    for (const messageContent of texts) {
      const path = `/v2/conversations/${id}/messages`;
      const { messageId } = await call({ method: 'POST', path, body: { messageContent }, status: 201 });
      await call({ method: 'PATCH', path: `${path}/${messageId}`, body: { messageContent: 'anders' }, status: 200 });
      await show(id);
    }
  });

  test('errors', async () => {
    const rows = JSON.parse((await get(sandbox, agency, '/v2/conversations?sort=createdAt&order=asc')).body);
    const messages = JSON.parse((await get(sandbox, agency, below(rows[0].conversationId)[1])).body);
    const { messageId } = messages.find(({ type, createdBy }) => type === 'MESSAGE' && createdBy?.userId !== user);
    const writes = refusedWrites(rows[0].conversationId, messageId);
    for (const write of [...writes, { ...writes.find(({ method }) => method === 'PATCH'), token: agency, status: 403 }]) {
      await call(write);
    }
  });

  test('event IDs are consecutive integers beyond the precision of a float', () => {
    assert.ok(events.length > 30);
    events.forEach((event, i) => assert.equal(BigInt(event), BigInt(events[0]) + BigInt(i)));
    assert.ok(BigInt(events[0]) > BigInt(Number.MAX_SAFE_INTEGER));
  });
});
