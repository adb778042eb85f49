// Compiles operations with the Relay compiler, and runs them with the Relay runtime.
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import relay from 'relay-runtime';

const here = resolve(fileURLToPath(import.meta.url), '../..');

// compiled returns the compiled operations and fragments of screens/ by name.
export async function compiled(schema) {
  const directory = await mkdtemp(join(tmpdir(), 'relay-')); // not in the repository, where the compiler calls "git add"
  try {
    await writeFile(join(directory, 'package.json'), '{"type": "module"}');
    await cp(join(here, 'screens'), join(directory, 'screens'), { recursive: true });
    await writeFile(join(directory, 'schema.graphql'), schema);
    const config = { src: './screens', schema: './schema.graphql', language: 'javascript', eagerEsModules: true };
    await writeFile(join(directory, 'relay.config.json'), JSON.stringify(config));
    await promisify(execFile)(join(here, 'node_modules/.bin/relay-compiler'), ['relay.config.json'], { cwd: directory });
    const generated = join(directory, 'screens/__generated__');
    const files = await readdir(generated);
    // Bundlers resolve imports without an extension, Node.js does not.
    await Promise.all(files.map(async (file) => {
      const text = await readFile(join(generated, file), 'utf8');
      await writeFile(join(generated, file), text.replace(/^(import .*\.graphql)';$/gm, "$1.js';"));
    }));
    const operations = {};
    for (const file of files) {
      operations[file.replace('.graphql.js', '')] = (await import(pathToFileURL(join(generated, file)))).default;
    }
    return operations;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

// environment returns a Relay environment with a store.
export function environment(url, watch) {
  const network = relay.Network.create(async ({ name, text }, variables) => {
    const response = await watch(url, { method: 'POST', body: JSON.stringify({ query: text, operationName: name, variables }) });
    return response.json();
  });
  return new relay.Environment({ network, store: new relay.Store(new relay.RecordSource()) });
}

// load returns the data of a query, as useLazyLoadQuery does. Without a policy, it sends a request only if data is missing.
export function load(environment, query, variables, fetchPolicy = 'store-or-network') {
  environment.retain(relay.createOperationDescriptor(query, variables));
  return relay.fetchQuery(environment, query, variables, { fetchPolicy }).toPromise();
}

// read returns the data of a fragment, as useFragment does.
export const read = (environment, fragment, reference) => environment.lookup(relay.getSingularSelector(fragment, reference)).data;

// mutate returns the data of a mutation.
export const mutate = (environment, mutation, variables) => new Promise((onCompleted, onError) => {
  relay.commitMutation(environment, { mutation, variables, onCompleted, onError });
});
