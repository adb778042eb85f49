// Runs Hive Gateway in this process, behind an HTTP server.
import { once } from 'node:events';
import { createServer } from 'node:http';

import { createGatewayRuntime } from '@graphql-hive/gateway';

import { gatewayConfig } from '../../../deploy/router/gateway.config.mjs';

// startHive serves a supergraph with the configuration of deploy/router.
export async function startHive(supergraphSdl) {
  const runtime = createGatewayRuntime({ ...gatewayConfig, supergraph: supergraphSdl, logging: false });
  const server = createServer(runtime).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await runtime[Symbol.asyncDispose]();
  };
  return { url: `http://127.0.0.1:${server.address().port}/graphql`, stop };
}
