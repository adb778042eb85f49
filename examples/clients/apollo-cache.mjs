// A cache for Apollo Client that merges the pages of each list. Queries may select `edges`, `nodes` or both.
import { InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';

// The page size is part of the key, because a preview (last: 1) and a history (last: 30) are different lists.
/** @type {(...filters: string[]) => import('@apollo/client').FieldPolicy<any, any>} */
function pages(...filters) {
  /** @type {any} */
  const { merge, read } = relayStylePagination();
  return {
    keyArgs: ['first', 'last', ...filters],
    merge(existing, incoming, options) {
      const edges = incoming?.edges ?? incoming?.nodes?.map((/** @type {unknown} */ node) => ({ node }));
      if (!edges) {
        return incoming && { ...existing, ...incoming }; // for example, only the total count
      }
      const merged = { ...existing, ...merge(existing?.edges && existing, { ...incoming, edges }, options) };
      if (!existing?.pageInfo && !incoming.pageInfo) {
        delete merged.pageInfo; // not the default of relayStylePagination
      }
      return merged;
    },
    read(existing, options) {
      if (!existing?.edges) {
        return existing;
      }
      const { pageInfo, ...list } = read(existing, options);
      const nodes = list.edges.map((/** @type {any} */ edge) => options.readField('node', edge));
      return { ...list, nodes, ...(existing.pageInfo && { pageInfo }) };
    },
  };
}

// A code generator makes possibleTypes from the schema: see docs/clients.md.
/** @param {import('@apollo/client').PossibleTypesMap} possibleTypes */
export const createCache = (possibleTypes) => new InMemoryCache({
  possibleTypes,
  typePolicies: {
    Query: { fields: { conversations: pages('filter', 'orderBy'), customers: pages(), projects: pages() } },
    Customer: { fields: { conversations: pages('filter', 'orderBy', 'includeDescendants'), projects: pages() } },
    Project: { fields: { conversations: pages('filter', 'orderBy', 'includeDescendants') } },
    Conversation: { fields: { messages: pages('includeInternal', 'kinds') } },
  },
});
