// Random queries over data that one query has fetched.
import { pick } from './corpus.mjs';

// Arguments are always the same, so that the same data answers every query. Links to files differ each time.
const fixed = { conversations: '(first: 4)', customers: '(first: 3)', projects: '(first: 2)', messages: '(last: 3)' };
const roots = ['viewer', 'conversations', 'conversationCategories', 'customers'];
const left = ['download', 'upload'];
const maxDepth = 5;

const fieldsOf = (type, depth, { isCompositeType, getNamedType }) =>
  Object.values(type.getFields()).filter(({ name, args, type: of }) =>
    (depth > 0 || roots.includes(name)) && !left.includes(name) && (args.length === 0 || fixed[name]) && (!isCompositeType(getNamedType(of)) || depth < maxDepth));

const possibleTypes = (js, schema, type) => (js.isAbstractType(type) ? schema.getPossibleTypes(type) : [type]);

const keyOf = (type, field) => `${type.name}__${field.name}`;

// everything returns a query for all fields of all types, with names that are unique among the types.
export function everything(js, schema) {
  const within = (type, depth) => possibleTypes(js, schema, type).map((object) => {
    const fields = fieldsOf(object, depth, js).map((field) => {
      const named = js.getNamedType(field.type);
      return `${keyOf(object, field)}: ${field.name}${fixed[field.name] ?? ''}${js.isCompositeType(named) ? ` { __typename ${within(named, depth + 1)} }` : ''}`;
    });
    return `... on ${object.name} { __typename ${fields.join(' ')} }`;
  }).join(' ');
  return `{ ${within(schema.getQueryType(), 0)} }`;
}

// resolvers find the fields of a random query in the data of everything.
export const resolvers = {
  fieldResolver: (source, _arguments, _context, { parentType, fieldName }) => source[keyOf(parentType, { name: fieldName })],
  typeResolver: ({ __typename }) => __typename,
};

// randomQuery returns a query with aliases, fragments, repeated fields, and conditions by literals and variables.
export function randomQuery(js, schema, rng) {
  const fragments = [];
  let aliases = 0;
  const condition = () => (rng() < 0.85 ? '' : ` @${pick(rng, ['skip', 'include'])}(if: ${pick(rng, ['true', 'false', '$yes', '$no'])})`);
  const one = (type, depth) => {
    const chance = rng();
    if (chance < 0.12) {
      return `__typename${condition()}`;
    }
    if (depth > 0 && chance < 0.35) {
      const possible = possibleTypes(js, schema, type);
      const on = rng() < 0.3 ? type : pick(rng, possible);
      const set = `{ ${many(on, depth)} }`;
      if (rng() < 0.5) {
        return `... on ${on.name}${condition()} ${set}`;
      }
      const name = `F${fragments.length}`;
      fragments.push(`fragment ${name} on ${on.name} ${set}`);
      return `...${name}${condition()} ${rng() < 0.2 ? `...${name}` : ''}`;
    }
    if (js.isUnionType(type)) {
      return '__typename';
    }
    const fields = fieldsOf(type, depth, js);
    if (fields.length === 0) {
      return '__typename';
    }
    const field = pick(rng, fields);
    const named = js.getNamedType(field.type);
    aliases += 1;
    const alias = rng() < 0.4 ? `a${aliases}: ` : '';
    return `${alias}${field.name}${fixed[field.name] ?? ''}${condition()}${js.isCompositeType(named) ? ` { ${many(named, depth + 1)} }` : ''}`;
  };
  const many = (type, depth) => Array.from({ length: 1 + Math.floor(rng() * (depth < 3 ? 3 : 2)) }, () => one(type, depth)).join(' ');
  const set = many(schema.getQueryType(), 0);
  return `query Q($yes: Boolean = true, $no: Boolean! = false) { ${set} ... @include(if: $yes) { __typename @skip(if: $no) } } ${fragments.join(' ')}`;
}
