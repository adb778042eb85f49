'use client';

import { ApolloClient, HttpLink, InMemoryCache, type NormalizedCacheObject } from '@apollo/client';
import { ApolloProvider, useMutation, useQuery } from '@apollo/client/react';
import { type ReactNode, useState } from 'react';
import { Close, Inbox } from '../lib/operations.ts';

// Cache starts with what the server has read, so that nothing is read again when the page comes alive in the browser.
export function Cache({ state, children }: { state: NormalizedCacheObject; children: ReactNode }) {
  const [client] = useState(() => new ApolloClient({ link: new HttpLink({ uri: '/graphql' }), cache: new InMemoryCache().restore(state) }));
  return <ApolloProvider client={client}>{children}</ApolloProvider>;
}

export function Tickets() {
  const { data } = useQuery(Inbox, { errorPolicy: 'all' });
  const [close, { loading, error, data: closed }] = useMutation(Close, { errorPolicy: 'all' });
  const hasFailed = !!error || !!closed?.setConversationStatus?.userErrors.length;
  return (
    <>
      <h1>Tickets of {data?.viewer?.name ?? 'unknown'}</h1>
      {hasFailed && <p role="alert">The ticket could not be closed.</p>}
      {!data?.conversations && <p role="alert">The tickets could not be loaded.</p>}
      <ul>
        {data?.conversations?.nodes.filter(({ isClosed }) => !isClosed).map(({ id, shortId, title }) => (
          <li key={id}>{title || shortId} <button disabled={loading} onClick={() => close({ variables: { id } })}>Close</button></li>
        ))}
      </ul>
    </>
  );
}
