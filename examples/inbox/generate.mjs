// Generates from the gateway's schema: the types of the operations, and the members of each union and interface for the cache.
// Run it when the schema or src/operations.graphql changes.
import { codegen } from '@graphql-codegen/core';
import * as typedDocumentNode from '@graphql-codegen/typed-document-node';
import * as typescriptOperations from '@graphql-codegen/typescript-operations';
import { buildSchema, isAbstractType, parse } from 'graphql';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const { GATEWAY = 'http://127.0.0.1:8080', TOKEN = 'sandbox-agency' } = process.env;
const folder = process.argv[2] ?? 'src';

const response = await fetch(`${GATEWAY}/schema.graphql`, { headers: { Authorization: `Bearer ${TOKEN}` } });
if (!response.ok) {
  throw new Error(`the gateway answered with status ${response.status}`);
}
const sdl = await response.text();
const schema = buildSchema(sdl);

const operations = new URL('src/operations.graphql', import.meta.url);
const types = await codegen({
  filename: 'generated.ts',
  schema: parse(sdl),
  documents: [{ location: 'operations.graphql', document: parse(await readFile(operations, 'utf8')) }],
  config: {
    scalars: { DateTime: 'string', ID: 'string', URL: 'string', Upload: 'File' },
    useTypeImports: true,
    inlineFragmentTypes: 'combine',
    documentMode: 'graphQLTag',
    gqlImport: '@apollo/client#gql',
  },
  plugins: [{ operations: {} }, { documents: {} }],
  pluginMap: { operations: typescriptOperations, documents: typedDocumentNode },
});
await writeFile(join(folder, 'generated.ts'), types);

const abstract = Object.values(schema.getTypeMap()).filter((type) => isAbstractType(type) && !type.name.startsWith('__'));
const possibleTypes = Object.fromEntries(abstract.map((type) => [type.name, schema.getPossibleTypes(type).map(({ name }) => name)]).sort());
await writeFile(join(folder, 'possible-types.json'), `${JSON.stringify(possibleTypes, null, 2)}\n`);
