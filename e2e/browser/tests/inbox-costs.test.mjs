// Compares the calls of the screens of examples/inbox with docs/costs.md, and opens the inbox while other people write.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { startGateway } from '../../lib/program.mjs';
import { launch, openPage } from '../lib/chromium.mjs';
import { startInbox } from '../lib/vite.mjs';

let browser;
before(async () => { browser = await launch(); });
after(() => browser?.close());

// withInbox runs use with the page of an inbox in front of a new gateway.
async function withInbox(flags, use) {
  const gateway = await startGateway(...flags);
  const inbox = await startInbox(gateway);
  const { page, context, problems } = await openPage(browser, inbox.url, { extraHTTPHeaders: { 'X-Explain': 'true' } });
  const rows = page.getByRole('navigation').getByRole('listitem');
  try {
    await rows.first().waitFor();
    await use(page, rows);
    assert.deepEqual(problems, []);
  } finally {
    await context.close();
    await inbox.stop();
    await gateway.stop();
  }
}

test('each screen makes the calls that docs/costs.md states', () => withInbox([], async (page, rows) => {
  const calls = {};
  const noted = [];
  const note = async (response) => {
    const { operationName } = JSON.parse(response.request().postData().match(/\{"operationName.*\}/s)?.[0] ?? '{}');
    const { extensions } = await response.json();
    calls[operationName] ??= extensions.upstream.calls;
  };
  await page.waitForLoadState('networkidle'); // operations share equal calls that begin within half a second
  page.on('response', (response) => {
    if (response.request().method() === 'POST') {
      noted.push(note(response).catch(() => {})); // closing the page loses its last responses
    }
  });
  await page.reload();
  await rows.nth(19).waitFor();
  await page.waitForLoadState('networkidle');
  await rows.nth(2).getByRole('link').click();
  const history = page.getByLabel('History').locator('> li');
  await history.first().waitFor();
  await page.getByLabel('Your answer').fill('Danke!');
  await page.getByRole('button', { name: 'Send' }).click();
  await history.last().getByText('Danke!').waitFor();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('button', { name: 'Open again' }).waitFor();
  await page.getByRole('link', { name: 'New ticket' }).click();
  await page.getByLabel('Title').fill('Wohin mit den Backups?');
  await page.getByLabel('Message').fill('Wir haben zu wenig Platz.');
  await page.getByRole('button', { name: 'Send' }).click();
  await history.getByText('Wir haben zu wenig Platz.').waitFor();
  const costs = await readFile(new URL('../../../docs/costs.md', import.meta.url), 'utf8');
  await Promise.all(noted);
  const stated = [...costs.matchAll(/^\| .* \| `(\w+)` \| (\d+) \|/gm)].map(([, operation, number]) => [operation, Number(number)]);
  assert.deepEqual(calls, Object.fromEntries(stated));
}));

test('shows what other people write', () => withInbox(['--sandbox-activity=500ms', '--live-interval=1s'], async (page, rows) => {
  await page.waitForResponse((response) => response.request().postDataJSON()?.operationName === 'Changes'); // live updates have started
  const sent = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.postDataJSON().operationName));
  for (let i = 0; i < 3; i++) {
    const before = await rows.first().innerText();
    await page.waitForFunction((text) => document.querySelector('nav li').innerText !== text, before);
  }
  assert.deepEqual(sent.filter((name) => name !== 'Refresh'), []); // it ends a look that has found changes
}));
