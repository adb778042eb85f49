import type { ApolloCache, NormalizedCacheObject, Reference } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useEffect } from 'react';
import { type InboxQuery, MarkReadDocument, type RowFragment } from './generated.ts';

type Viewer = NonNullable<InboxQuery['viewer']>;

// useMarkRead marks an open conversation as read while the page is visible, and changes the cache instead of reading again.
export function useMarkRead(conversation: { id: string; isUnread: boolean | null } | null | undefined) {
  const client = useApolloClient();
  const unread = conversation?.isUnread ? conversation.id : undefined;
  useEffect(() => {
    const mark = async () => {
      if (!unread || document.hidden) {
        return;
      }
      const { data } = await client.mutate({ mutation: MarkReadDocument, variables: { id: unread }, errorPolicy: 'all' });
      if (data?.markConversationsRead?.results[0]?.userErrors.length === 0) {
        setUnread(client.cache, unread, false);
      }
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [client, unread]);
}

// setUnread changes whether a conversation is unread, and the number of unread ones. One that is not in the cache counts as read.
export function setUnread(cache: ApolloCache, id: string, isUnread: boolean | null) {
  const conversation = `Conversation:${id}`;
  const { ROOT_QUERY: root, [conversation]: shown } = cache.extract() as NormalizedCacheObject;
  const more = Number(isUnread) - Number(shown?.isUnread ?? false);
  cache.modify<Viewer>({ id: (root?.viewer as Reference | undefined)?.__ref, fields: { unreadConversationCount: (count) => (count === null ? null : count + more) } });
  cache.modify<RowFragment>({ id: conversation, fields: { isUnread: () => isUnread } });
}
