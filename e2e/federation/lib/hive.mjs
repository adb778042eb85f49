// Hive Gateway in this process, behind an HTTP server.
import { once } from 'node:events';
import { createServer } from 'node:http';

import { createGatewayRuntime } from '@graphql-hive/gateway';

// startHive serves a supergraph and sends the caller's token on.
export async function startHive(supergraphSdl) {
  const runtime = createGatewayRuntime({
    supergraph: supergraphSdl,
    logging: false,
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => {
        const token = request.headers.get('authorization');
        return token ? { authorization: token } : {};
      },
    },
  });
  const server = createServer(runtime).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await runtime[Symbol.asyncDispose]();
  };
  return { url: `http://127.0.0.1:${server.address().port}/graphql`, stop };
}
