// Checks every response of the sandbox against the provider's OpenAPI document.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Census } from '../lib/census.mjs';
import { describeConformance, readDescription } from '../lib/conformance.mjs';
import { agency, conversationCounts, futureConversation, nowhere, tokens } from '../lib/demo.mjs';
import { exempt } from '../lib/exemptions.mjs';
import { mapSome } from '../lib/pool.mjs';
import { summary } from '../lib/problems.mjs';
import { startSandbox } from '../lib/program.mjs';
import { get, requestUpload, upload } from '../lib/rest.mjs';
import { about, below, listings, possession, property, propertyListings, refusals } from '../lib/tour.mjs';

describeConformance('the sandbox responds as documented', () => {
  let sandbox;
  let description;
  const known = { conversation: {}, customer: {}, user: {} };
  const exempted = { future: 0, call: 0 };
  const validated = new Census();
  const items = new Census();

  before(async () => {
    description = await readDescription();
    sandbox = await startSandbox();
    for (const token of tokens) {
      const self = JSON.parse((await get(sandbox, token, '/v2/users/self')).body);
      const [first] = JSON.parse((await get(sandbox, token, '/v2/conversations?sort=createdAt&order=asc')).body);
      known.user[token] = self.userId;
      [known.customer[token]] = Object.keys(self.customerMemberships);
      known.conversation[token] = first.conversationId;
    }
  });

  after(async () => {
    console.log(`Validated ${validated.total} responses:\n${validated}`);
    console.log(`They contained ${items.total} list items:\n${items}`);
    console.log(`Exempted: ${exempted.future} times the conversation from the future, ${exempted.call} metas of calls`);
    await sandbox?.stop();
  });

  // visit reads one path and returns the deviations of its response.
  const visit = async (token, path, status = 200) => {
    const answer = await get(sandbox, token, path);
    const problems = answer.status === status ? [] : [`status ${answer.status}, not ${status}`];
    const documented = exempt(answer, exempted);
    if (documented) {
      problems.push(...description.check('GET', path, documented));
    }
    if (documented && problems.length === 0) {
      count(path, documented);
    }
    return problems.map((text) => ({ path, text }));
  };
  const count = (path, { status, body }) => {
    const name = description.operation('GET', path)?.operationId;
    validated.add(`${status} ${name}`);
    const value = JSON.parse(body);
    if (Array.isArray(value)) {
      items.add(name, value.length);
    }
  };
  const checkUpload = (path, answer, status) => {
    assert.equal(answer.status, status, answer.body);
    assert.deepEqual(description.check('POST', path, answer), []);
    validated.add(`${status} ${description.operation('POST', path).operationId}`);
  };
  const visitAll = async (requests) => {
    const problems = await mapSome(requests, ({ token, path, status }) => visit(token, path, status));
    assert.deepEqual(summary(problems.flat()), []);
  };
  const visitFor = (token, paths) => visitAll(paths.map((path) => ({ token, path })));

  for (const token of tokens) {
    test(`lists for ${token}`, async () => {
      await visitFor(token, listings(conversationCounts[token]));
    });

    test(`conversations, messages and members for ${token}`, async () => {
      const rows = JSON.parse((await get(sandbox, token, '/v2/conversations?limit=1000')).body);
      assert.equal(rows.length, conversationCounts[token]);
      await visitFor(token, rows.flatMap((row) => below(row.conversationId)));
    });

    test(`categories, preferences and user for ${token}`, async () => {
      const categories = JSON.parse((await get(sandbox, token, '/v2/conversation-categories')).body);
      await visitFor(token, [
        '/v2/conversation-categories',
        ...categories.map(({ categoryId }) => `/v2/conversation-categories/${categoryId}`),
        `/v2/customers/${known.customer[token]}/conversation-preferences`,
        '/v2/users/self',
        `/v2/users/${known.user[token]}`,
      ]);
    });
  }

  for (const token of tokens) {
    test(`what customers have, for ${token}`, async () => {
      await visitFor(token, propertyListings());
      for (const [list, idMember] of Object.entries(property)) {
        const rows = JSON.parse((await get(sandbox, token, `/v2/${list}`)).body);
        assert.ok(rows.length > 0, `${list} are empty`);
        await visitFor(token, rows.map((row) => possession(list, row[idMember])));
      }
    });

    test(`what conversations are about, for ${token}`, async () => {
      const rows = JSON.parse((await get(sandbox, token, '/v2/conversations?limit=1000')).body);
      const references = rows.flatMap(({ relatedTo, sharedWith }) => [relatedTo, sharedWith]).filter(Boolean);
      const paths = [...new Set(references.map(about).filter(Boolean))];
      assert.ok(paths.length > 3);
      // Some are forbidden or deleted, which is documented as well.
      const statuses = await mapSome(paths, async (path) => ({ token, path, status: (await get(sandbox, token, path)).status }));
      assert.ok(statuses.every(({ status }) => [200, 403, 404].includes(status)));
      await visitAll(statuses);
    });
  }

  test('errors', () => visitAll(refusals(known)));

  test('uploads and rejected uploads', async () => {
    const ask = async (conversation, status) => {
      const answer = await requestUpload(sandbox, agency, conversation);
      checkUpload(`/v2/conversations/${conversation}/files`, answer, status);
      return answer.status === 201 ? JSON.parse(answer.body).uploadToken : null;
    };
    await ask('no-uuid', 400);
    await ask(nowhere, 404);
    const token = await ask(known.conversation[agency], 201);
    const text = (name, type = 'text/plain') => new File(['hello'], name, { type });
    for (const [status, ...sent] of [
      [401, null, text('a.txt')], [401, nowhere, text('a.txt')], [400, token, text('a.txt'), 'other'],
      [406, token, text('a.exe', 'application/x-msdownload')], [422, token, text('a'.repeat(300))],
      [201, token, text('größer "a".txt')], [409, token, text('a.txt')],
    ]) {
      checkUpload('/v2/files', await upload(sandbox, ...sent), status);
    }
  });

  test('broken responses are reported', async () => {
    const path = `/v2/conversations/${known.conversation[agency]}`;
    const answer = await get(sandbox, agency, path);
    const conversation = JSON.parse(answer.body);
    for (const change of [
      { title: undefined }, { mainUser: {} }, { status: 'escalated' }, { createdAt: 'yesterday' },
      { conversationId: 'c-1' },
      { relatedTo: { id: '1', domain: 'ai', aggregate: 'assistant' } }, { notificationRoles: ['project_email_admin'] },
    ]) {
      const broken = { ...answer, body: JSON.stringify({ ...conversation, ...change }) };
      assert.notDeepEqual(description.check('GET', path, broken), [], JSON.stringify(change));
    }
  });

  test('the exemptions are necessary', async () => {
    assert.ok(exempted.future > 0 && exempted.call > 0, 'exempt items exist');
    const [conversation, messages] = below(futureConversation);
    for (const path of [conversation, messages]) {
      assert.notDeepEqual(description.check('GET', path, await get(sandbox, agency, path)), []);
    }
  });
});
