// Uses the inbox of examples/inbox as a user would.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { agency, futureConversation } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { startGateway } from '../../lib/program.mjs';
import { assertAccessible } from '../lib/axe.mjs';
import { launch, openPage, screenshot } from '../lib/chromium.mjs';
import { startInbox } from '../lib/vite.mjs';

describe('the example inbox', () => {
  let gateway;
  let inbox;
  let browser;
  before(async () => {
    gateway = await startGateway();
    inbox = await startInbox(gateway);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await inbox?.stop();
    await gateway?.stop();
  });

  let page;
  let context;
  let problems;
  let rows;
  const open = async (options) => {
    ({ page, context, problems } = await openPage(browser, inbox.url, { viewport: { width: 1280, height: 800 }, ...options }));
    rows = page.getByRole('navigation').getByRole('listitem');
    await rows.first().waitFor();
  };
  beforeEach(() => open());
  afterEach(async () => {
    await context.close();
    assert.deepEqual(problems, []);
  });

  // rowsAre waits until the list has the given number of rows.
  const rowsAre = (count) => rows.nth(count - 1).waitFor();

  const ids = () => rows.getByRole('link').evaluateAll((links) => links.map(({ hash }) => hash));

  const inView = (locator) => locator.evaluate((element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });

  test('lists, page by page', async () => {
    assert.equal(await rows.count(), 20);
    await page.getByRole('button', { name: 'Load more' }).click();
    await rowsAre(40);
    assert.equal(new Set(await ids()).size, 40);
  });

  test('searches, and filters by open and closed', async () => {
    const total = page.getByRole('status');
    const before = Number(await total.innerText());
    await page.getByRole('button', { name: 'All' }).click();
    await total.getByText('500').waitFor();
    assert.ok(before > 20 && before < 500, `${before} are open`);
    await page.getByLabel('Search').fill('Domain');
    await page.waitForFunction(() => Number(document.querySelector('output').textContent) < 500);
    assert.ok(await rows.count() > 0);
  });

  test('filters by topic and object, and lists what waits for the caller', async () => {
    const total = page.getByRole('status');
    const all = Number(await total.innerText());
    await page.getByText('Filters').click();
    await page.getByLabel('Topic').selectOption('domain');
    await page.waitForFunction((before) => Number(document.querySelector('output').textContent) < before, all);
    await page.getByLabel('Topic').selectOption({ index: 0 });
    await total.getByText(String(all), { exact: true }).waitFor();
    await page.getByLabel('About').selectOption({ label: 'Nordlicht Digital GmbH' });
    await page.waitForFunction((before) => Number(document.querySelector('output').textContent) < before, all);
    await rows.first().getByText('Nordlicht Digital GmbH').waitFor();
    await assertAccessible(page);
    await page.getByLabel('About').selectOption({ index: 0 });
    await total.getByText(String(all), { exact: true }).waitFor();

    await page.getByRole('button', { name: 'For me' }).click();
    await page.waitForFunction((before) => Number(document.querySelector('output').textContent) < before, all);
    const before = Number(await total.innerText());
    const listed = await ids();
    await rows.first().getByRole('link').click();
    await page.getByLabel('Your answer').fill('Danke, ich sehe nach.');
    await page.getByRole('button', { name: 'Send' }).click();
    await total.getByText(String(before - 1), { exact: true }).waitFor();
    assert.deepEqual(await ids(), listed.slice(1), 'only the answered row leaves');
  });

  test('works with the keyboard alone', async () => {
    const focused = () => page.evaluate(() => document.activeElement.hash ?? document.activeElement.id);
    const listed = await ids();
    for (const [key, at] of [['j', 0], ['j', 1], ['j', 2], ['k', 1]]) {
      await page.keyboard.press(key);
      assert.equal(await focused(), listed[at]);
    }
    await page.keyboard.press('Enter');
    const ticket = page.getByRole('article');
    await ticket.getByLabel('History').locator('> li').first().waitFor();
    await page.keyboard.press('r');
    await page.keyboard.type('Das wäre gelöst, jetzt klappt es.');
    assert.equal(await ticket.getByLabel('Your answer').inputValue(), 'Das wäre gelöst, jetzt klappt es.', 'keys are text in a field');
    await page.keyboard.press('Control+Enter');
    await ticket.getByLabel('History').getByText('Das wäre gelöst, jetzt klappt es.').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('e');
    await ticket.getByRole('button', { name: 'Open again' }).waitFor();
    await page.keyboard.press('u');
    await page.getByText('Choose a conversation.').waitFor();
    await page.keyboard.press('/');
    assert.equal(await page.getByLabel('Search').evaluate((field) => field === document.activeElement), true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('?');
    await assertAccessible(page);
    await page.getByLabel('Single keys work').uncheck();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.keyboard.press('n');
    await page.getByText('Choose a conversation.').waitFor();
    await page.evaluate(() => localStorage.clear());
    await page.reload();
    await rows.first().waitFor();
    await page.keyboard.press('n');
    await page.getByRole('heading', { name: 'New ticket' }).waitFor();
  });

  test('opens a conversation, replies and closes it', async () => {
    const row = rows.nth(4);
    const title = await row.getByRole('strong').innerText();
    await row.getByRole('link').click();
    const ticket = page.getByRole('article');
    await ticket.getByRole('heading', { name: title }).waitFor();
    await ticket.getByLabel('History').locator('> li').first().waitFor();
    assert.ok(await inView(ticket.getByLabel('History').locator('> li').last()), 'the history is scrolled to its newest message');
    await screenshot(page, 'inbox');
    await assertAccessible(page);

    await ticket.getByLabel('Your answer').fill('Danke, das hat geholfen!');
    await ticket.getByRole('button', { name: 'Send' }).click();
    const sent = ticket.getByLabel('History').getByText('Danke, das hat geholfen!');
    await sent.waitFor();
    assert.ok(await inView(sent), 'the sent message is in view');
    await row.getByText('Danke, das hat geholfen!').waitFor(); // the preview
    assert.equal(await ticket.getByLabel('Your answer').inputValue(), '');

    await ticket.getByRole('button', { name: 'Close' }).click();
    await ticket.getByRole('button', { name: 'Open again' }).waitFor();
    await ticket.getByText(/by Jana Petersen, \d\d:\d\d/).waitFor();
    await rows.getByText(title).first().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Closed', exact: true }).click();
    await rows.first().getByText(title).waitFor();
    await rows.first().getByText('Danke, das hat geholfen!').waitFor(); // the newest text, before the change of status
    await screenshot(page, 'inbox-closed');
  });

  test('marks a conversation as read when it is opened', async () => {
    const unread = page.getByRole('heading', { name: 'Support inbox' }).getByText('unread').locator('..');
    const number = Number.parseInt(await unread.innerText(), 10);
    assert.equal(await page.title(), `(${number}) Support inbox`);
    const row = rows.filter({ hasText: 'Unread:' }).first().getByRole('link');
    const href = await row.getAttribute('href');
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.postDataJSON().operationName));
    await row.click();
    await page.getByRole('navigation').locator(`a[href="${href}"]:not(.unread)`).waitFor();
    await page.waitForFunction((title) => document.title === title, number > 1 ? `(${number - 1}) Support inbox` : 'Support inbox');
    assert.deepEqual(sent.filter((name) => name !== 'Changes').toSorted(), ['MarkRead', 'Ticket', 'UploadRules']);
    await page.reload();
    await rows.first().waitFor();
    assert.equal(await page.title(), number > 1 ? `(${number - 1}) Support inbox` : 'Support inbox');
  });

  test('edits a message', async () => {
    await rows.nth(6).getByRole('link').click();
    const ticket = page.getByRole('article');
    await ticket.getByLabel('Your answer').fill('Danke, es get wieder.');
    await ticket.getByRole('button', { name: 'Send' }).click();
    const message = ticket.getByLabel('History').locator('> li').last();
    await message.getByText('Danke, es get wieder.').waitFor();
    await message.getByRole('button', { name: 'Edit' }).click();
    await message.getByLabel('Edited message').fill('Danke, es geht wieder.');
    await assertAccessible(page);
    await message.getByRole('button', { name: 'Save' }).click();
    await message.getByText('Danke, es geht wieder.').waitFor();
    await rows.nth(6).getByText('Danke, es geht wieder.').waitFor(); // the preview is the same object
  });

  test('keeps rows, place and selection after an answer and a change of status', async () => {
    for (const count of [40, 60]) {
      await page.getByRole('button', { name: 'Load more' }).click();
      await rowsAre(count);
    }
    const before = await ids();
    const total = async () => Number(await page.getByRole('status').innerText());
    const totalBefore = await total();
    const ticket = page.getByRole('article');
    const place = () => page.getByRole('navigation').getByRole('list').evaluate((list) => list.scrollTop);
    const row = rows.nth(50);
    await row.getByRole('link').click();
    await ticket.getByLabel('Your answer').fill('Und noch eine Frage.');
    const scrolled = await place();
    assert.ok(scrolled > 500, `the list is at ${scrolled}`);
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.postDataJSON().operationName));
    await page.keyboard.press('Control+Enter');
    await row.getByText('Und noch eine Frage.').waitFor();
    assert.deepEqual(await ids(), before);
    assert.equal(await place(), scrolled);
    assert.equal(await row.getByRole('link').getAttribute('aria-current'), 'page');

    await ticket.getByRole('button', { name: 'Close' }).click();
    await ticket.getByRole('button', { name: 'Open again' }).waitFor();
    assert.deepEqual(await ids(), before.toSpliced(50, 1), 'only the closed row leaves');
    assert.equal(await total(), totalBefore - 1);
    assert.equal(await place(), scrolled);
    await ticket.getByRole('button', { name: 'Open again' }).click();
    await ticket.getByRole('button', { name: 'Close' }).waitFor();
    await rowsAre(before.length); // the list may be rendered after the ticket
    assert.deepEqual(await ids(), before);
    assert.equal(await row.getByRole('link').getAttribute('aria-current'), 'page');
    assert.deepEqual(sent, ['Send', 'SetStatus', 'SetStatus'], 'the list is loaded again');
  });

  test('keeps earlier messages after an answer', async () => {
    await page.getByRole('button', { name: 'All' }).click();
    await page.getByLabel('Search').fill('Git deployment on s-d1917d fails');
    await rows.first().getByText('s-d1917d').waitFor();
    await rows.first().getByRole('link').click();
    const messages = page.getByLabel('History').locator('> li');
    await messages.nth(29).waitFor();
    assert.equal(await messages.count(), 30);
    await page.getByRole('button', { name: 'Earlier messages' }).click();
    await messages.nth(37).waitFor();
    const first = await messages.first().innerText();
    await page.getByLabel('Your answer').fill('Es klappt wieder.');
    await page.getByRole('button', { name: 'Send' }).click();
    await messages.last().getByText('Es klappt wieder.').waitFor();
    assert.ok(await messages.count() > 38);
    assert.equal(await messages.first().innerText(), first);
  });

  test('waits while mStudio is busy', async () => {
    await page.clock.install();
    await page.route('**/graphql', (route) => route.fulfill({
      json: { errors: [{ message: 'The operation needs 21 calls; 0 are left for 12 s.', extensions: { code: 'RATE_LIMITED', retryAfter: 12 } }] },
    }));
    await page.reload();
    await page.getByRole('status').getByText('Busy, again in 12 s.').waitFor();
    await page.clock.fastForward(1000);
    await page.getByText('Busy, again in 11 s.').waitFor();
    await page.unroute('**/graphql');
    await page.clock.runFor(12_000);
    await rows.first().waitFor();
    assert.equal(await page.getByText('Busy').count(), 0);
  });

  test('shows which part failed', async () => {
    await page.getByText(/Hidden project|Deleted project/).first().waitFor();
    assert.equal(await page.getByRole('alert').count(), 0, 'a hidden project is an error');
    await page.route('**/graphql', (route) => route.fulfill({
      json: { data: { conversations: null }, errors: [{ message: 'slow down', path: ['conversations'], extensions: { code: 'RATE_LIMITED' } }] },
    }));
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByRole('alert').getByText('Too many requests').waitFor();
    assert.equal(await rows.count(), 20);
    await page.clock.install();
    const looked = page.waitForResponse((response) => response.request().postDataJSON()?.operationName === 'Changes');
    await page.reload();
    await page.getByRole('alert').getByText('Too many requests').waitFor();
    await looked;
    await page.waitForTimeout(300); // so that the page handles the response
    await screenshot(page, 'inbox-failed');
    await page.unroute('**/graphql');
    await page.clock.fastForward('02:01');
    await rows.first().waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
  });

  test('opens a ticket', async () => {
    await page.getByRole('link', { name: 'New ticket' }).click();
    const form = page.getByRole('article');
    await form.getByLabel('Title').fill('Wohin mit den Backups?');
    await form.getByLabel('Topic').selectOption('webhosting');
    await form.getByLabel('About').selectOption({ index: 1 });
    const project = await form.getByLabel('About').evaluate(({ selectedOptions }) => selectedOptions[0].text);
    await form.getByLabel('Message').fill('Wir haben zu wenig Platz.');
    await assertAccessible(page);
    await page.keyboard.press('Control+Enter');
    await page.getByLabel('History').getByText('Wir haben zu wenig Platz.').waitFor();
    const row = rows.first();
    await row.getByText('Wohin mit den Backups?').waitFor();
    await row.getByText(project).waitFor();
    await row.getByText('Wir haben zu wenig Platz.').waitFor();
    assert.equal(await row.getByRole('link').getAttribute('aria-current'), 'page');
    await page.getByRole('article').getByText('webhosting').waitFor();
  });

  test('shows what others do at once, and keeps rows and place', async () => {
    await page.getByRole('button', { name: 'Load more' }).click();
    await rowsAre(40);
    const before = await ids();
    const total = Number(await page.getByRole('status').innerText());
    const viewed = page.locator(`nav a[href="${before[20]}"]`);
    const place = () => viewed.evaluate((row) => Math.round(row.getBoundingClientRect().top));
    await viewed.evaluate((row) => row.scrollIntoView());
    await page.evaluate((hash) => { location.hash = hash; }, before[29]);
    const history = page.getByLabel('History');
    await history.locator('> li').first().waitFor();
    const placed = await place();
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.postDataJSON().operationName));

    const other = await context.newPage();
    await other.goto(inbox.url);
    await other.getByRole('navigation').getByRole('listitem').nth(3).getByRole('link').click();
    await other.getByRole('button', { name: 'Close', exact: true }).click();
    await other.getByRole('button', { name: 'Open again' }).waitFor();
    for (const at of [29, 30]) {
      await other.goto(`${inbox.url}${before[at]}`);
      await other.getByLabel('Your answer').fill(`Erledigt: ${at}`);
      await other.getByRole('button', { name: 'Send' }).click();
      await other.getByLabel('History').getByText(`Erledigt: ${at}`).waitFor();
    }

    await rows.first().getByText('Erledigt: 30').waitFor();
    await history.getByText('Erledigt: 29').waitFor();
    assert.deepEqual(await ids(), [before[30], before[29], ...before.filter((id, at) => ![3, 29, 30].includes(at))]);
    assert.equal(Number(await page.getByRole('status').innerText()), total - 1);
    assert.equal(await place(), placed);
    assert.equal(await rows.nth(1).getByRole('link').getAttribute('aria-current'), 'page');
    const [line, message] = await history.locator('> li').allInnerTexts().then((texts) => texts.slice(-2));
    assert.equal(line, 'New');
    assert.match(message, /Erledigt: 29/);
    await assertAccessible(page);
    await page.getByLabel('Your answer').fill('Danke!');
    await page.getByRole('button', { name: 'Send' }).click();
    await history.getByText('Danke!').waitFor();
    await history.getByText('New', { exact: true }).waitFor({ state: 'detached' });
    assert.deepEqual(sent, ['Send'], 'the page reads again');
  });

  test('catches up after a lost connection', async () => {
    const sockets = [];
    await page.routeWebSocket('**/graphql', (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    const looked = () => page.waitForResponse((response) => response.request().postDataJSON()?.operationName === 'Changes');
    const first = looked();
    await page.reload();
    await rows.first().waitFor();
    await first;
    const listed = await ids();
    const again = looked();
    await sockets[0].close({ code: 1012 });
    await execute(gateway, agency, 'mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "Was ich verpasst habe." }) { messageId } }', { id: listed[7].slice(1) });
    await again;
    await rows.first().getByText('Was ich verpasst habe.').waitFor();
    assert.deepEqual(await ids(), [listed[7], ...listed.filter((id, at) => at !== 7)]);
    assert.equal(sockets.length, 2);
  });

  test('looks for changes once a minute if the gateway sends none', async () => {
    let declined = 0;
    await page.routeWebSocket('**/graphql', (socket) => socket.onMessage((text) => {
      const { type, id, payload } = JSON.parse(text);
      declined += payload?.operationName === 'InboxChanged' ? 1 : 0;
      const answers = { connection_init: { type: 'connection_ack' }, subscribe: { type: 'error', id, payload: [{ message: 'no subscriptions' }] } };
      socket.send(JSON.stringify(answers[type]));
    }));
    await page.clock.install();
    await page.reload();
    await rows.first().waitFor();
    const [shown] = await ids();
    await page.evaluate((hash) => { location.hash = hash; }, shown);
    await page.getByLabel('History').locator('> li').first().waitFor();
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.postDataJSON().operationName));
    await page.setExtraHTTPHeaders({ 'X-Explain': 'true' });
    const change = async () => execute(gateway, agency, 'mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "Jetzt geht es." }) { messageId } }', { id: shown.slice(1) });
    const looks = () => sent.filter((name) => name !== 'Ticket');
    // untilDeclined waits until the page has tried a number of subscriptions.
    const untilDeclined = async (count) => {
      while (declined < count) {
        await page.waitForTimeout(50);
      }
      await page.waitForTimeout(300); // so that the page handles the message
    };
    // lookAfter moves the clock and waits for the response to the request that the page then sends.
    const lookAfter = async (time) => {
      const answered = page.waitForResponse((response) => response.request().postDataJSON()?.operationName === 'Changes');
      await page.clock.fastForward(time);
      return (await answered).json();
    };

    await change();
    await untilDeclined(1);
    await lookAfter('01:01');
    await rows.first().getByText('Jetzt geht es.').waitFor();
    await page.getByLabel('History').getByText('Jetzt geht es.').waitFor();
    await untilDeclined(2);
    const { extensions } = await lookAfter('01:01');
    await untilDeclined(3);
    assert.equal(extensions.upstream.calls, 1);
    assert.deepEqual(looks(), ['Changes', 'Refresh', 'Changes']);
    await page.route('**/graphql', (route) => route.fulfill({ json: { errors: [{ message: 'slow down', extensions: { code: 'RATE_LIMITED' } }] } }));
    for (const [time, requests] of [['01:01', 4], ['01:01', 4], ['01:01', 5], ['03:30', 5], ['00:31', 6]]) {
      await (requests > looks().length ? lookAfter(time) : page.clock.fastForward(time));
      await page.waitForTimeout(300); // so that the page handles the response, or could have sent a request
      assert.equal(looks().length, requests, `after ${time}`);
    }
  });

  test('sends files, and shows why one is rejected', async () => {
    await rows.nth(2).getByRole('link').click();
    const ticket = page.getByRole('article');
    const choose = (...files) => ticket.getByLabel('Attach files').setInputFiles(files);
    await choose({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('What we saw') }, { name: 'wrong.txt', mimeType: 'text/plain', buffer: Buffer.from('no') });
    await choose(
      { name: 'tool.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ') },
      { name: `${'x'.repeat(300)}.txt`, mimeType: 'text/plain', buffer: Buffer.from('x') },
    );
    await ticket.getByRole('alert').getByText('tool.exe: files of this type are not accepted').waitFor();
    await ticket.getByRole('alert').getByText('the name is longer than 255 characters').waitFor();
    assert.equal(await ticket.getByLabel('Attachments').getByRole('listitem').count(), 2);
    assert.match(await ticket.getByLabel('Attach files').getAttribute('accept'), /application\/pdf.*\.txt/);
    await choose({ name: 'log.txt', mimeType: 'text/plain', buffer: Buffer.from('What it said') });
    await ticket.getByRole('button', { name: 'Remove wrong.txt' }).click();
    const dropped = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['from a folder'], 'dropped.txt', { type: 'text/plain' }));
      return transfer;
    });
    await ticket.getByLabel('Your answer').dispatchEvent('drop', { dataTransfer: dropped });
    await ticket.getByRole('button', { name: 'Remove dropped.txt' }).waitFor();
    await assertAccessible(page);
    await screenshot(page, 'inbox-attachments');
    await ticket.getByRole('button', { name: 'Send' }).click();
    await ticket.getByLabel('Attachments').waitFor({ state: 'detached' });
    const links = ticket.getByLabel('History').locator('> li').last().getByRole('link');
    assert.deepEqual((await links.allInnerTexts()).map((text) => text.trim()), ['notes.txt', 'log.txt', 'dropped.txt']);
    const file = await page.request.get(await links.first().evaluate(({ href }) => href));
    assert.equal(await file.text(), 'What we saw');

    await choose({ name: 'photo.png', mimeType: 'image/png', buffer: Buffer.from('no picture') });
    await ticket.getByRole('button', { name: 'Send' }).click();
    await ticket.getByRole('alert').getByText('photo.png').waitFor();
    assert.equal(await ticket.getByLabel('Attachments').getByRole('listitem').count(), 1);
  });

  test('sends a message once if its response is lost', async () => {
    await rows.nth(3).getByRole('link').click();
    const ticket = page.getByRole('article');
    const isSend = (route) => route.request().postData().includes('mutation Send');
    await page.route('**/graphql', async (route) => {
      if (!isSend(route)) {
        return route.continue();
      }
      await route.fetch();
      return route.fulfill({
        json: { data: { sendMessage: null }, errors: [{ message: 'late', path: ['sendMessage'], extensions: { code: 'UPSTREAM_TIMEOUT', outcome: 'unknown' } }] },
      });
    });
    await ticket.getByLabel('Your answer').fill('Danke, das war es!');
    await ticket.getByRole('button', { name: 'Send' }).click();
    await ticket.getByRole('alert').getByText('Send it again: it will arrive once.').waitFor();
    assert.equal(await ticket.getByLabel('Your answer').inputValue(), 'Danke, das war es!');
    await page.unroute('**/graphql');
    await ticket.getByRole('button', { name: 'Send' }).click();
    await ticket.getByRole('alert').waitFor({ state: 'detached' });
    const messages = ticket.getByLabel('History').getByText('Danke, das war es!');
    assert.equal(await messages.count(), 1);
    await ticket.getByLabel('Your answer').fill('Danke, das war es!');
    await ticket.getByRole('button', { name: 'Send' }).click();
    await messages.nth(1).waitFor(); // the same text again is another message
  });

  test('shows values that are newer than the page', async () => {
    await page.goto(`${inbox.url}#${futureConversation}`);
    await page.getByText('This item cannot be shown yet').first().waitFor();
  });

  test('reports a conversation that does not exist', async () => {
    await page.goto(`${inbox.url}#00000000-0000-4000-8000-000000000000`);
    await page.getByText('This conversation does not exist.').waitFor();
  });

  for (const options of [{ viewport: { width: 360, height: 740 } }, { colorScheme: 'dark' }]) {
    test(`is accessible with ${JSON.stringify(options)}`, async () => {
      await context.close();
      await open(options);
      await assertAccessible(page);
      await rows.first().getByRole('link').click();
      await page.getByLabel('History').locator('> li').first().waitFor();
      await assertAccessible(page);
      const { height } = await page.locator('article header').boundingBox();
      assert.ok(height < 130, `the header has ${height} pixels`);
      await screenshot(page, options.viewport ? 'inbox-phone' : 'inbox-dark');
    });
  }

  test('has the types of the schema', async () => {
    const scratch = await mkdtemp(join(tmpdir(), 'inbox-'));
    await promisify(execFile)('node', [join(inbox.root, 'generate.mjs'), scratch], { env: { GATEWAY: new URL(gateway.url).origin, TOKEN: agency, PATH: process.env.PATH } });
    for (const name of ['generated.ts', 'possible-types.json']) {
      const [want, got] = await Promise.all([scratch, join(inbox.root, 'src')].map(async (folder) => {
        const text = await readFile(join(folder, name), 'utf8');
        return text.replace(/^ *\/\*\*[^]*?\*\/\n/gm, ''); // without descriptions, which change more often
      }));
      assert.equal(got, want, 'run "npm run generate" in examples/inbox');
    }
    await rm(scratch, { recursive: true });
  });
});
