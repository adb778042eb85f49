// Composes the subgraph schema on stdin into a supergraph schema on stdout.
//
//   node compose.mjs [URL] <conversations.graphql >supergraph.graphql
//
// URL is the address at which the router reaches the subgraph. Default: the gateway of deploy/compose.yaml.
// To compose further subgraphs, add them to the list.
import { readFileSync } from 'node:fs';

import { composeServices } from '@theguild/federation-composition';
import { parse } from 'graphql';

const [url = 'http://gateway:8081/subgraph'] = process.argv.slice(2);
const { supergraphSdl, errors } = composeServices([
  { name: 'conversations', url, typeDefs: parse(readFileSync(0, 'utf8')) },
]);
if (!supergraphSdl) {
  console.error(errors.map(({ message }) => message).join('\n'));
  process.exit(1);
}
process.stdout.write(`${supergraphSdl.trim()}\n`);
