// The options of urql's Graphcache, which merges the pages of each list. Queries may select `edges`, `nodes` or both.
import { relayPagination } from '@urql/exchange-graphcache/extras';

const paginate = relayPagination();

// pages merges only pages of the same size, because a preview (last: 1) and a history (last: 30) are different lists.
/** @type {import('@urql/exchange-graphcache').Resolver} */
function pages(parent, args, cache, info) {
  // The cache stores a field without arguments under another key than one with {}.
  /** @type {(entity: any, field: string, given?: any) => any} */
  const resolve = (entity, field, given = {}) => cache.resolve(entity, field, ...(Object.keys(given).length ? [given] : []));
  /** @type {(page: any) => any} */
  const nodesOf = (page) => resolve(page, 'nodes') ?? resolve(page, 'edges')?.map((/** @type {unknown} */ edge) => resolve(edge, 'node'));
  const page = resolve(info.parentKey, info.fieldName, args);
  if (page && !nodesOf(page)) {
    return page; // for example, only the total count
  }
  /** @type {any} */
  const pagesOfSize = {
    inspectFields: (/** @type {any} */ entity) => cache.inspectFields(entity)
      .map((field) => ({ ...field, arguments: field.arguments ?? {} }))
      .filter(({ arguments: { first, last } }) => first === args.first && last === args.last),
    resolve: (/** @type {any} */ entity, /** @type {string} */ field, /** @type {any} */ given) =>
      (field === 'nodes' ? nodesOf(entity) : resolve(entity, field, given)),
  };
  /** @type {any} */
  const list = paginate(parent, args, pagesOfSize, info);
  // A page that was loaded without edges must be loaded again for a query with edges.
  return list && list.edges.length < list.nodes.length ? { ...list, edges: undefined } : list;
}

const isConnection = (/** @type {any} */ type) => /Connection$/.test(type.name ?? type.ofType?.name);

// cacheOptions needs the result of an introspection query.
/** @type {(schema: any) => import('@urql/exchange-graphcache').CacheExchangeOpts} */
export function cacheOptions(schema) {
  /** @type {import('@urql/exchange-graphcache').ResolverConfig} */
  const resolvers = {};
  /** @type {import('@urql/exchange-graphcache').KeyingConfig} */
  const keys = {};
  /** @type {import('graphql').IntrospectionQuery['__schema']} */
  const { types } = schema.__schema;
  for (const { name, fields } of types.filter((type) => type.kind === 'OBJECT')) {
    if (!fields.some((field) => field.name === 'id')) {
      keys[name] = () => null; // it belongs to the object that contains it
    }
    const lists = fields.filter(({ type }) => isConnection(type));
    resolvers[name] = Object.fromEntries(lists.map((field) => [field.name, pages]));
  }
  return { schema, keys, resolvers };
}
