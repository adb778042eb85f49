// Documents and variables for comparisons with the reference implementation.

// random returns a generator of numbers from 0 to 1 that is the same in each run.
export function random(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

export const pick = (rng, list) => list[Math.floor(rng() * list.length)];

// Values as literals and in the JSON of variables. Most types accept few of them.
export const literals = [
  'null', 'true', 'false', '0', '-1', '2147483647', '2147483648', '-2147483649', '99999999999999999999999', '1.0', '1.5', '1e3', '1e400',
  '""', '"5"', '"true"', '"OPEN"', '"2026-08-21T11:30:00.5+02:00"', '"é\\u00e4\\u{1F600}"', '"""block"""', 'OPEN', 'open', 'Open', 'DESC', 'ID', 'INLINE', 'nope',
  '[]', '[null]', '[1]', '["a", null]', '[[1]]', '[OPEN, CLOSED]', '[OPEN, "OPEN"]', '[open]', '{}', '{a: 1}', '[{}]', '$other',
];
export const jsonValues = [
  'null', 'true', 'false', '0', '-1', '2147483647', '2147483648', '-2147483649', '1.0', '1.5', '1e3', '1e400', '-0', '1E-1',
  '""', '"5"', '"true"', '"OPEN"', '"2026-08-21T09:30:00Z"', '"open"', '"Open"', '"DESC"', '"ID"', '"INLINE"', '" OPEN"', '[]', '[null]', '[1]', '["a", null]', '[[1]]',
  '["OPEN", "CLOSED"]', '["OPEN", "open"]', '{}', '{"a": 1}', '[{}]', '{"__typename": "X"}',
];

// places returns an operation for each argument that an operation can reach, and one for each field of an input object:
// write returns the document for the variables' definitions and the value.
export function places({ isInputObjectType, getNamedType, isNonNullType, isListType, getNullableType, isCompositeType, isEnumType, isObjectType }, schema) {
  const found = [];
  const seen = new Set();
  const required = (input) => isNonNullType(input.type) && input.defaultValue === undefined && input.default === undefined;
  const valid = (type) => {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      return `[${valid(nullable.ofType)}]`;
    }
    if (isEnumType(nullable)) {
      return nullable.getValues()[0].name;
    }
    if (isInputObjectType(nullable)) {
      return object(nullable);
    }
    return { Int: '1', Boolean: 'true' }[nullable.name] ?? '"x"';
  };
  const object = (type, set, value) => {
    const fields = Object.values(type.getFields()).filter((field) => field === set || required(field));
    return `{${fields.map((field) => `${field.name}: ${field === set ? value : valid(field.type)}`).join(', ')}}`;
  };
  const inputs = (write, type) => {
    found.push({ write: (variables, value) => write(variables, value), type });
    const named = getNamedType(type);
    if (!isInputObjectType(named) || seen.has(named.name)) {
      return;
    }
    seen.add(named.name);
    for (const field of Object.values(named.getFields())) {
      inputs((variables, value) => write(variables, object(named, field, value)), field.type);
    }
  };
  const within = (type, around) => {
    if (seen.has(type.name)) {
      return;
    }
    seen.add(type.name);
    for (const field of Object.values(type.getFields())) {
      const named = getNamedType(field.type);
      const selection = isCompositeType(named) ? ' { __typename }' : '';
      for (const argument of field.args) {
        const others = field.args.filter((other) => other !== argument && required(other)).map((other) => `${other.name}: ${valid(other.type)}, `).join('');
        inputs((variables, value) => around(variables, `${field.name}(${others}${argument.name}: ${value})${selection}`), argument.type);
      }
      if (!isCompositeType(named)) {
        continue;
      }
      const needed = field.args.filter(required).map((other) => `${other.name}: ${valid(other.type)}`).join(', ');
      const call = field.name + (needed && `(${needed})`);
      for (const possible of isObjectType(named) ? [named] : schema.getPossibleTypes(named)) {
        within(possible, (variables, text) => around(variables, `${call} { ... on ${possible.name} { ${text} } }`));
      }
    }
  };
  within(schema.getQueryType(), (variables, text) => `query Q${variables} { ${text} }`);
  within(schema.getMutationType(), (variables, text) => `mutation M${variables} { ${text} }`);
  return found;
}

// Syntax that parsers often treat differently.
export const syntax = [
  ' ', '#', '{', '}', '{}', '{a}', '{ viewer { id } }', '\uFEFF{ viewer { id } }', '{ viewer \uFEFF { id } }', '{ viewer { id } } x', '{ viewer { id } } %',
  'query { viewer { id } }', 'query Q { viewer { id } }', 'query Q() { viewer { id } }', 'query Q($a: Int) { viewer { id } }', 'query query { viewer { id } }',
  'query true { viewer { id } }', 'query null { viewer { id } }', 'query on { viewer { id } }', 'query 1 { viewer { id } }', 'query "Q" { viewer { id } }',
  '"query" { viewer { id } }', '"d" query Q { viewer { id } }', '"""d""" query Q { viewer { id } }', 'queries { viewer { id } }', 'Query { viewer { id } }',
  'mutation { __typename }', 'subscription { __typename }', 'subscription { a }', '{ viewer { id } } { viewer { id } }', '{ viewer { id } } query Q { viewer { id } }',
  'type T { a: Int }', '{ viewer { id } } type T { a: Int }', 'extend type Query { a: Int }', 'schema { query: Query }', 'directive @a on FIELD { viewer { id } }',
  '{ viewer() { id } }', '{ viewer { } }', '{ viewer {} }', '{ viewer { id, , name } }', '{,viewer,{,id,},}', '{ viewer: viewer: viewer { id } }', '{ a : viewer { id } }',
  '{ ...F } fragment F on Query { viewer { id } }', '{ ... F } fragment F on Query { viewer { id } }', '{ ...on } fragment on on Query { viewer { id } }',
  '{ ...on Query { viewer { id } } }', '{ ... on Query { viewer { id } } }', '{ ... "on" Query { viewer { id } } }', '{ ... """on""" Query { viewer { id } } }',
  '{ ... { viewer { id } } }', '{ ... @include(if: true) { viewer { id } } }', '{ .. { viewer { id } } }', '{ .... { viewer { id } } }', '{ ...F @skip(if: false) } fragment F on Query { viewer { id } }',
  '{ ...F } fragment F($a: Int) on Query { viewer { id } }', '{ ...F } fragment F($a: Int = 1) on Query { conversations(first: $a) { totalCount } }',
  '{ ...F } "fragment" F on Query { viewer { id } }', '{ ...F } fragment F "on" Query { viewer { id } }', '{ ...F } "d" fragment F on Query { viewer { id } }', '{ ...F(a: 1) } fragment F on Query { viewer { id } }',
  '{ ...true } fragment true on Query { viewer { id } }', 'fragment F on Query { viewer { id } }', '{ ...F } fragment F on Query', '{ ...F } fragment F { viewer { id } }',
  'query Q($a: Int = $b, $b: Int) { conversations(first: $a, last: $b) { totalCount } }', 'query Q($a: Int = [$b]) { conversations(first: $a) { totalCount } }',
  'query Q($a: Boolean @skip(if: true)) { viewer @skip(if: $a) { id } }', 'query Q($a: Boolean! @skip(if: $a)) { viewer @skip(if: $a) { id } }', 'query Q($a: Int @deprecated) { conversations(first: $a) { totalCount } }',
  'query Q("d" $a: Int) { conversations(first: $a) { totalCount } }', 'query Q($a: Int!!) { conversations(first: $a) { totalCount } }', 'query Q($a: [Int) { conversations(first: $a) { totalCount } }',
  'query Q($a: []) { conversations(first: $a) { totalCount } }', 'query Q($a Int) { conversations(first: $a) { totalCount } }', 'query Q(a: Int) { conversations(first: $a) { totalCount } }',
  'query Q($ a: Int) { conversations(first: $ a) { totalCount } }', 'query Q($a: Int $b: Int) { conversations(first: $a, last: $b) { totalCount } }', 'query Q($a: "Int") { conversations(first: $a) { totalCount } }',
  'query Q($a: Int = 1 = 2) { conversations(first: $a) { totalCount } }', 'query Q @include(if: true) { viewer { id } }', 'query @nope { viewer { id } }',
  ...[
    '1', '01', '-01', '-0', '+1', '-', '- 1', '1.', '.1', '1.0.0', '1a', '1_', '0x1', '0b1', '1e', '1e+', '1e1', '1E+1', '1...', '1.e1', '1"a"', '1[2]', '1#c\n', '1,', '0xF', '00', '1é', '$', '$1', '@a', '!', '&', '|', 'a:b', 'a b',
  ].flatMap((number) => [`{ conversations(first: ${number}) { totalCount } }`, `{ nodes(ids: [${number}]) { id } }`]),
  ...[
    '"a"', '"', '"a', '"a\nb"', '"a\rb"', '"a\tb"', "'a'", '`a`', '"\\a"', '"\\u12"', '"\\u1234"', '"\\uD83D\\uDE00"', '"\\uD83D"', '"\\uDE00"', '"\\uDE00\\uD83D"', '"\\uD83D\\uD83D"', '"\\uD83Dx"', '"\\ud800\\u0041"',
    '"\\\\uD83D"', '"\\\\\\uD83D"', '"\\u{1F600}"', '"\\u{}"', '"\\u{110000}"', '"\\u{D83D}"', '"\\u{D83D}\\u{DE00}"', '"\\uD83D\\u{DE00}"', '"\\u{00000041}"', '"\\u{000000041}"', '"\\x41"', '"\\/"', '"\\b\\f\\n\\r\\t"', '"\uD83D\uDE00"', '"\uFFFD"',
    '"\uFFFD\\uD83D"', '""""""', '"""a"""', '""" a\n  b """', '"""a""', '"""\\"""a"""', '"""\\u12"""', '"""\\uD83D"""', '"""a"b""c"""', '"""a""""', '"a""b"', '"\u007f"', '"\u0080"', '"\u2028"', '"é"', '"" ""', '"a" "b"',
  ].map((text) => `{ conversations(after: ${text}) { totalCount } }`),
  '{ vi\u0065wer { id } }', '{ viéwer { id } }', '{ viewer { id } } # \u00e9\ud83d\ude00', '# c\r{ viewer { id } }', '# c\r\n{ viewer { id } }', '{ viewer { id } # }\n}', '{\u00a0viewer { id } }', '{\u2028viewer { id } }', '{\u200bviewer { id } }',
  '{ viewer { id } }\u0000', '{ viewer\u000b{ id } }', '{ viewer\f{ id } }', '{ a.b }', '{ a? }', '{ a; }', '{ a * b }', '{ a ~ b }', '{ "a" }', '{ 1 }', '{ $a }', '{ @a }', '{ viewer @ include(if: true) { id } }', '{ viewer @include (if: true) { id } }',
  '{ viewer @include { id } }', '{ viewer @include(if: true) @include(if: true) { id } }', '{ viewer @include(if: "true") { id } }', '{ viewer @include(if: 1) { id } }', '{ viewer @include(if: null) { id } }', '{ viewer @deprecated { id } }',
  '{ viewer @specifiedBy(url: "a") { id } }', '{ viewer @oneOf { id } }', '{ viewer @defer { id } }', '{ ... @defer { viewer { id } } }', '{ viewer { __typename __typename } __typename }', '{ __schema { __typename } __type(name: "A") { name } }', '{ __type { name } }',
  '{ __type(name: 1) { name } }', '{ __nope }', '{ viewer { __schema { __typename } } }', 'mutation { __schema { __typename } }',
];

// Documents to mutate, and variables for all of them.
export const seedVariables = '{"input": {"conversationId": "a", "content": "b"}, "id": "a", "ids": ["a"]}';
export const seeds = [
  'query Q($first: Int = 5, $filter: ConversationFilter, $skip: Boolean! = false) { conversations(first: $first, filter: $filter, orderBy: [{ field: CREATED_AT, direction: ASC }]) { totalCount nodes { ...Row } pageInfo { hasNextPage endCursor } } viewer @skip(if: $skip) { id name } } fragment Row on Conversation { id title status relatedTo { __typename ... on Project { id } ... on User { name } } messages(last: 1, includeInternal: false) { nodes { ... on MessageItem { createdAt } ... on TextMessage { content files { id ... on UploadedFile { name download(disposition: ATTACHMENT) { url } } } } } } }',
  'mutation M($input: SendMessageInput!, $id: ID!) { sendMessage(input: $input) { messageId userErrors { code field } conversation { ...Row } } closeConversations(input: { conversationIds: [$id, "b"] }) { results { conversationId } } } fragment Row on Conversation { id lastMessage { createdAt createdBy { name } } }',
  'query A($id: ID!, $ids: [ID!]!) { conversation(id: $id) { id members { user { id } } } node(id: $id) { id __typename ... on Conversation { title } } nodes(ids: $ids) { ... on Node { id } } } query B { customers { nodes { id projects(first: 2) { nodes { id } } } } conversationCategories { id name } }',
  'query I { __schema { types { name fields(includeDeprecated: true) { name args { name defaultValue } } } } __type(name: "Query") { kind } }',
];

const tokenPattern = /"""[^]*?"""|"(?:[^"\\\n]|\\.)*"|\.\.\.|[_A-Za-z][_0-9A-Za-z]*|-?\d+(?:\.\d+)?|[!$&()=:@[\]{|}]/g;
const strays = ['"a"', '5', '1.5', 'null', 'true', '{', '}', '(', ')', '[', ']', ':', '!', '$', '@', '...', 'on', 'fragment', '=', '$id', '$first', '$nope', '@include(if: true)', '@nope', 'OPEN', 'open', '{ id }', '...Row', '... on User { id }', '... on Query { viewer { id } }', '(first: 1)', 'id: 1', 'x: id'];

// mutants returns documents that differ from a seed in one or two tokens. Some stay valid.
export function* mutants(count, rng) {
  const names = [...new Set(seeds.flatMap((seed) => seed.match(/[_A-Za-z][_0-9A-Za-z]*/g)))];
  for (let i = 0; i < count; i += 1) {
    const seed = pick(rng, seeds);
    const [, operationName] = /^\w+ (\w+)/.exec(seed);
    const tokens = seed.match(tokenPattern);
    for (let changes = rng() < 0.7 ? 1 : 2; changes > 0; changes -= 1) {
      const at = Math.floor(rng() * tokens.length);
      const isName = /^\w/.test(tokens[at]);
      const change = Math.floor(rng() * (isName ? 12 : 4));
      if (change === 0) {
        tokens.splice(at, 1);
      } else if (change === 1) {
        tokens.splice(at, 0, tokens[at]);
      } else if (change === 2) {
        tokens.splice(at, 0, pick(rng, strays));
      } else if (change === 3) {
        tokens[at] = pick(rng, strays);
      } else {
        tokens[at] = pick(rng, names);
      }
    }
    yield { query: tokens.join(' '), operationName, variables: seedVariables };
  }
}
