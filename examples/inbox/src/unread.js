import { useApolloClient } from '@apollo/client/react';
import { useEffect } from 'react';
import { MARK_READ } from './operations.js';

// useMarkRead marks an open conversation as read while the page is visible, and changes the cache instead of reading again.
export function useMarkRead(conversation) {
  const client = useApolloClient();
  const unread = conversation?.isUnread ? conversation.id : undefined;
  useEffect(() => {
    const mark = async () => {
      if (!unread || document.hidden) {
        return;
      }
      const { data } = await client.mutate({ mutation: MARK_READ, variables: { id: unread }, errorPolicy: 'all' });
      if (data?.markConversationsRead?.results[0]?.userErrors.length === 0) {
        setUnread(client.cache, conversation, false);
      }
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [client, unread]);
}

// setUnread changes whether a conversation is unread, and the number of unread ones. One that is not in the cache counts as read.
export function setUnread(cache, conversation, isUnread) {
  const { ROOT_QUERY, [cache.identify(conversation)]: shown } = cache.extract();
  const more = isUnread - (shown?.isUnread ?? false);
  cache.modify({ id: ROOT_QUERY.viewer?.__ref, fields: { unreadConversationCount: (count) => (count === null ? null : count + more) } });
  cache.modify({ id: cache.identify(conversation), fields: { isUnread: () => isUnread } });
}
