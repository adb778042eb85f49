// Compiles frontend operations against the public schema with the compilers of client libraries.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { blocks } from '../../lib/docs.mjs';
import { printSchema, startGateway } from '../../lib/program.mjs';

const run = promisify(execFile);
const here = resolve(fileURLToPath(import.meta.url), '../..');
const examples = resolve(here, '../../examples');

// usage compiles only if the scalars have types that a client can use.
const usage = `import type { AnswerWithAttachmentMutationVariables, TicketQuery } from './typed/graphql.js';
export const opened = (data: TicketQuery) => new Date(data.conversation!.createdAt);
export const attach = (file: File): AnswerWithAttachmentMutationVariables => ({ conversationId: '', files: [file] });
`;

// inferred is usage for gql.tada, which infers types from the text of an operation.
const inferred = `import type { ResultOf, VariablesOf } from 'gql.tada';
import { graphql } from './graphql.ts';
const ticket = graphql(\`query ($id: ID!) { conversation(id: $id) { createdAt relatedTo { __typename ... on Project { description } } } }\`);
const attach = graphql(\`mutation ($id: ID!, $files: [Upload!]) { sendMessage(input: { conversationId: $id, files: $files }) { messageId } }\`);
export const opened = (data: ResultOf<typeof ticket>) => new Date(data.conversation!.createdAt);
export const attached = (file: File): VariablesOf<typeof attach> => ({ id: '', files: [file] });
`;

// list uses the client of docs/clients.md. Its types have the error policy: data may be missing.
const list = `import { client } from './client.ts';
import { graphql } from './gql/index.ts';
const inbox = graphql(\`query Inbox($after: String) { conversations(first: 10, after: $after) { nodes { id createdAt } } }\`);
const { data } = await client.query({ query: inbox, variables: { after: null } });
export const opened = data?.conversations?.nodes?.map(({ createdAt }) => new Date(createdAt));
`;

// viewer selects a field with @semanticNonNull and below it one without. Its operation must throw at errors.
const viewer = `import { graphql } from 'relay-runtime';
export const viewer = graphql\`query viewerQuery @throwOnFieldError { viewer { name } }\`;
`;

// compile runs a compiler from node_modules. If it fails, the error contains its output.
async function compile(cwd, name, ...flags) {
  try {
    return await run(join(here, 'node_modules/.bin', name), flags, { cwd, timeout: 120_000 });
  } catch (error) {
    return assert.fail(`${name} ${flags.join(' ')}\n${error.stdout}\n${error.stderr}`);
  }
}

describe('the public schema', () => {
  let scratch;
  before(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'clients-'));
    await writeFile(join(scratch, 'schema.graphql'), printSchema());
    await cp(join(here, 'relay'), join(scratch, 'relay'), { recursive: true });
    await cp(examples, join(scratch, 'examples'), { recursive: true, filter: (path) => !['node_modules', '.next', 'dist'].includes(basename(path)) });
    await symlink(join(here, 'node_modules'), join(scratch, 'node_modules'));
    await writeFile(join(scratch, 'package.json'), '{"type": "module"}');
  });
  after(() => rm(scratch, { recursive: true, force: true }));

  test('meets the requirements of Relay for connections and refetching', async () => {
    const page = await readFile(join(examples, '../docs/clients.md'), 'utf8');
    const documented = JSON.parse(blocks(page).find(({ text }) => text.includes('customScalarTypes')).text);
    await writeFile(join(scratch, 'persisted.json'), '{}');
    await writeFile(join(scratch, 'relay.config.json'), JSON.stringify({ ...documented, src: './relay', persistConfig: { file: './persisted.json' } }));
    await compile(scratch, 'relay-compiler', 'relay.config.json');
    const made = await readdir(join(scratch, 'relay/__generated__'));
    const wanted = ['inbox_row', 'inbox_list', 'inbox_history', 'inbox_listPaginationQuery', 'inbox_historyPaginationQuery', 'inboxQuery', 'inboxTicketQuery'];
    assert.deepEqual(made.sort(), wanted.map((name) => `${name}.graphql.ts`).sort());
    await compile(scratch, 'relay-compiler', 'relay.config.json', '--validate');
    assert.match(await readFile(join(scratch, 'relay/__generated__/inbox_history.graphql.ts'), 'utf8'), /readonly createdAt\?: string;/);
    assert.equal(Object.keys(JSON.parse(await readFile(join(scratch, 'persisted.json'), 'utf8'))).length, wanted.filter((name) => /Query$/.test(name)).length);
  });

  test('generates valid TypeScript types for the examples, with the scalars of docs/clients.md', async () => {
    const page = await readFile(join(examples, '../docs/clients.md'), 'utf8');
    const { scalars } = JSON.parse(blocks(page).find(({ text }) => text.startsWith('{ "scalars"')).text);
    const config = {
      schema: 'schema.graphql',
      documents: 'examples/*.graphql',
      generates: { 'typed/': { preset: 'client', config: { useTypeImports: true, scalars } } },
    };
    await writeFile(join(scratch, 'codegen.json'), JSON.stringify(config));
    await compile(scratch, 'graphql-codegen', '--config', 'codegen.json');
    const typed = await readFile(join(scratch, 'typed/graphql.ts'), 'utf8');
    const documents = (await readdir(examples)).filter((name) => name.endsWith('.graphql'));
    const compiled = typed.match(/^export const \w+Document = /gm) ?? [];
    assert.equal(compiled.length, documents.length, `documents for ${documents}`);
    await writeFile(join(scratch, 'usage.ts'), usage);
    await compile(scratch, 'tsc', '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--skipLibCheck', 'typed/graphql.ts', 'usage.ts');
  });

  test('gives gql.tada the types of an operation, with the scalars of docs/clients.md', async () => {
    const page = await readFile(join(examples, '../docs/clients.md'), 'utf8');
    const cwd = join(scratch, 'tada');
    await mkdir(cwd);
    await symlink(join(here, 'node_modules'), join(cwd, 'node_modules'));
    const plugins = [{ name: 'gql.tada/ts-plugin', schema: '../schema.graphql', tadaOutputLocation: './graphql-env.d.ts' }];
    const compilerOptions = {
      strict: true, noEmit: true, module: 'nodenext', target: 'es2022', skipLibCheck: true, allowImportingTsExtensions: true, types: [], plugins,
    };
    await writeFile(join(cwd, 'package.json'), '{"type": "module"}');
    await writeFile(join(cwd, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['usage.ts'] }));
    await writeFile(join(cwd, 'graphql.ts'), blocks(page).find(({ text: code }) => code.includes('initGraphQLTada')).text);
    await writeFile(join(cwd, 'usage.ts'), inferred);
    await compile(cwd, 'gql.tada', 'generate-output');
    await compile(cwd, 'tsc', '-p', '.');
    await writeFile(join(cwd, 'usage.ts'), inferred.replace('data.conversation!.createdAt', 'data.conversation!.isClosed')); // not selected
    await assert.rejects(compile(cwd, 'tsc', '-p', '.'), /Property 'isClosed' does not exist/);
  });

  test('gives an app with the files of docs/clients.md the types of its operations', async () => {
    const found = blocks(await readFile(join(examples, '../docs/clients.md'), 'utf8'));
    const [config, client] = ['CodegenConfig', 'new ApolloClient'].map((words) => found.find(({ text }) => text.includes(words)).text);
    const cwd = join(scratch, 'app');
    await mkdir(join(cwd, 'src'), { recursive: true });
    await symlink(join(here, 'node_modules'), join(cwd, 'node_modules'));
    await cp(join(scratch, 'schema.graphql'), join(cwd, 'schema.graphql'));
    await cp(join(examples, 'clients/apollo-cache.mjs'), join(cwd, 'src/apollo-cache.mjs'));
    const compilerOptions = {
      strict: true, noEmit: true, module: 'esnext', moduleResolution: 'bundler', target: 'es2023', allowJs: true, resolveJsonModule: true,
      allowImportingTsExtensions: true, skipLibCheck: true, types: [],
    };
    await Promise.all(Object.entries({
      'package.json': '{"type": "module"}', 'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src'] }),
      'codegen.ts': config, 'src/client.ts': client, 'src/list.ts': list,
    }).map(([name, text]) => writeFile(join(cwd, name), text)));
    await compile(cwd, 'graphql-codegen', '--config', 'codegen.ts');
    await compile(cwd, 'tsc', '-p', '.');
    const { possibleTypes } = JSON.parse(await readFile(join(cwd, 'src/possible-types.json'), 'utf8'));
    const ofInbox = JSON.parse(await readFile(join(examples, 'inbox/src/possible-types.json'), 'utf8'));
    assert.deepEqual(possibleTypes, Object.fromEntries(Object.entries(ofInbox).map(([name, members]) => [name, members.sort()])));
  });

  test('makes trusted documents with the settings of docs/clients.md, which the gateway executes', async () => {
    const found = blocks(await readFile(join(examples, '../docs/clients.md'), 'utf8'));
    const [config, trusted] = ['CodegenConfig', 'const trusted'].map((words) => found.find(({ text }) => text.includes(words)).text);
    const cwd = join(scratch, 'trusted');
    await mkdir(join(cwd, 'src'), { recursive: true });
    await symlink(join(here, 'node_modules'), join(cwd, 'node_modules'));
    await cp(join(scratch, 'schema.graphql'), join(cwd, 'schema.graphql'));
    await writeFile(join(cwd, 'package.json'), '{"type": "module"}');
    await writeFile(join(cwd, 'codegen.ts'), trusted + config.replace("preset: 'client',", "preset: 'client', ...trusted,"));
    await writeFile(join(cwd, 'src/list.ts'), list);
    await compile(cwd, 'graphql-codegen', '--config', 'codegen.ts');

    const manifest = join(cwd, 'src/gql/persisted-documents.json');
    const [id] = Object.keys(JSON.parse(await readFile(manifest, 'utf8')));
    assert.ok((await readFile(join(cwd, 'src/gql/graphql.ts'), 'utf8')).includes(`"__meta__":{"hash":"${id}"}`), id);
    const gateway = await startGateway(`--trusted-documents=${manifest}`, '--trusted-documents-only');
    try {
      const { ApolloClient, HttpLink, InMemoryCache, gql } = await import('@apollo/client');
      const { PersistedQueryLink } = await import('@apollo/client/link/persisted-queries');
      const document = { ...gql`query Inbox($after: String) { conversations(first: 10, after: $after) { nodes { id createdAt } } }`, __meta__: { hash: id } };
      const http = new HttpLink({ uri: gateway.url, headers: { Authorization: 'Bearer sandbox-agency' } });
      const link = new PersistedQueryLink({ generateHash: ({ __meta__: { hash } }) => hash }).concat(http);
      const { data } = await new ApolloClient({ link, cache: new InMemoryCache() }).query({ query: document });
      assert.deepEqual(new Set(data.conversations.nodes.map(({ __typename }) => __typename)), new Set(['Conversation']));
      assert.equal(data.conversations.nodes.length, 10);
    } finally {
      await gateway.stop();
    }
  });

  // Those of Relay are left out, because its compiler writes types only for TypeScript.
  test('lets TypeScript check the programs and cache recipes of the examples', async () => {
    const recipes = ['examples/clients/apollo-cache.mjs', 'examples/clients/graphcache.mjs'];
    const options = [
      '--noEmit', '--strict', '--allowJs', '--checkJs', '--skipLibCheck', '--resolveJsonModule', '--module', 'nodenext', '--target', 'es2023', '--types', 'node',
    ];
    const inFolder = async (folder) => (await readdir(join(scratch, folder))).filter((name) => /\.(m?js|d\.ts)$/.test(name)).map((name) => `${folder}/${name}`);
    const programs = [...await inFolder('examples/clients'), ...await inFolder('examples/bff')];
    assert.ok(programs.length > recipes.length + 8, `${programs}`);
    await compile(scratch, 'tsc', ...options, '--noImplicitAny', 'false', ...programs);
    await writeFile(join(scratch, 'wrong.mjs'), "import { createCache } from './examples/clients/apollo-cache.mjs';\ncreateCache(1);\n");
    await assert.rejects(compile(scratch, 'tsc', ...options, ...recipes, 'wrong.mjs'), ({ message }) => {
      assert.deepEqual(message.match(/\S+: error .*/g), ["wrong.mjs(2,13): error TS2345: Argument of type 'number' is not assignable to parameter of type 'PossibleTypesMap'."]);
      return true;
    });
  });

  test('has @semanticNonNull as GraphQL Code Generator and Relay read it', async () => {
    const page = await readFile(join(examples, '../docs/clients.md'), 'utf8');
    const nullability = JSON.parse(blocks(page).find(({ text }) => text.includes('errorHandlingClient')).text);
    await mkdir(join(scratch, 'strict'));
    await writeFile(join(scratch, 'strict/viewer.ts'), viewer);
    await writeFile(join(scratch, 'strict/query.graphql'), 'query Viewer { viewer { name } }');
    const generates = { 'strict/typed/': { preset: 'client', config: nullability } };
    await writeFile(join(scratch, 'strict.json'), JSON.stringify({ schema: 'schema.graphql', documents: 'strict/query.graphql', generates }));
    await compile(scratch, 'graphql-codegen', '--config', 'strict.json');
    assert.match(await readFile(join(scratch, 'strict/typed/graphql.ts'), 'utf8'), /ViewerQuery = \{ viewer: \{ name: string \| null \} \};/);

    await writeFile(join(scratch, 'strict.config.json'), JSON.stringify({ src: './strict', schema: './schema.graphql', language: 'typescript' }));
    await compile(scratch, 'relay-compiler', 'strict.config.json');
    const made = await readFile(join(scratch, 'strict/__generated__/viewerQuery.graphql.ts'), 'utf8');
    assert.match(made, /readonly viewer: \{\s+readonly name: string \| null \| undefined;\s+\};/);
  });
});
