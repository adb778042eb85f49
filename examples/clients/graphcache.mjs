// The options of urql's Graphcache, which merges the pages of each list. Queries may select `edges`, `nodes` or both.
import { relayPagination } from '@urql/exchange-graphcache/extras';

const paginate = relayPagination();

// pages merges only pages of the same size, because a preview (last: 1) and a history (last: 30) are different lists.
function pages(parent, args, cache, info) {
  // The cache stores a field without arguments under another key than one with {}.
  const resolve = (entity, field, given = {}) => cache.resolve(entity, field, ...(Object.keys(given).length ? [given] : []));
  const nodesOf = (page) => resolve(page, 'nodes') ?? resolve(page, 'edges')?.map((edge) => resolve(edge, 'node'));
  const page = resolve(info.parentKey, info.fieldName, args);
  if (page && !nodesOf(page)) {
    return page; // for example, only the total count
  }
  const list = paginate(parent, args, {
    inspectFields: (entity) => cache.inspectFields(entity)
      .map((field) => ({ ...field, arguments: field.arguments ?? {} }))
      .filter(({ arguments: { first, last } }) => first === args.first && last === args.last),
    resolve: (entity, field, given) => (field === 'nodes' ? nodesOf(entity) : resolve(entity, field, given)),
  }, info);
  // A page that was loaded without edges must be loaded again for a query with edges.
  return list && list.edges.length < list.nodes.length ? { ...list, edges: undefined } : list;
}

// cacheOptions needs the result of an introspection query.
export function cacheOptions(schema) {
  const objects = schema.__schema.types.filter(({ kind }) => kind === 'OBJECT');
  const resolvers = {};
  const keys = {};
  for (const { name, fields } of objects) {
    if (!fields.some((field) => field.name === 'id')) {
      keys[name] = () => null; // it belongs to the object that contains it
    }
    const lists = fields.filter(({ type }) => /Connection$/.test(type.name ?? type.ofType?.name));
    resolvers[name] = Object.fromEntries(lists.map((field) => [field.name, pages]));
  }
  return { schema, keys, resolvers };
}
