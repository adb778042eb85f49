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
        read(client.cache, conversation);
      }
    };
    mark();
    document.addEventListener('visibilitychange', mark);
    return () => document.removeEventListener('visibilitychange', mark);
  }, [client, unread]);
}

function read(cache, conversation) {
  cache.modify({ id: cache.identify(conversation), fields: { isUnread: () => false } });
  const { viewer } = cache.extract().ROOT_QUERY;
  cache.modify({ id: viewer?.__ref, fields: { unreadConversationCount: (count) => count && count - 1 } });
}
