// Composes the running gateway's subgraph and the one of lib/billing.mjs with three composers.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { composeServices as composeWithApollo } from '@apollo/composition';
import { composeServices as composeWithGuild } from '@theguild/federation-composition';
import { federateSubgraphs } from '@wundergraph/composition';
import { parse, print } from 'graphql';

import { billingSDL } from './billing.mjs';

// sdlOf fetches the schema of a subgraph without a token, as routers do.
export async function sdlOf(url) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data._service.sdl;
}

// composeWithCosmo returns the composed schema without the router's execution plan.
function composeWithCosmo(services) {
  const subgraphs = services.map(({ name, url, typeDefs }) => ({ name, url, definitions: typeDefs }));
  const { federatedGraphAST, errors, warnings } = federateSubgraphs({ subgraphs, version: '1' });
  return { supergraphSdl: federatedGraphAST && print(federatedGraphAST), errors, hints: warnings };
}

const compose = { apollo: composeWithApollo, guild: composeWithGuild, cosmo: composeWithCosmo };
export const composers = Object.keys(compose);

// supergraphOf returns the composed schema and hints. It fails with the errors of the composer.
export function supergraphOf(composer, conversationsSDL, urls = { conversations: 'http://conversations', billing: 'http://billing' }) {
  return composed(composer, [
    { name: 'conversations', url: urls.conversations, typeDefs: parse(conversationsSDL) },
    { name: 'billing', url: urls.billing, typeDefs: parse(billingSDL) },
  ]);
}

// deployedSupergraphOf returns the supergraph that the command of docs/federation.md composes, for a gateway at url.
export function deployedSupergraphOf(conversationsSDL, url) {
  const script = fileURLToPath(new URL('../../../deploy/router/compose.mjs', import.meta.url));
  return execFileSync(process.execPath, [script, url], { input: conversationsSDL, encoding: 'utf8' });
}

function composed(composer, services) {
  const { supergraphSdl, errors, hints } = compose[composer](services);
  assert.deepEqual((errors ?? []).map(({ message }) => message), [], `${composer}'s composer`);
  assert.ok(supergraphSdl, `${composer}'s composer returned no schema`);
  return { supergraphSdl, hints: hints ?? [] };
}
