// Composes the subgraph with another one, with the composers of Apollo and The Guild.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import { buildSchema, parse } from 'graphql';

import { agency } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { startGateway } from '../../lib/program.mjs';
import { startHive } from '../lib/hive.mjs';
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

  test('composes alone, as deploy/router does, and Hive Gateway serves the result', async () => {
    const hive = await startHive(deployedSupergraphOf(sdl, String(new URL('/subgraph', gateway.url))));
    try {
      const { body } = await execute(hive, agency, '{ viewer { id name } }');
      assert.equal(body.errors, undefined);
      assert.ok(body.data.viewer.name);
    } finally {
      await hive.stop();
    }
  });

  test('equals the output of the command', async () => {
    const { execFileSync } = await import('node:child_process');
    const printed = execFileSync(process.env.MSTUDIO_GRAPHQL, ['schema', 'print', '--federation'], { encoding: 'utf8' });
    assert.equal(printed, sdl);
  });

  test('does not change the public schema', async () => {
    const { execFileSync } = await import('node:child_process');
    const printed = execFileSync(process.env.MSTUDIO_GRAPHQL, ['schema', 'print'], { encoding: 'utf8' });
    const schema = buildSchema(printed);
    assert.ok(schema.getQueryType().getFields().node);
    assert.deepEqual(['key', 'shareable', 'link'].filter((name) => schema.getDirective(name)), []);
  });
});
