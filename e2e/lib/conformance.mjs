import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Description } from './openapi.mjs';

const directory = process.env.OPENAPI_DIR;

// describeConformance runs tests that need the provider's OpenAPI document, or skips them if it is missing.
export function describeConformance(title, conformance) {
  if (directory) {
    describe(title, conformance);
    return;
  }
  const skip = 'NOT RUN: OPENAPI_DIR is not set to the directory of openapi-2026-08.json';
  console.log(`\n${skip}\nNot checked: ${title}.\n`);
  test(title, { skip });
}

// readDescription reads the provider's OpenAPI document.
export const readDescription = async () => new Description(JSON.parse(await readFile(join(directory, 'openapi-2026-08.json'), 'utf8')));
