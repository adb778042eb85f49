// Loads the cache recipes of examples/clients, which docs/clients.md repeats, with the packages of this project.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const here = resolve(fileURLToPath(import.meta.url), '../..');
export const examples = resolve(here, '../../examples');

// recipe imports a module of examples/clients.
export async function recipe(name) {
  const directory = await mkdtemp(join(here, 'recipe-'));
  try {
    const file = join(directory, name);
    await writeFile(file, await readFile(join(examples, 'clients', name)));
    return await import(pathToFileURL(file));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

// operation returns the text of an operation in examples/.
export const operation = (name) => readFile(join(examples, `${name}.graphql`), 'utf8');

// watched returns a fetch function that counts requests by operation name. takeSent returns the names since its last call.
export function watched(token) {
  let sent = [];
  let event;
  const watch = async (url, init) => {
    const { query, operationName } = JSON.parse(init.body);
    sent.push(operationName ?? /(?:query|mutation) (\w+)/.exec(query)[1]);
    const headers = { 'content-type': 'application/json', Authorization: `Bearer ${token}`, ...(event && { 'X-If-Event-Reached': event }) };
    const response = await fetch(url, { ...init, headers });
    event = response.headers.get('X-Event-Id') ?? event;
    return response;
  };
  const takeSent = () => {
    const taken = sent;
    sent = [];
    return taken;
  };
  return { watch, takeSent };
}
