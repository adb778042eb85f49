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

// openPlayground opens the playground and waits for its editor.
async function openPlayground(url = `${base}playground`, options) {
  const opened = await openPage(browser, url, options);
  await opened.page.locator(`${editor} .view-line`).first().waitFor();
  return opened;
}

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
    await screenshot(page, 'playground-docs');
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
    const { page, context, problems } = await openPlayground(url);
    const sent = [];
    page.on('request', (request) => {
      if (/graphql$/.test(request.url())) {
        sent.push(request);
      }
    });
    const token = page.getByLabel('mStudio API token');
    assert.ok(await token.evaluate((field) => field === document.activeElement), 'the token is not the first field');
    await answer(page, /"errors"/);
    assert.match((await response(page)).errors[0].message, /token at the top/);

    await token.fill(`Bearer ${agency}`);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.locator('.graphiql-doc-explorer').getByRole('link', { name: 'Query' }).waitFor();
    for (const name of [/^Welcome/, /^Inbox/, /^WaitingForMe/]) {
      await page.getByRole('tab', { name }).click();
      const answered = page.waitForResponse(/\/graphql$/);
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

    const renewed = ['/schema.graphql', '/graphql'].map((path) => page.waitForRequest((request) => request.url().endsWith(path)));
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
