import { useApolloClient } from '@apollo/client/react';
import { useEffect } from 'react';
import { matches } from './client.js';
import { CHANGES, INBOX, REFRESH } from './operations.js';
import { hasCode } from './parts.jsx';

const minute = 60_000;

// useRefresh looks for changes in a list once a minute, for one call, and loads the first page again if there are any. It
// pauses in the background, and waits longer after errors such as RATE_LIMITED.
export function useRefresh(variables) {
  const client = useApolloClient();
  const key = JSON.stringify(variables);
  useEffect(() => {
    let timer;
    let stopped = false;
    let wait = minute;
    const look = async () => {
      try {
        if (!document.hidden) {
          await refresh(client, JSON.parse(key));
        }
        wait = minute;
      } catch (error) {
        const { retryAfter = 0 } = error.errors?.[0]?.extensions ?? {};
        wait = Math.max(Math.min(wait * 2, 10 * minute), retryAfter * 1000);
      }
      timer = stopped || setTimeout(look, wait);
    };
    timer = setTimeout(look, wait);
    return () => {
      stopped = true;
      clearTimeout(timer);
    };
  }, [client, key]);
}

async function refresh(client, variables) {
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
