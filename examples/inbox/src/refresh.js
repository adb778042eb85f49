import { matches } from './client.js';
import { CHANGES, INBOX, REFRESH } from './operations.js';
import { hasCode } from './parts.jsx';

// refresh looks for changes in the first page of a list, for one call, and loads that page again if there are any.
export async function refresh(client, variables) {
  const shown = client.readQuery({ query: INBOX, variables })?.conversations;
  const { data: { conversations: first } } = await client.query({ query: CHANGES, variables, fetchPolicy: 'no-cache' });
  if (shown && summary(shown) === summary(first)) {
    return;
  }
  const { error } = await client.query({
    query: REFRESH, variables: { ...variables, gone: shown ? goneFrom(shown, first, variables.filter) : [] }, fetchPolicy: 'network-only', errorPolicy: 'all',
  });
  if (hasCode(error, 'RATE_LIMITED')) {
    throw error;
  }
}

const summary = ({ totalCount, edges }) =>
  JSON.stringify([totalCount, edges.slice(0, 20).map(({ node }) => [node.id, node.status, node.lastMessage?.createdAt])]);

// goneFrom returns the IDs of at most 20 rows that were above a row of the first page and are no longer in it.
function goneFrom(shown, first, filter) {
  const ids = first.edges.map(({ node }) => node.id);
  const before = shown.edges.map(({ node }) => node);
  const end = before.findIndex(({ id }) => id === ids.at(-1));
  return before.slice(0, end + 1).filter((node) => !ids.includes(node.id) && matches(filter, node)).map(({ id }) => id).slice(0, 20);
}
