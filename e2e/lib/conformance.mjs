import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';

import { Description } from './openapi.mjs';

const directory = process.env.OPENAPI_DIR;

// describeConformance describes what needs the provider's own description of the API, or says that it is not there.
export function describeConformance(title, conformance) {
  if (directory) {
    describe(title, conformance);
    return;
  }
  const skip = 'NOT RUN: OPENAPI_DIR does not say where openapi-2026-08.json is';
  console.log(`\n${skip}\nNothing below says that ${title}.\n`);
  test(title, { skip });
}

// readDescription returns the provider's description.
export const readDescription = async () => new Description(JSON.parse(await readFile(join(directory, 'openapi-2026-08.json'), 'utf8')));
