// Opens the gateway's pages as a user would.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { agency, bakery, freelancer } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { start, startGateway, startSandbox } from '../../lib/program.mjs';
import { assertAccessible } from '../lib/axe.mjs';
import { launch, openPage, screenshot } from '../lib/chromium.mjs';

const editor = '.graphiql-query-editor';
const headers = '.graphiql-editor-tool .graphiql-editor:not(.hidden)';
const result = '.result-window';
const suggestions = '.suggest-widget.visible';

let gateway;
let browser;
let base;
before(async () => {
  gateway = await startGateway();
  browser = await launch();
  base = new URL('/', gateway.url).href;
});
after(async () => {
  await browser?.close();
  await gateway?.stop();
});

// openPlayground opens the playground, waits for its editor, and closes the tour of new users.
async function openPlayground(url = `${base}playground`, { keepTour, ...options } = {}) {
  const opened = await openPage(browser, url, options);
  await opened.page.locator(`${editor} .view-line`).first().waitFor();
  if (!keepTour) {
    await opened.page.getByRole('button', { name: 'Close the tour' }).click();
  }
  return opened;
}

// operationsOf collects the requests of a page to the gateway's endpoint.
function operationsOf(page) {
  const sent = [];
  page.on('request', (request) => {
    if (/\/graphql$/.test(request.url())) {
      sent.push(request);
    }
  });
  return sent;
}

// isDryRun reports whether a request asks for the cost of an operation.
const isDryRun = (request) => request.headers()['x-explain'] === 'dry-run';

// cost waits until the page shows a cost that matches.
const cost = (page, text) => page.locator('#cost').getByText(text).waitFor();

// write replaces the text of an editor, and deletes the closing brackets and quotes that the editor added.
async function write(page, place, text) {
  await page.locator(`${place} .view-lines`).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
  await page.keyboard.press('Control+Shift+End');
  await page.keyboard.press('Delete');
}

// answer runs the operation in the editor, waits until the response contains the text, and returns the visible response.
async function answer(page, text) {
  await page.locator('.graphiql-execute-button').click();
  await page.locator(result).getByText(text).first().waitFor();
}

// response returns the full response, because the editor renders only its visible lines.
const response = (page) => page.evaluate(() => {
  const texts = globalThis.__MONACO.editor.getModels().filter(({ uri }) => uri.path.includes('response')).map((model) => model.getValue());
  return JSON.parse(texts.find((text) => text.startsWith('{')));
});

// stored returns everything that the page has stored.
const stored = (page) => page.evaluate(async () => JSON.stringify({
  localStorage, sessionStorage, cookie: document.cookie, databases: await indexedDB.databases(), caches: await caches.keys(), history: history.state,
}));

describe('the playground', () => {
  let page;
  let context;
  let problems;
  beforeEach(async () => {
    ({ page, context, problems } = await openPlayground());
  });
  afterEach(async () => {
    await context.close();
    assert.deepEqual(problems, []);
  });

  test('starts with an operation that runs', async () => {
    await page.getByRole('tab', { name: 'Welcome' }).waitFor();
    await answer(page, /"totalCount"/);
    const answered = await response(page);
    assert.equal(answered.errors, undefined);
    assert.equal(answered.data.conversations.nodes.length, 3);
    assert.equal(answered.extensions.upstream.calls, 5, 'the page shows the calls of an operation');
    await screenshot(page, 'playground');
  });

  test('runs the inbox', async () => {
    await page.getByRole('tab', { name: 'Inbox', exact: true }).click();
    await answer(page, /"conversations"/);
    const { data } = await response(page);
    assert.equal(data.conversations.nodes.length, 20);
    assert.ok(data.conversations.nodes.some(({ lastText }) => lastText?.contentText), 'no previews');
  });

  test('has variables for the sandbox', async () => {
    await page.getByRole('tab', { name: 'Ticket', exact: true }).click();
    await answer(page, /"conversation"/);
    const { data } = await response(page);
    assert.ok(data.conversation.messages.nodes.length > 0);
  });

  test('runs a subscription', async () => {
    await write(page, editor, 'subscription Changes { inboxChanged { kind conversation { id lastText { id contentText } } } }');
    await page.getByRole('tab', { name: 'Changes' }).waitFor();
    await answer(page, '"SYNCED"');
    const { body: { data } } = await execute(gateway, agency, '{ conversations(first: 1) { nodes { id } } }');
    await execute(gateway, agency, 'mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "Live im Playground." }) { messageId } }', data.conversations.nodes[0]);
    await page.locator(result).getByText('Live im Playground.').waitFor();
    const { data: { inboxChanged } } = await response(page);
    assert.equal(inboxChanged.conversation.id, data.conversations.nodes[0].id);
    await screenshot(page, 'playground-live');
    await page.getByRole('button', { name: /Stop/ }).click();
    await page.getByRole('button', { name: /Execute/ }).waitFor();
  });

  test('completes fields', async () => {
    await write(page, editor, '{ conversations { nodes { ');
    await page.keyboard.press('Control+Space');
    await page.locator(suggestions).getByText('lastMessage').first().waitFor();
    await page.keyboard.type('isC');
    await page.locator(suggestions).getByText('isClosed').first().waitFor();
    await screenshot(page, 'playground-completion');
    await page.keyboard.press('Enter');
    await page.locator(`${editor} .view-lines`).getByText('isClosed').waitFor();
  });

  test('marks fields that the schema does not have', async () => {
    await write(page, editor, '{ conversations { nodes { colour } } }');
    await page.locator(`${editor} .squiggly-error`).first().waitFor();
  });

  test('shows the documentation', async () => {
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    const docs = page.locator('.graphiql-doc-explorer');
    await docs.getByRole('link', { name: 'Query' }).click();
    await docs.getByRole('link', { name: 'conversations', exact: true }).click();
    await docs.getByText('may access, newest message first').waitFor();
    await docs.getByText('up to 2 calls; about 4 calls with some arguments').waitFor();
    await screenshot(page, 'playground-docs');
    for (const name of ['ConversationConnection', 'Conversation']) {
      await docs.getByRole('link', { name, exact: true }).first().click();
    }
    const costOf = (field) => docs.locator('.graphiql-doc-explorer-item', { has: page.getByRole('link', { name: field, exact: true }) }).locator('strong');
    assert.equal(await costOf('lastText').innerText(), '1 call, shared with messages.');
    assert.equal(await costOf('isUnread').innerText(), '1 call per operation.');
    assert.equal(await costOf('shortId').count(), 0);
  });

  test('shows the cost of an operation without running it', async () => {
    const sent = operationsOf(page);
    await cost(page, 'This query typically makes 5 mStudio calls, at least 2 and at most 6, most of them for conversations.nodes.messages.');
    await write(page, editor, 'subscription Changes { inboxChanged { kind } }');
    await cost(page, 'An event makes no mStudio call.');
    await write(page, editor, 'query Counts { conversationCounts { totalCount } }');
    await cost(page, 'Hint: conversationCounts reads a full list');
    await write(page, editor, 'query Missing($id: ID!) { conversation(id: $id) { title } }');
    await cost(page, '$id');
    await write(page, editor, 'mutation Rename { updateConversation(input: { conversationId: "00000000-0000-4000-8000-000000000000", title: "Estimated" }) { conversation { title } } }');
    await cost(page, 'This mutation typically makes 2 mStudio calls, at least 1 and at most 2, most of them for updateConversation.');
    await write(page, editor, 'mutation Rename { updateConversation(');
    await page.waitForFunction(() => document.querySelector('#cost').textContent === '');
    assert.ok(sent.every(isDryRun), 'an operation was run');
  });

  test('shows no cost behind a proxy that removes the header, and runs nothing', async () => {
    await page.route('**/graphql', async (route) => {
      const { 'x-explain': _, ...kept } = route.request().headers();
      await route.continue({ headers: kept });
    });
    await page.reload();
    const sent = operationsOf(page);
    await page.locator(`${editor} .view-line`).first().waitFor();
    const answered = page.waitForResponse(/\/graphql$/);
    await write(page, editor, 'mutation Unpriced { closeConversations(input: { conversationIds: [] }) { results { conversationId } } }');
    await answered;
    await page.getByRole('tab', { name: 'Unpriced' }).waitFor();
    await answer(page, /"closeConversations"/);
    const mutations = sent.filter((request) => request.postData().includes('closeConversations'));
    assert.ok(sent.length > mutations.length && sent.every((request) => mutations.includes(request) || request.postDataJSON().query === '{ __typename }'));
    assert.equal(mutations.length, 1, 'the mutation ran before the user ran it');
  });

  test('copies a link that opens the operation, but does not run it', async () => {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('tab', { name: 'Ticket', exact: true }).click();
    await cost(page, 'This query typically');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await cost(page, 'Copied');
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const copied = new URLSearchParams(new URL(link).hash.slice(1));
    assert.deepEqual([...copied.keys()], ['query', 'variables']);
    assert.ok(!link.includes(agency), 'the link contains the token');

    const opened = await openPlayground(link);
    const sent = operationsOf(opened.page);
    await cost(opened.page, 'Opened from a link');
    assert.equal(await opened.page.getByRole('tab', { selected: true }).innerText(), 'Ticket');
    const texts = await opened.page.evaluate(() => globalThis.__MONACO.editor.getModels().map((model) => model.getValue()));
    assert.ok(texts.includes(copied.get('query')) && texts.includes(copied.get('variables')));
    assert.equal(opened.page.url(), `${base}playground`);

    const hostile = new URLSearchParams({ query: 'mutation Hostile { closeConversations(input: { conversationIds: [] }) { results { conversationId } } }', headers: '{"X-Explain": "false"}', token: bakery });
    await opened.page.evaluate((hash) => { location.hash = hash; }, hostile.toString());
    await opened.page.getByRole('tab', { name: 'Hostile' }).waitFor();
    await cost(opened.page, 'Opened from a link');
    await opened.page.evaluate((hash) => { location.hash = hash; }, `query=${'x'.repeat(16_000)}`);
    await cost(opened.page, 'The link is too long.');
    assert.equal(await opened.page.getByRole('tab', { selected: true }).innerText(), 'Hostile');
    assert.equal(await opened.page.getByLabel('mStudio API token').inputValue(), agency);
    assert.ok(sent.every(isDryRun), 'an operation was run');
    await opened.context.close();
    assert.deepEqual(opened.problems, []);

    await write(page, editor, `# ${bakery}\nquery Secret { viewer { name } }`);
    await page.getByRole('tab', { name: 'Secret' }).waitFor();
    await page.getByLabel('mStudio API token').fill(bakery);
    await page.getByRole('button', { name: 'Copy link' }).click();
    await cost(page, 'Not copied: the operation contains your token.');
    await page.evaluate((text) => {
      globalThis.__MONACO.editor.getModels().find(({ uri }) => uri.path.includes('operation')).setValue(text);
    }, `# ${'x'.repeat(16_000)}\nquery Long { viewer { name } }`);
    await page.getByRole('tab', { name: 'Long' }).waitFor();
    await page.getByRole('button', { name: 'Copy link' }).click();
    await cost(page, 'Not copied: the operation is too long for a link.');
  });

  test('stores queries, but never tokens', async () => {
    await page.getByLabel('mStudio API token').fill(freelancer);
    await page.getByRole('button', { name: 'Headers' }).click();
    await write(page, headers, JSON.stringify({ Authorization: `Bearer ${bakery}` }));
    await write(page, editor, 'query Count { conversations { totalCount } }');
    await page.getByRole('tab', { name: 'Count' }).waitFor(); // the tab title follows the parsed operation
    await answer(page, '24');
    await page.waitForFunction(() => JSON.stringify(localStorage).includes('totalCount'));
    assert.match(await stored(page), /totalCount/);
    for (const token of [agency, bakery, freelancer, 'Bearer', 'Authorization']) {
      assert.ok(!(await stored(page)).includes(token), `${token} is stored: ${await stored(page)}`);
    }
    await page.reload();
    await page.locator(`${editor} .view-lines`).getByText('totalCount').waitFor();
    assert.equal(await page.getByLabel('mStudio API token').inputValue(), agency);
    await page.getByRole('button', { name: 'Headers' }).click();
    await page.locator(headers).getByText('X-Explain').waitFor();
    const shown = await page.locator(headers).innerText();
    assert.ok(!shown.includes(bakery), `after a reload the headers are ${shown}`);
  });
});

describe('the tour', () => {
  for (const { name, ...options } of [{ name: 'wide' }, { name: 'on a dark phone', colorScheme: 'dark', viewport: { width: 390, height: 844 } }]) {
    test(`explains the page to new users, once (${name})`, async () => {
      const { page, context, problems } = await openPlayground(undefined, { keepTour: true, ...options });
      const tour = page.getByRole('region', { name: 'Tour' });
      await assertAccessible(page, ['.monaco-editor', '.graphiql-tab']); // see below
      await tour.getByRole('button', { name: 'Next' }).focus();
      for (let step = 1; step <= 7; step++) {
        await tour.getByText(`${step} of 7`).waitFor();
        const { marked, overflow, room } = await page.evaluate((selector) => ({
          marked: [...document.querySelectorAll('#root *')].filter((element) => getComputedStyle(element).outline.endsWith('solid 3px') && element.checkVisibility()).length,
          overflow: document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight,
          room: document.querySelector(selector).clientHeight,
        }), editor);
        assert.equal(marked, 1, `step ${step} marks ${marked} places`);
        assert.ok(!overflow, `step ${step}: the page scrolls`);
        assert.ok(room > 100, `step ${step} leaves ${room} pixels to the editor`);
        await screenshot(page, `tour-${name.replaceAll(' ', '-')}-${step}`);
        await page.keyboard.press('Enter');
      }
      await tour.waitFor({ state: 'detached' });
      await page.reload();
      await page.locator(`${editor} .view-line`).first().waitFor();
      assert.equal(await tour.count(), 0, 'the tour starts again');
      await page.getByRole('button', { name: 'Tour', exact: true }).click();
      await tour.getByText('1 of 7').waitFor();
      await page.keyboard.press('Escape');
      await tour.waitFor({ state: 'detached' });
      assert.equal(await page.evaluate(() => document.activeElement.id), 'tour');
      await context.close();
      assert.deepEqual(problems, []);
    });
  }
});

describe('the playground on the real API', () => {
  let sandbox;
  let real;
  let url;
  before(async () => {
    sandbox = await startSandbox();
    real = await start(['--playground', '--upstream-url', sandbox.url, '--listen', '127.0.0.1:0'], /^GraphQL API: (http:\S+\/graphql)$/);
    url = new URL('playground', real.url).href;
  });
  after(async () => {
    await real?.stop();
    await sandbox?.stop();
  });

  test('asks for the token once, for all tabs and the documentation, and forgets it', async () => {
    const { page, context, problems } = await openPlayground(url, { keepTour: true });
    const sent = [];
    page.on('request', (request) => {
      if (/graphql$/.test(request.url()) && !isDryRun(request)) {
        sent.push(request);
      }
    });
    const token = page.getByLabel('mStudio API token');
    assert.ok(await token.evaluate((field) => field === document.activeElement), 'the token is not the first field');
    await page.getByRole('button', { name: 'Close the tour' }).click();
    assert.ok(await token.evaluate((field) => field === document.activeElement), 'the focus is lost with the tour');
    await answer(page, /"errors"/);
    assert.match((await response(page)).errors[0].message, /token at the top/);

    await token.fill(`Bearer ${agency}`);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Query' }).waitFor();
    for (const name of [/^Welcome/, /^Inbox/, /^WaitingForMe/]) {
      await page.getByRole('tab', { name }).click();
      const answered = page.waitForResponse((received) => received.url().endsWith('/graphql') && !isDryRun(received.request()));
      await page.locator('.graphiql-execute-button').click();
      const { data, errors } = await (await answered).json();
      assert.ok(data.conversations.nodes.length > 0);
      assert.equal(errors, undefined);
    }
    const credentials = await Promise.all(sent.map((request) => request.headerValue('Authorization')));
    assert.deepEqual(credentials, Array(4).fill(`Bearer ${agency}`), 'the schema and three operations, and nothing without a token');
    await assertAccessible(page, ['.monaco-editor', '.graphiql-tab']); // GraphiQL's syntax colours, and buttons in tabs
    assert.ok(!(await stored(page)).includes(agency), 'the token is stored');
    assert.ok(!page.url().includes(agency), 'the URL contains the token');

    const renewed = ['/schema.graphql', '/graphql'].map((path) => page.waitForRequest((request) => request.url().endsWith(path) && !isDryRun(request)));
    await token.fill(bakery);
    await page.locator('.graphiql-execute-button').click();
    for (const request of await Promise.all(renewed)) {
      assert.equal(await request.headerValue('Authorization'), `Bearer ${bakery}`);
    }
    await page.reload();
    await page.getByPlaceholder('Enter your token').waitFor();
    assert.equal(await token.inputValue(), '');
    await context.close();
    assert.deepEqual(problems, []);
  });

  test('reports a rejected token', async () => {
    const { page, context } = await openPlayground(url);
    await page.getByLabel('mStudio API token').fill('not a token');
    await page.getByRole('status').getByText('mStudio rejects this token.').waitFor();
    await context.close();
  });

  for (const colorScheme of ['light', 'dark']) {
    test(`fits the screen (${colorScheme})`, async () => {
      const { page, context } = await openPlayground(url, { colorScheme });
      await page.getByLabel('mStudio API token').fill(agency);
      await answer(page, /"totalCount"/);
      for (const width of [1400, 390]) {
        await page.setViewportSize({ width, height: 844 });
        const { frame, content, overflow, narrow } = await page.evaluate((selectors) => ({
          frame: getComputedStyle(document.body).backgroundColor,
          content: getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor,
          overflow: document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight,
          narrow: [...document.querySelectorAll(selectors)].some(({ clientWidth }) => clientWidth < Math.min(innerWidth, 900) * 0.6),
        }), `${editor}, ${result}`);
        assert.equal(frame, content);
        assert.ok(!overflow, `${width}: the page scrolls`);
        assert.ok(!narrow, `${width}: an editor is too narrow`);
        await screenshot(page, `playground-${width}-${colorScheme}`);
      }
      await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
      await page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Query' }).click();
      await page.getByRole('button', { name: 'Hide Documentation Explorer' }).click();
      await answer(page, /"totalCount"/);
      await context.close();
    });
  }
});

describe('the landing page', () => {
  for (const colorScheme of ['light', 'dark']) {
    test(`links to all pages (${colorScheme})`, async () => {
      const { page, context, problems } = await openPage(browser, base, { colorScheme });
      await page.getByRole('heading', { name: 'mstudio-graphql' }).waitFor();
      await screenshot(page, `landing-${colorScheme}`);
      await assertAccessible(page);
      const links = await page.locator('a:not([rel])').evaluateAll((all) => all.map((link) => link.href));
      assert.ok(links.length >= 3, `the links are ${links}`);
      for (const link of links) {
        const response = await context.request.get(link);
        assert.equal(response.status(), 200, link);
      }
      await page.getByRole('link', { name: 'Playground' }).click();
      await page.locator(`${editor} .view-line`).first().waitFor();
      await context.close();
      assert.deepEqual(problems, []);
    });
  }

  test('fits on a phone', async () => {
    const { page, context, problems } = await openPage(browser, base, { viewport: { width: 360, height: 740 } });
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `it is ${width} pixels wide`);
    await screenshot(page, 'landing-phone');
    await context.close();
    assert.deepEqual(problems, []);
  });
});
