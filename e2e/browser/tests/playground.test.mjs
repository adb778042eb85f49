// Opens the gateway's pages as a user would.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';
import { assertAccessible } from '../lib/axe.mjs';
import { launch, openPage, screenshot } from '../lib/chromium.mjs';

const otherToken = 'sandbox-bakery';

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

// openPlayground opens the playground and waits for its documentation.
async function openPlayground() {
  const opened = await openPage(browser, `${base}playground`);
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
    assert.ok(data.conversations.nodes.some(({ preview }) => preview.nodes.length > 0), 'no previews');
  });

  test('has variables for the sandbox', async () => {
    await page.getByRole('tab', { name: 'Ticket', exact: true }).click();
    await answer(page, /"conversation"/);
    const { data } = await response(page);
    assert.ok(data.conversation.messages.nodes.length > 0);
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
    await write(page, headers, JSON.stringify({ Authorization: `Bearer ${otherToken}` }));
    await write(page, editor, 'query Count { conversations { totalCount } }');
    await page.getByRole('tab', { name: 'Count' }).waitFor(); // the tab title follows the parsed operation
    await answer(page, '24');
    await page.waitForFunction(() => JSON.stringify(localStorage).includes('totalCount'));
    const kept = await page.evaluate(async () => JSON.stringify({
      localStorage, sessionStorage, cookie: document.cookie, databases: await indexedDB.databases(), caches: await caches.keys(),
    }));
    assert.match(kept, /totalCount/);
    for (const token of [agency, otherToken, 'Bearer', 'Authorization']) {
      assert.ok(!kept.includes(token), `${token} is stored: ${kept}`);
    }
    await page.reload();
    await page.locator(`${editor} .view-lines`).getByText('totalCount').waitFor();
    const shown = await page.locator(headers).innerText();
    assert.ok(shown.includes(agency) && !shown.includes(otherToken), `after a reload the headers are ${shown}`);
  });
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
