import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

// Chromium's own sandbox is not available in CI, where this runs as root in a container.
const args = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

// Chromium saves files under names beyond ASCII only in a locale with UTF-8.
const env = { ...process.env, LC_ALL: 'C.UTF-8' };

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args, env });

// openPage opens a URL in a new profile. It collects problems: console errors and warnings, violations of the content
// security policy, exceptions, failed requests, and requests to other origins.
export async function openPage(browser, url, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB', timezoneId: 'UTC', ...options });
  context.setDefaultTimeout(60_000); // prevents a hang; not a performance limit
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
    if (errorText !== 'net::ERR_ABORTED') { // caused by leaving a page
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

// screenshot saves a picture of the page for manual review, in the directory SCREENSHOTS.
export async function screenshot(page, name) {
  const directory = process.env.SCREENSHOTS;
  if (directory) {
    await mkdir(directory, { recursive: true });
    await page.evaluate(() => new Promise((resolve) => { requestIdleCallback(resolve, { timeout: 2000 }); })); // editors apply syntax colours when idle
    await page.screenshot({ path: join(directory, `${name}.png`) });
  }
}
