// Builds the example with Next.js, and uses it as two users and as another site would.
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { agency, bakery } from '../../lib/demo.mjs';
import { freePort, startGateway } from '../../lib/program.mjs';
import { launch, openPage } from '../lib/chromium.mjs';

const cwd = fileURLToPath(new URL('../../../examples/nextjs', import.meta.url));
const next = [`${cwd}/node_modules/next/dist/bin/next`];

// startServer starts the built example in front of a gateway.
async function startServer(gateway) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const env = {
    PATH: process.env.PATH, NEXT_TELEMETRY_DISABLED: '1', GATEWAY: new URL(gateway.url).origin, ORIGIN: new URL(url).origin,
    SESSION_KEY: 'a key for tests that has 32 characters',
  };
  const child = spawn(process.execPath, [...next, 'start', '-H', '127.0.0.1', '-p', port], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout)) {
    if (/Ready in/.test(line)) {
      break;
    }
  }
  const stop = async () => {
    child.kill();
    await once(child, 'exit');
  };
  return { url, stop };
}

describe('the example with Next.js', () => {
  let gateway;
  let server;
  let browser;
  before(async () => {
    await promisify(execFile)(process.execPath, [...next, 'build'], { cwd, env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1' } })
      .catch(({ stdout, stderr }) => assert.fail(stdout + stderr));
    gateway = await startGateway('--sandbox-event-lag', '1s', '--log-format', 'json');
    server = await startServer(gateway);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.stop();
    await gateway?.stop();
  });

  // signedIn opens the page as the owner of a token. requests has the URLs and headers of what the browser sends.
  async function signedIn(token) {
    const opened = await openPage(browser, server.url);
    const { page } = opened;
    const requests = [];
    page.on('request', (request) => requests.push(`${request.url()} ${JSON.stringify(request.headers())}`));
    await page.getByLabel('mStudio API token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    const tickets = page.getByRole('listitem');
    await tickets.first().waitFor();
    return { ...opened, requests, tickets };
  }

  const operations = (requests) => requests.filter((request) => request.startsWith(`${server.url}graphql`)).length;

  test('the server renders, the browser goes on without a second request, and the next rendering shows a change', async () => {
    const { page, context, problems, requests, tickets } = await signedIn(agency);
    const [{ value, httpOnly, sameSite }] = (await context.cookies()).filter(({ name }) => name === 'session');
    assert.ok(httpOnly && sameSite === 'Strict', 'scripts and other sites cannot use the cookie');
    const title = (await tickets.first().innerText()).replace(' Close', '');
    await gateway.takeLog();
    const html = await (await fetch(server.url, { headers: { Cookie: `session=${value}` } })).text();
    assert.ok(html.includes('<li>') && html.includes(title.slice(0, 20)), 'the response has the list');
    assert.ok(!html.includes(agency), 'the response does not have the token');

    await page.reload();
    assert.equal(await tickets.count(), 10);
    assert.equal(operations(requests), 0, 'the browser reads nothing');
    const posts = (await gateway.takeLog()).filter(({ route }) => route?.includes('/graphql'));
    assert.equal(posts.length, 2, 'one operation for each rendering');
    await tickets.first().getByRole('button', { name: 'Close' }).click();
    await tickets.nth(9).waitFor({ state: 'detached' });
    assert.equal(operations(requests), 1);
    await page.reload();
    await tickets.nth(9).waitFor();
    assert.ok(!(await tickets.first().innerText()).includes(title), 'the rendering waits for the change');

    const stored = await page.evaluate(() => JSON.stringify([document.documentElement.outerHTML, document.cookie, { ...localStorage }, { ...sessionStorage }]));
    assert.ok(!stored.includes(agency) && !JSON.stringify(await context.cookies()).includes(agency));
    assert.ok(!requests.some((request) => request.includes(agency) || /authorization/i.test(request)), requests.join('\n'));
    await context.close();
    assert.deepEqual(problems, []);
  });

  test('users see only their own tickets, also in one browser', async () => {
    const { page, context, problems, tickets } = await signedIn(agency);
    const others = await tickets.allInnerTexts();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('mStudio API token').fill(bakery);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await tickets.first().waitFor();
    assert.deepEqual((await tickets.allInnerTexts()).filter((text) => others.includes(text)), []);
    await context.close();
    assert.deepEqual(problems, []);
  });

  test('subscriptions arrive at once', async () => {
    const { context } = await signedIn(agency);
    const Cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
    await context.close();
    const leaving = new AbortController();
    const response = await fetch(new URL('/graphql', server.url), {
      method: 'POST', signal: leaving.signal, headers: { Cookie, 'Content-Type': 'application/json', Accept: 'text/event-stream' },
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

  test('other sites and visitors without a session get nothing', async () => {
    const execute = (headers) => fetch(new URL('/graphql', server.url), {
      method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body: '{"query":"{ viewer { id } }"}',
    });
    for (const headers of [{ Origin: 'https://example.com' }, { Origin: 'null' }, { 'Sec-Fetch-Site': 'cross-site' }, { 'Sec-Fetch-Site': 'same-site' }]) {
      assert.equal((await execute(headers)).status, 403);
    }
    assert.equal((await execute({})).status, 401);
    assert.equal((await execute({ Cookie: 'session=AAAA' })).status, 401);
    assert.ok(!(await (await fetch(server.url)).text()).includes('<li>'));
  });
});
