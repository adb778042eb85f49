// Uses the example of a server between browser and gateway, as a user and as another site would.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';
import { launch, openPage } from '../lib/chromium.mjs';

// startServer starts the example in front of a gateway.
async function startServer(gateway) {
  const program = fileURLToPath(new URL('../../../examples/bff/server.mjs', import.meta.url));
  const env = { PATH: process.env.PATH, GATEWAY: new URL(gateway.url).origin, PORT: '0' };
  const child = spawn(process.execPath, [program], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  return { url: line.replace('Page: ', ''), stop: () => child.kill() };
}

describe('the example of a backend for frontend', () => {
  let gateway;
  let server;
  let browser;
  before(async () => {
    gateway = await startGateway('--sandbox-event-lag', '1s');
    server = await startServer(gateway);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    server?.stop();
    await gateway?.stop();
  });

  const signIn = (token, headers) => fetch(new URL('/session', server.url), { method: 'POST', body: token, headers });

  // signedIn returns the headers of a signed-in browser.
  async function signedIn() {
    const response = await signIn(agency);
    assert.equal(response.status, 204);
    return { Cookie: response.headers.get('Set-Cookie').split(';')[0] };
  }

  const execute = (query, headers) => fetch(new URL('/graphql', server.url), {
    method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify({ query }),
  });

  test('sign in, write, read, sign out; the page never has the token', async () => {
    const { page, context, problems } = await openPage(browser, server.url);
    const sent = [];
    page.on('request', (request) => sent.push(`${request.url()} ${JSON.stringify(request.headers())}`));
    await page.getByLabel('mStudio API token').fill('not-a-token');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('mStudio does not accept this token.').waitFor();
    await page.getByLabel('mStudio API token').fill(agency);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const tickets = page.getByRole('list').first().getByRole('button');
    await tickets.first().waitFor();
    assert.equal(await tickets.count(), 10);
    await tickets.first().click();
    await page.getByLabel('Answer').fill('An answer through the server');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('listitem').filter({ hasText: 'An answer through the server' }).waitFor();

    const stored = await page.evaluate(async () => JSON.stringify([
      document.documentElement.outerHTML, document.cookie, { ...localStorage }, { ...sessionStorage }, location.href,
      [...document.querySelectorAll('input, textarea')].map(({ value }) => value),
      await indexedDB.databases(), await caches.keys(),
    ]));
    assert.ok(!stored.includes(agency), stored);
    assert.ok(!sent.some((request) => request.includes(agency) || /authorization/i.test(request)), sent.join('\n'));
    const [cookie, ...others] = await context.cookies();
    assert.deepEqual(others, []);
    assert.ok(cookie.httpOnly && cookie.sameSite === 'Strict' && !cookie.value.includes(agency), JSON.stringify(cookie));

    await page.reload();
    await tickets.first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('mStudio API token').waitFor();
    await page.reload();
    await page.getByLabel('mStudio API token').waitFor();
    await context.close();
    const expected = /^console: Failed to load resource: the server responded with a status of 401/; // while signed out
    assert.deepEqual(problems.filter((problem) => !expected.test(problem)), []);
  });

  test('requests that other sites start are refused, also with the cookie', async () => {
    const session = await signedIn();
    for (const headers of [{ Origin: 'https://example.com' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }]) {
      assert.equal((await execute('{ viewer { id } }', { ...session, ...headers })).status, 403);
      assert.equal((await signIn(agency, headers)).status, 403);
    }
    assert.equal((await execute('{ viewer { id } }', session)).status, 200);
  });

  test('a session ends', async () => {
    const session = await signedIn();
    assert.equal((await fetch(new URL('/session', server.url), { method: 'DELETE', headers: session })).status, 204);
    assert.equal((await execute('{ viewer { id } }', session)).status, 401);
    assert.equal((await execute('{ viewer { id } }')).status, 401);
  });

  test('a caller cannot send another token', async () => {
    const response = await execute('{ viewer { id } }', { ...(await signedIn()), Authorization: 'Bearer sandbox-bakery' });
    const direct = await fetch(gateway.url, {
      method: 'POST', headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${agency}` }, body: '{"query":"{ viewer { id } }"}',
    });
    assert.deepEqual(await response.json(), await direct.json());
  });

  test('a path cannot name another server', async (t) => {
    const asked = [];
    const other = createServer(({ url }, response) => { asked.push(url); response.end(); }).listen(0, '127.0.0.1');
    t.after(() => other.close());
    await once(other, 'listening');
    const { host } = new URL(`http://127.0.0.1:${other.address().port}`);
    const { hostname, port } = new URL(server.url);
    const headers = { ...(await signedIn()), Origin: new URL(server.url).origin };
    for (const path of [`//${host}/files/x`, `//${host}/graphql`, `http://${host}/files/x`, `http://${host}/graphql`, `\\\\${host}/files/x`, `/\\${host}/graphql`, `////${host}/files/x`]) {
      const sent = request({ hostname, port, path, headers }).end();
      const [response] = await once(sent, 'response');
      response.resume();
      assert.ok(response.statusCode >= 400, `${path}: ${response.statusCode}`);
    }
    assert.deepEqual(asked, []);
  });

  test('subscriptions arrive at once', async () => {
    const leaving = new AbortController();
    const response = await fetch(new URL('/graphql', server.url), {
      method: 'POST', signal: leaving.signal,
      headers: { ...(await signedIn()), 'Content-Type': 'application/json', Accept: 'text/event-stream' },
      body: JSON.stringify({ query: 'subscription { inboxChanged { kind } }' }),
    });
    let text = '';
    for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
      text += piece;
      if (text.includes('"SYNCED"')) {
        break;
      }
    }
    leaving.abort();
    assert.match(text, /"SYNCED"/);
  });

  test('uploads and downloads', async () => {
    const session = await signedIn();
    const found = await (await execute('{ conversations(first: 1) { nodes { id } } }', session)).json();
    const file = new Blob(['x'.repeat(1 << 20)], { type: 'text/plain' });
    const form = new FormData();
    form.append('operations', JSON.stringify({
      query: `mutation ($id: ID!, $files: [Upload!]) {
        sendMessage(input: { conversationId: $id, content: "a file", files: $files }) { sentMessage { files { ... on UploadedFile { download { url } } } } userErrors { message } }
      }`,
      variables: { id: found.data.conversations.nodes[0].id, files: [null] },
    }));
    form.append('map', '{"0":["variables.files.0"]}');
    form.append('0', file, 'long.txt');
    const response = await fetch(new URL('/graphql', server.url), { method: 'POST', headers: { ...session, 'GraphQL-Preflight': '1' }, body: form });
    const { data, errors } = await response.json();
    assert.equal(errors, undefined);
    const [{ download: { url } }] = data.sendMessage.sentMessage.files;
    assert.equal(new URL(url, server.url).origin, new URL(server.url).origin, 'links have the origin of the page');
    assert.equal((await (await fetch(url)).text()).length, file.size);
  });
});
