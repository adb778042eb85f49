// Compares the gateway with the reference implementation of GraphQL, in two versions.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';

import * as graphql16 from 'graphql';
import * as graphql17 from 'graphql17';

import { jsonValues, literals, mutants, places, random, seedVariables, seeds, syntax } from '../lib/corpus.mjs';
import { agency } from '../lib/demo.mjs';
import { execute } from '../lib/graphql.mjs';
import { mapSome } from '../lib/pool.mjs';
import { startGateway } from '../lib/program.mjs';
import { everything, randomQuery, resolvers } from '../lib/queries.mjs';

// Limits are the gateway's own and not compared.
const unlimited = ['query-bytes', 'tokens', 'depth', 'fields', 'aliases', 'root-fields', 'root-mutations', 'directives', 'fragments', 'operations', 'cost', 'nodes', 'body-bytes']
  .map((limit) => `--max-${limit}=1000000000`);

// Errors that the gateway locates at the use, the field or the first of two, and the reference elsewhere.
const elsewhere = /^Variable "|^Fields |^There can be only one |^The directive |^This anonymous |must not have a selection/;

describe('the gateway agrees with the reference implementation', () => {
  let gateway;
  let references;
  before(async () => {
    gateway = await startGateway(...unlimited);
    const response = await fetch(new URL('/schema.graphql', gateway.url), { headers: { Authorization: `Bearer ${agency}` } });
    const text = await response.text();
    references = [graphql16, graphql17].map((js) => ({ js, schema: schemaOf(js, text) }));
  });
  after(() => gateway?.stop());

  // compare checks that the gateway and a reference give the same verdict on requests, which it does not execute.
  async function compare(requests) {
    const wrong = [];
    const verdicts = { valid: 0, invalid: 0, syntax: 0 };
    await mapSome(requests, async (request) => {
      const got = await verdictOf(gateway, request);
      const [first, later] = references.map(({ js, schema }) => () => reference(js, schema, request));
      const want = first();
      verdicts[got.verdict] += 1;
      if (got.verdict !== want.verdict && got.verdict !== later().verdict) {
        wrong.push(`${JSON.stringify(request.query)} ${request.variables ?? ''}: gateway ${got.verdict} (${got.message}), 16 ${want.verdict} (${want.message}), 17 ${later().verdict}`);
      } else if (got.message === want.message && !elsewhere.test(got.message) && got.location !== want.location) {
        wrong.push(`${JSON.stringify(request.query)}: gateway ${got.message} ${got.location}, 16 ${want.location}`);
      }
    });
    assert.deepEqual(wrong.slice(0, 20), [], `${wrong.length} of ${requests.length}`);
    return verdicts;
  }

  test('about syntax', async () => {
    const { valid, syntax: malformed } = await compare(syntax.map((query) => ({ query })));
    assert.ok(valid > 40 && malformed > 100, `${valid} valid, ${malformed} malformed`);
  });

  test('about documents with random changes', async () => {
    const valids = await compare(seeds.map((query) => ({ query, operationName: /^\w+ (\w+)/.exec(query)[1], variables: seedVariables })));
    assert.equal(valids.valid, seeds.length);
    const requests = [...mutants(1500, random(1))];
    const { valid, invalid, syntax: malformed } = await compare(requests);
    assert.ok(valid > 30 && invalid > 300 && malformed > 300, `${valid} valid, ${invalid} invalid, ${malformed} malformed`);
  });

  test('about every value in every place of the schema', async () => {
    const requests = places(graphql16, references[0].schema).flatMap(({ write, type }) => [
      ...literals.flatMap((value) => [
        { query: write(value === '$other' ? '($other: Int)' : '', value) },
        { query: write(`($v: ${type} = ${value})`, '$v') },
      ]),
      ...jsonValues.map((value) => ({ query: write(`($v: ${type})`, '$v'), variables: `{"v": ${value}}` })),
      { query: write(`($v: ${type})`, '$v'), variables: '{}' },
    ]);
    const { valid, invalid } = await compare(requests);
    assert.ok(valid > 1000 && invalid > 5000, `${valid} valid, ${invalid} invalid`);
  });

  test('about the results of random queries', async () => {
    const [{ js, schema }] = references;
    const { body: { data: rootValue, errors } } = await execute(gateway, agency, everything(js, schema));
    assert.equal(errors, undefined);
    const rng = random(3);
    const queries = Array.from({ length: 600 }, () => randomQuery(js, schema, rng));
    let answered = 0;
    await mapSome(queries, async (source) => {
      const { body } = await execute(gateway, agency, source);
      for (const reference of references) {
        const want = await reference.js.graphql({ schema: reference.schema, source, rootValue, ...resolvers });
        assert.equal(body.errors === undefined, want.errors === undefined, `${source}: ${body.errors?.[0].message}, ${want.errors?.[0].message}`);
        const [got, wanted] = [body.data, want.data].map((data) => JSON.stringify(data) ?? '');
        const at = [...got].findIndex((character, i) => character !== wanted[i]);
        assert.ok(got === wanted, `${source}: gateway …${got.slice(at - 100, at + 50)}, reference …${wanted.slice(at - 100, at + 50)}`);
      }
      answered += body.errors ? 0 : 1;
    });
    assert.ok(answered > 400, `${answered} answered`);
  });

  test('about introspection', async () => {
    const type = 'kind name description specifiedByURL isOneOf fields(includeDeprecated: true) { ...Field } interfaces { name } possibleTypes { name } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason } inputFields(includeDeprecated: true) { ...Input } ofType { ...Ref }';
    const query = `{ __schema { description queryType { name } mutationType { name } subscriptionType { name } types { ${type} }
      directives { name description isRepeatable locations args(includeDeprecated: true) { ...Input } } } }
      fragment Field on __Field { name description isDeprecated deprecationReason args(includeDeprecated: true) { ...Input } type { ...Ref } }
      fragment Input on __InputValue { name description defaultValue isDeprecated deprecationReason type { ...Ref } }
      fragment Ref on __Type { kind name fields { name } interfaces { name } possibleTypes { name } enumValues { name } inputFields { name } isOneOf specifiedByURL description
        ofType { kind name fields { name } isOneOf ofType { kind name enumValues { name } ofType { kind name } } } }`;
    const { body } = await execute(gateway, agency, query);
    for (const { js, schema } of references) {
      const want = js.graphqlSync({ schema, source: query });
      assert.deepEqual(sorted(body.data), sorted(JSON.parse(JSON.stringify(want.data))));
    }
  });
});

// schemaOf returns the schema with scalars that accept what the gateway's do: a file is never a literal or a part of JSON.
function schemaOf(js, text) {
  const schema = js.buildSchema(text);
  const accept = (name, coerce) => {
    const coerceLiteral = ({ kind, value }) => coerce(kind === 'StringValue' ? value : undefined);
    Object.assign(schema.getType(name), { parseValue: coerce, parseLiteral: coerceLiteral, coerceInputValue: coerce, coerceInputLiteral: coerceLiteral });
  };
  accept('Upload', () => { throw new Error('not a file'); });
  accept('DateTime', (value) => {
    if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(value)) {
      throw new Error('not a time');
    }
    return value;
  });
  return schema;
}

// reference returns the verdict of the reference implementation.
function reference(js, schema, { query, operationName, variables = '{}' }) {
  const refused = (verdict, errors) => ({ verdict, message: errors[0].message, location: at(errors[0]) });
  let document;
  try {
    document = js.parse(query);
  } catch (error) {
    return refused('syntax', [error]);
  }
  const errors = js.validate(schema, document);
  if (errors.length > 0) {
    // Definitions of types are no syntax for the gateway.
    return refused(errors.some(({ message }) => message.endsWith('is not executable.')) ? 'syntax' : 'invalid', errors);
  }
  const operation = js.getOperationAST(document, operationName);
  if (!operation) {
    return refused('invalid', [{ message: 'no operation' }]);
  }
  const coerced = js.getVariableValues(schema, operation.variableDefinitions ?? [], JSON.parse(variables));
  return coerced.errors ? refused('invalid', coerced.errors) : { verdict: 'valid' };
}

// verdictOf returns the gateway's verdict.
async function verdictOf({ url }, { query, operationName = null, variables = '{}' }) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/graphql-response+json', Authorization: `Bearer ${agency}`, 'X-Explain': 'dry-run' },
    body: `{"query": ${JSON.stringify(query)}, "operationName": ${JSON.stringify(operationName)}, "variables": ${variables}}`,
  });
  const { errors } = await response.json();
  if (!errors) {
    assert.equal(response.status, 200);
    return { verdict: 'valid' };
  }
  assert.equal(response.status, 400, query);
  const [{ message, extensions: { code } }] = errors;
  const verdict = { GRAPHQL_PARSE_FAILED: 'syntax', GRAPHQL_VALIDATION_FAILED: 'invalid' }[code] ?? code;
  return { verdict, message, location: at(errors[0]) };
}

// at returns the first location of an error as text.
const at = ({ locations: [{ line, column }] = [{}] }) => `${line}:${column}`;

// sorted orders what has no order.
function sorted(data) {
  return JSON.parse(JSON.stringify(data, (key, value) => {
    const isSet = ['types', 'directives', 'possibleTypes', 'interfaces'].includes(key);
    return withoutPreludes(isSet ? value?.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : value);
  }));
}

// withoutPreludes leaves out the descriptions of what each implementation defines itself. They differ in words.
function withoutPreludes(value) {
  const { name } = value ?? {};
  if (name?.startsWith('__') || ['include', 'skip', 'deprecated', 'specifiedBy', 'oneOf'].includes(name)) {
    return { name };
  }
  return ['String', 'ID', 'Int', 'Float', 'Boolean'].includes(name) ? { ...value, description: undefined } : value;
}
