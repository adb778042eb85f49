// Opens the inbox of examples/inbox while others work, and makes the animation of the README from it.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { agency } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { startGateway } from '../../lib/program.mjs';
import { animation } from '../lib/animation.mjs';
import { launch, openPage } from '../lib/chromium.mjs';
import { startInbox } from '../lib/vite.mjs';

test('the inbox moves by itself', async () => {
  const gateway = await startGateway('--sandbox-event-lag=200ms');
  const inbox = await startInbox(gateway);
  const browser = await launch();
  const { page, problems } = await openPage(browser, inbox.url, { viewport: { width: 960, height: 640 } });
  const write = async (text, variables) => assert.equal((await execute(gateway, agency, text, variables)).body.errors, undefined);
  const frames = [];
  const picture = async () => frames.push(await page.screenshot({ animations: 'disabled' }));
  try {
    const rows = page.getByRole('navigation').getByRole('listitem');
    const history = page.getByLabel('History');
    const ready = page.waitForResponse((response) => response.request().postDataJSON()?.operationName === 'Changes');
    await rows.nth(1).getByRole('link').click();
    await page.mouse.move(800, 100);
    await history.locator('> li').first().waitFor();
    await ready;
    await page.waitForTimeout(500); // until the ticket is watched, too
    const sent = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.postDataJSON().operationName));
    const id = new URL(page.url()).hash.slice(1);
    await picture();

    await write('mutation($id: ID!) { sendMessage(input: { conversationId: $id, content: "Danke, jetzt geht es wieder." }) { messageId } }', { id });
    await history.getByText('Danke, jetzt geht es wieder.').waitFor();
    await history.getByText('New', { exact: true }).waitFor();
    await rows.first().getByText('Danke, jetzt geht es wieder.').waitFor();
    await picture();

    await write('mutation { createConversation(input: { title: "Wohin mit den Backups?", message: "Wir haben zu wenig Platz." }) { conversationId } }');
    await rows.first().getByText('Wohin mit den Backups?').waitFor();
    await picture();

    const title = await page.getByRole('article').getByRole('heading').innerText();
    await write('mutation($id: ID!) { setConversationStatus(input: { conversationId: $id, status: CLOSED }) { userErrors { code } } }', { id });
    await rows.getByText(title).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Open again' }).waitFor();
    await picture();

    assert.deepEqual(sent.filter((name) => name !== 'MarkRead'), [], 'the page reads');
    assert.deepEqual(problems, []);
    if (process.env.SCREENSHOTS) {
      await mkdir(process.env.SCREENSHOTS, { recursive: true });
      await writeFile(join(process.env.SCREENSHOTS, 'inbox-live.gif'), await animation(browser, frames, 1800));
    }
  } finally {
    await browser.close();
    await inbox.stop();
    await gateway.stop();
  }
});
