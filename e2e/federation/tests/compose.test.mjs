// Composes the subgraph with another one, with the composers of Apollo, The Guild and Cosmo.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';

import { buildSchema, parse } from 'graphql';

import { agency } from '../../lib/demo.mjs';
import { execute } from '../../lib/graphql.mjs';
import { printSchema, startGateway } from '../../lib/program.mjs';
import { documented, routers, startRouter } from '../lib/routers.mjs';
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

    test(`keeps tags that docs/federation.md adds, with ${composer}'s composer`, async () => {
      const page = await readFile(new URL('../../../docs/federation.md', import.meta.url), 'utf8');
      const [, extension] = /`(extend type \w+ @tag[^`]+)`/.exec(page);
      const tagged = `${sdl.replace('"@shareable"]', '"@shareable","@tag"]')}\n${extension}`;
      const { supergraphSdl, hints } = supergraphOf(composer, tagged);
      const conversation = parse(supergraphSdl).definitions.find(({ kind, name }) => kind === 'ObjectTypeDefinition' && name.value === 'Conversation');
      assert.ok(conversation.directives.some(({ name, arguments: [argument] }) => name.value === 'tag' && argument.value.value === 'support'));
      assert.deepEqual(hints, []);
    });
  }

  test('composes alone, as deploy/router does, and Hive Gateway serves the result', async () => {
    const hive = await startRouter('Hive Gateway', deployedSupergraphOf(sdl, String(new URL('/subgraph', gateway.url))));
    try {
      const { body } = await execute(hive, agency, '{ viewer { id name } }');
      assert.equal(body.errors, undefined);
      assert.ok(body.data.viewer.name);
    } finally {
      await hive.stop();
    }
  });

  test('equals the output of the command', () => {
    assert.equal(printSchema('--federation'), sdl);
  });

  test('does not change the public schema', () => {
    const schema = buildSchema(printSchema());
    assert.ok(schema.getQueryType().getFields().node);
    assert.deepEqual(['key', 'shareable', 'link'].filter((name) => schema.getDirective(name)), []);
  });
});

describe('docs/federation.md', () => {
  test('contains the configuration of deploy/router', async () => {
    const deployed = await readFile(new URL('../../../deploy/router/gateway.config.mjs', import.meta.url), 'utf8');
    assert.equal(documented('Hive Gateway').file, deployed);
  });

  for (const name of Object.keys(routers)) {
    test(`installs the packages that are tested here: ${name}`, async () => {
      const { dependencies } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
      const [, packages] = /^npm install (.*)$/.exec(documented(name).install);
      for (const spec of packages.split(' ')) {
        const [, dependency, version] = /^(.+)@(.+)$/.exec(spec);
        assert.equal(version, dependencies[dependency], spec);
      }
    });
  }
});
