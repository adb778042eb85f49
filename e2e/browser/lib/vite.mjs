import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Uses the example's installation of Vite, like `npm run preview`.
const root = resolve(fileURLToPath(import.meta.url), '../../../../examples/inbox');

// startInbox serves the built example in front of a gateway.
export async function startInbox(gateway) {
  process.env.GATEWAY = new URL(gateway.url).origin;
  const { preview } = await import(pathToFileURL(resolve(root, 'node_modules/vite/dist/node/index.js')));
  const server = await preview({ root, logLevel: 'warn', preview: { host: '127.0.0.1', port: 0 } });
  return { root, url: `http://127.0.0.1:${server.httpServer.address().port}/`, stop: () => server.close() };
}
