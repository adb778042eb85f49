import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

// assertAccessible checks the current page, except for the excluded selectors, against the automatically testable rules of
// WCAG 2 A and AA.
export async function assertAccessible(page, exclude = []) {
  await page.evaluate(source);
  const { violations } = await page.evaluate((excluded) => globalThis.axe.run(
    { include: [['html']], exclude: excluded.map((selector) => [selector]) },
    { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] },
  ), exclude);
  assert.deepEqual(violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' ')}`), []);
}
