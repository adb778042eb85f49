// Calls the gateway from a page of another origin, with the headers that client libraries and tracing libraries add.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, test } from 'node:test';
import { agency } from '../../lib/demo.mjs';
import { startGateway } from '../../lib/program.mjs';
import { launch, openPage } from '../lib/chromium.mjs';

const headers = {
  'Apollo Client with clientAwareness': { 'apollographql-client-name': 'portal', 'apollographql-client-version': '1' },
  'GraphQL clients with a name': { 'graphql-client-name': 'portal', 'graphql-client-version': '1' },
  OpenTelemetry: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', tracestate: 'a=b', baggage: 'a=b' },
  Sentry: { 'sentry-trace': '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1', baggage: 'sentry-trace_id=a' },
  Datadog: { 'x-datadog-trace-id': '1', 'x-datadog-parent-id': '2', 'x-datadog-origin': 'rum', 'x-datadog-sampling-priority': '1' },
  'fetch without the cache': { 'cache-control': 'no-cache' },
};

describe('a page of another origin', () => {
  let gateway;
  let browser;
  const pages = [];
  const servePage = async () => {
    const server = createServer((_, response) => response.setHeader('Content-Type', 'text/html').end('<link rel="icon" href="data:,">'));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    pages.push(server);
    return `http://127.0.0.1:${server.address().port}`;
  };
  let allowed;
  let foreign;
  before(async () => {
    [allowed, foreign] = [await servePage(), await servePage()];
    gateway = await startGateway('--cors-origin', allowed);
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await gateway?.stop();
    pages.forEach((server) => server.close());
  });

  const askFrom = async (origin, added) => {
    const { page, context } = await openPage(browser, origin);
    const answer = await page.evaluate(async ([url, token, added]) => {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}`, ...added },
          body: JSON.stringify({ query: '{ viewer { name } }' }),
        });
        return [await response.text(), response.headers.has('X-Request-Id')];
      } catch (error) {
        return [String(error), false];
      }
    }, [gateway.url, agency, added]);
    await context.close();
    return answer;
  };

  for (const [name, added] of Object.entries(headers)) {
    test(`with the headers of ${name}`, async () => {
      const [text, readable] = await askFrom(allowed, added);
      assert.equal(JSON.parse(text).data.viewer.name, 'Jana Petersen');
      assert.ok(readable, 'the page may read X-Request-Id');
    });
  }

  test('is refused unless it is listed', async () => {
    assert.match((await askFrom(foreign, {}))[0], /Failed to fetch/);
  });
});
