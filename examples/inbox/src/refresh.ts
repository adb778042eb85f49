import type { ApolloClient } from '@apollo/client';
import { matches } from './client.ts';
import { ChangesDocument, type ChangesQuery, type ConversationFilter, InboxDocument, type InboxQuery, RefreshDocument } from './generated.ts';
import { hasCode } from './parts.tsx';

type Variables = { filter: ConversationFilter };
type Shown = NonNullable<InboxQuery['conversations']>;
type First = NonNullable<ChangesQuery['conversations']>;

// refresh looks for changes in the first page of a list, for one call, and loads that page again if there are any.
export async function refresh(client: ApolloClient, variables: Variables) {
  const shown = client.readQuery({ query: InboxDocument, variables })?.conversations;
  const { data } = await client.query({ query: ChangesDocument, variables, fetchPolicy: 'no-cache' });
  const first = data?.conversations;
  if (!first || (shown && summary(shown) === summary(first))) {
    return;
  }
  const { error } = await client.query({
    query: RefreshDocument, variables: { ...variables, gone: shown ? goneFrom(shown, first, variables.filter) : [] }, fetchPolicy: 'network-only', errorPolicy: 'all',
  });
  if (hasCode(error, 'RATE_LIMITED')) {
    throw error;
  }
}

const summary = ({ totalCount, edges }: First) =>
  JSON.stringify([totalCount, edges.slice(0, 20).map(({ node }) => [node.id, node.status, node.lastMessage?.createdAt])]);

// goneFrom returns the IDs of at most 20 rows that were above a row of the first page and are no longer in it.
function goneFrom(shown: Shown, first: First, filter: ConversationFilter) {
  const ids = first.edges.map(({ node }) => node.id);
  const before = shown.edges.map(({ node }) => node);
  const end = before.findIndex(({ id }) => id === ids.at(-1));
  return before.slice(0, end + 1).filter((node) => !ids.includes(node.id) && matches(filter, node)).map(({ id }) => id).slice(0, 20);
}
