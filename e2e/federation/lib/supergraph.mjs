// Both composers, on the gateway's subgraph as the running program describes it and the one of lib/billing.mjs.
import assert from 'node:assert/strict';

import { composeServices as composeWithApollo } from '@apollo/composition';
import { composeServices as composeWithGuild } from '@theguild/federation-composition';
import { parse } from 'graphql';

import { billingSDL } from './billing.mjs';

// sdlOf asks a subgraph what it is, as routers do: without a token.
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

const compose = { apollo: composeWithApollo, guild: composeWithGuild };
export const composers = Object.keys(compose);

// supergraphOf returns the composed schema and fails with all that a composer has against it.
export function supergraphOf(composer, conversationsSDL, urls = { conversations: 'http://conversations', billing: 'http://billing' }) {
  return composed(composer, [
    { name: 'conversations', url: urls.conversations, typeDefs: parse(conversationsSDL) },
    { name: 'billing', url: urls.billing, typeDefs: parse(billingSDL) },
  ]);
}

// deployedSupergraphOf returns the schema of deploy/router, which has the one subgraph of deploy/compose.yaml.
export function deployedSupergraphOf(conversationsSDL, url = 'http://gateway:8080/subgraph') {
  return `${composed('guild', [{ name: 'conversations', url, typeDefs: parse(conversationsSDL) }]).supergraphSdl.trim()}\n`;
}

function composed(composer, services) {
  const { supergraphSdl, errors, hints } = compose[composer](services);
  assert.deepEqual((errors ?? []).map(({ message }) => message), [], `${composer}'s composer`);
  assert.ok(supergraphSdl, `${composer}'s composer made nothing`);
  return { supergraphSdl, hints: hints ?? [] };
}
