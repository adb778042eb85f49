// Opens and saves attachments like a user: letters, types and names must survive the way up and down.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';
import { launch } from '../lib/chromium.mjs';

const german = 'Übersicht über größere Dateien';
const mutation = `mutation($input: SendMessageInput!) {
  sendMessage(input: $input) { sentMessage { files { ... on UploadedFile { download { url } } } } userErrors { message } }
}`;

describe('an attachment', () => {
  let gateway;
  let browser;
  let scratch;
  before(async () => {
    gateway = await startGateway();
    browser = await launch();
    scratch = await mkdtemp(join(tmpdir(), 'downloads-'));
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
    await rm(scratch, { recursive: true, force: true });
  });

  // send sends a message with a file and returns a link to the file.
  async function send(name, type, content) {
    const form = new FormData();
    const input = { conversationId: 'e75fead9-213f-5585-aeb3-59327a7b3b59', files: [null] };
    form.append('operations', JSON.stringify({ query: mutation, variables: { input } }));
    form.append('map', JSON.stringify({ 0: ['variables.input.files.0'] }));
    form.append('0', new Blob([content], { type }), name);
    const headers = { Authorization: `Bearer ${agency}`, 'GraphQL-Preflight': '1' };
    const { data } = await (await fetch(gateway.url, { method: 'POST', headers, body: form })).json();
    assert.deepEqual(data.sendMessage.userErrors, []);
    return data.sendMessage.sentMessage.files[0].download.url;
  }

  for (const [encoding, type, content] of [
    ['UTF-16 that says so', 'text/plain; charset=utf-16le', Buffer.from(german, 'utf16le')],
    ['Latin-1 that says so', 'text/plain; charset=iso-8859-1', Buffer.from(german, 'latin1')],
    ['Latin-1 that says nothing', 'text/plain', Buffer.from(german, 'latin1')],
    ['UTF-8 that says nothing', 'text/plain', Buffer.from(german)],
    ['UTF-8 without a type', '', Buffer.from(german)],
  ]) {
    test(`with text in ${encoding} is readable`, async () => {
      const page = await browser.newPage();
      await page.goto(await send('a.txt', type, content));
      assert.equal(await page.evaluate(() => document.body.innerText), german);
      await page.close();
    });
  }

  for (const [name, type] of [['Übersicht.pdf', 'application/pdf'], [`${'日'.repeat(90)}.pdf`, 'application/pdf'], ['Seite.html', 'text/html']]) {
    test(`called ${name.slice(0, 20)} is saved under its name`, async () => {
      const link = await send(name, type, '%PDF-1.7');
      const page = await browser.newPage();
      const [download] = await Promise.all([page.waitForEvent('download'), page.goto(link).catch(() => {})]); // a download aborts the navigation
      assert.equal(download.suggestedFilename(), name);
      await page.close();
      const directory = await mkdtemp(join(scratch, 'curl-'));
      await promisify(execFile)('curl', ['-sSOJ', link], { cwd: directory });
      const [saved] = await readdir(directory); // curl knows only the ASCII form
      assert.match(saved, /^[\w.]+\.(pdf|html)$/);
      assert.equal(saved.length, name.length);
    });
  }
});
