import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

// In CI this runs as root, in a container: Chromium's own sandbox cannot be had there.
const args = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args });

// openPage opens an address in a profile of its own. What the page should not do is kept in problems: errors and
// warnings on the console, violations of the content security policy, exceptions, failed requests, and requests to
// other origins.
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'UTC', ...options });
  context.setDefaultTimeout(60_000); // a guard against hanging, not a measure
  const page = await context.newPage();
  const problems = [];
  const { origin } = new URL(url);
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) {
      problems.push(`console: ${message.text()}`);
    }
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.stack}`));
  page.on('requestfailed', (request) => {
    const { errorText } = request.failure();
    if (errorText !== 'net::ERR_ABORTED') { // that is what leaving a page does
      problems.push(`failed: ${request.url()} ${errorText}`);
    }
  });
  context.on('request', (request) => {
    const requested = new URL(request.url());
    if (requested.origin !== origin && !['data:', 'blob:'].includes(requested.protocol)) {
      problems.push(`another origin: ${request.url()}`);
    }
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(url);
  return { page, context, problems };
}

// screenshot keeps what the page looks like, for people: SCREENSHOTS names the directory.
export async function screenshot(page, name) {
  const directory = process.env.SCREENSHOTS;
  if (directory) {
    await mkdir(directory, { recursive: true });
    await page.evaluate(() => new Promise((resolve) => { requestIdleCallback(resolve, { timeout: 2000 }); })); // editors colour their text then
    await page.screenshot({ path: join(directory, `${name}.png`) });
  }
}
