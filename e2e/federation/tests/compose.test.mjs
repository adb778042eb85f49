// Composes the subgraph with another one, with both composers that are in use.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';

import { buildSchema, parse } from 'graphql';

import { startGateway } from '../../lib/program.mjs';
import { composers, deployedSupergraphOf, sdlOf, supergraphOf } from '../lib/supergraph.mjs';

describe('the subgraph', () => {
  let gateway;
  let sdl;
  before(async () => {
    gateway = await startGateway('--subgraph');
    sdl = await sdlOf(new URL('/subgraph', gateway.url));
  });
  after(() => gateway?.stop());

  for (const composer of composers) {
    test(`composes with ${composer}'s composer`, () => {
      const { supergraphSdl, hints } = supergraphOf(composer, sdl);
      const supergraph = parse(supergraphSdl);
      const project = supergraph.definitions.find((definition) => definition.name?.value === 'Project');
      const fields = project.fields.map(({ name }) => name.value);
      assert.ok(['id', 'domain', 'aggregate', 'description', 'customer', 'budget'].every((name) => fields.includes(name)), `Project has ${fields}`);
      assert.deepEqual(hints.map(({ code }) => code ?? code), [], 'hints');
    });
  }

  // UPDATE=1 writes it.
  test('is what deploy/router is composed of', () => {
    const file = new URL('../../../deploy/router/supergraph.graphql', import.meta.url);
    if (process.env.UPDATE) {
      writeFileSync(file, deployedSupergraphOf(sdl));
    }
    assert.equal(readFileSync(file, 'utf8'), deployedSupergraphOf(sdl), 'run e2e/run with UPDATE=1');
  });

  test('is what the command prints, too', async () => {
    const { execFileSync } = await import('node:child_process');
    const printed = execFileSync(process.env.MSTUDIO_GRAPHQL, ['schema', 'print', '--federation'], { encoding: 'utf8' });
    assert.equal(printed, sdl);
  });

  test('leaves the public schema as it is', async () => {
    const { execFileSync } = await import('node:child_process');
    const printed = execFileSync(process.env.MSTUDIO_GRAPHQL, ['schema', 'print'], { encoding: 'utf8' });
    const schema = buildSchema(printed);
    assert.ok(schema.getQueryType().getFields().node);
    assert.deepEqual(['key', 'shareable', 'link'].filter((name) => schema.getDirective(name)), []);
  });
});
