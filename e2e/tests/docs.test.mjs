// Runs the commands and operations of the documentation in order, and checks its links.
import assert from 'node:assert/strict';
import { access } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildSchema, Kind, OperationTypeNode, parse, validate } from 'graphql';
import { isExempt, steps, Terminal } from '../lib/commands.mjs';
import { agency } from '../lib/demo.mjs';
import { anchors, blocks, links, pages, root } from '../lib/docs.mjs';
import { execute, firstEvent } from '../lib/graphql.mjs';
import { printSchema } from '../lib/program.mjs';

const all = await pages();
const schema = buildSchema(printSchema());
const executable = [Kind.OPERATION_DEFINITION, Kind.FRAGMENT_DEFINITION];

for (const { path, text } of all) {
  describe(path, () => {
    let terminal;
    before(async () => { terminal = await Terminal.open(); });
    after(() => terminal.close());

    const found = blocks(text);
    for (const [index, block] of found.entries()) {
      if (['sh', 'bash', 'shell', 'console'].includes(block.language)) {
        const next = found[index + 1];
        test(`line ${block.line}: shell`, async (t) => { await runShell(t, terminal, block, next?.language === '' ? next.text : undefined); });
      }
      if (block.language === 'graphql') {
        test(`line ${block.line}: GraphQL`, async (t) => { await runGraphQL(t, terminal, block, variablesOf(found[index + 1])); });
      }
      if (block.language === 'json' && block.words.length === 0 && /^[[{]/.test(block.text) && !block.text.includes('…')) {
        test(`line ${block.line}: JSON`, () => { JSON.parse(block.text); });
      }
    }

    test('has no broken links', async () => {
      for (const link of links(text)) {
        const [file, anchor] = link.split('#');
        const target = file ? normalize(join(dirname(path), file)) : path;
        await access(join(root, target));
        const page = all.find((other) => other.path === target);
        assert.ok(!anchor || !page || anchors(page.text).includes(anchor), `${link} matches no heading`);
      }
    });
  });
}

test('the index links to every page', () => {
  const index = all.find(({ path }) => path === 'docs/README.md');
  const reached = links(index.text).map((link) => `docs/${link}`);
  const missing = all.map(({ path }) => path).filter((path) => path.startsWith('docs/') && path !== index.path && !reached.includes(path));
  assert.deepEqual(missing, []);
});

// variablesOf parses the block after an operation if it is marked as its variables.
const variablesOf = (block) => (block?.words.includes('variables') ? JSON.parse(block.text) : undefined);

// runShell runs the commands of a block. The output of the last one is the text of the next block if that has no language.
async function runShell(t, terminal, block, output) {
  let printed;
  for (const command of steps(block.text)) {
    const reason = isExempt(command);
    if (reason) {
      t.diagnostic(`not run: ${command} (${reason})`);
      continue;
    }
    printed = await terminal.run(command).catch((error) => assert.fail(`${command}\n${error.stdout ?? ''}${error.stderr ?? error}`));
    assert.doesNotMatch(printed, /^\{"errors":/m, command);
  }
  assert.equal(printed, output ?? printed, block.text);
}

async function runGraphQL(t, terminal, block, variables) {
  const document = parse(block.text);
  if (!document.definitions.every(({ kind }) => executable.includes(kind))) {
    t.diagnostic('not run: it is a schema');
    return;
  }
  assert.deepEqual(validate(schema, document).map(({ message }) => message).filter((message) => !/^Fragment .* is never used/.test(message)), []);
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const needs = operations.some(({ variableDefinitions }) => variableDefinitions.some(({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && !defaultValue));
  if (operations.length !== 1 || (needs && !variables)) {
    t.diagnostic('validated but not run: it is not a single operation, or its variables are not documented');
    return;
  }
  const gateway = { url: await terminal.endpoint() };
  const { errors } = operations[0].operation === OperationTypeNode.SUBSCRIPTION
    ? await firstEvent(gateway, agency, block.text, variables)
    : (await execute(gateway, agency, block.text, variables)).body;
  assert.equal(errors, undefined);
}
