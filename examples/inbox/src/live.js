import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { isOwn, settled } from './client.js';
import { INBOX, INBOX_CHANGED, ROW, STATE, TICKET, TICKET_CHANGED } from './operations.js';
import { refresh } from './refresh.js';
import { setUnread } from './unread.js';

const minute = 60_000;

// useLiveList shows changes of a list by anybody, without polling. It starts when the list has been loaded.
export function useLiveList(variables, isLoaded) {
  const client = useApolloClient();
  const key = JSON.stringify(variables);
  useEffect(() => {
    const list = isLoaded && new LiveList(client, JSON.parse(key));
    return () => list && list.stop();
  }, [client, key, isLoaded]);
}

// LiveList subscribes to a list. If the gateway sends no events, it looks for changes once a minute while the page is visible,
// and less often after errors such as RATE_LIMITED.
class LiveList {
  #wait = minute;
  #isLive = false;

  constructor(client, variables) {
    this.client = client;
    this.variables = variables;
    this.#subscribe();
  }

  stop() {
    this.#isLive = true; // it does not subscribe again
    this.subscription.unsubscribe();
    clearTimeout(this.timer);
  }

  #subscribe() {
    this.#isLive = true;
    const { search, ...filter } = this.variables.filter; // mStudio evaluates searches: rows that are found change, none is added
    this.subscription = events(this.client, INBOX_CHANGED, { filter }, ({ inboxChanged: change }) => {
      if (change.kind === 'SYNCED' || change.kind === 'RESYNC') {
        this.#look(); // for changes before the subscription, or while it was interrupted
      } else {
        apply(this.client.cache, this.variables, change);
      }
    }, () => {
      this.#isLive = false;
      this.#lookLater();
    });
  }

  #lookLater() {
    this.timer = setTimeout(() => this.#look(), this.#wait);
  }

  async #look() {
    clearTimeout(this.timer);
    try {
      if (this.#isLive || !document.hidden) {
        await refresh(this.client, this.variables);
      }
    } catch (error) {
      const { retryAfter = 0 } = error.errors?.[0]?.extensions ?? {};
      this.#wait = Math.max(Math.min(this.#wait * 2, 10 * minute), retryAfter * 1000);
      this.#lookLater();
      return;
    }
    this.#wait = minute;
    if (!this.#isLive) {
      this.#subscribe();
    }
  }
}

// events calls next with the data of each event, in order. An event waits for the responses to the user's own changes, which
// may be on their way.
function events(client, query, variables, next, complete) {
  let before = Promise.resolve();
  const subscription = client.subscribe({ query, variables, fetchPolicy: 'no-cache', errorPolicy: 'all' }).subscribe({
    next({ data }) {
      before = before.then(settled).then(() => data && !subscription.closed && next(data));
    },
    complete,
  });
  return subscription;
}

// apply changes a row, and puts it where its newest message belongs. The user's own change on this page moves no row.
function apply(cache, variables, { kind, conversationId, conversation }) {
  const place = ({ edges, totalCount, ...list }) => {
    const others = edges.filter(({ node }) => node.id !== conversationId);
    const listed = edges.find(({ node }) => node.id === conversationId);
    if (listed ? isOwn(conversation ?? listed.node) : variables.filter.search) {
      return { ...list, edges, totalCount };
    }
    if (kind === 'REMOVED') {
      return { ...list, edges: others, totalCount: totalCount - 1 };
    }
    const older = others.findIndex(({ node }) => node.lastMessage?.createdAt < conversation.lastMessage?.createdAt);
    const edge = { __typename: 'ConversationEdge', node: conversation };
    return { ...list, edges: others.toSpliced(older < 0 ? others.length : older, 0, edge), totalCount: totalCount + (kind === 'ADDED' && !listed) };
  };
  cache.batch({
    update() {
      if (conversation) {
        setUnread(cache, conversation, conversation.isUnread);
        cache.writeFragment({ fragment: ROW, fragmentName: 'Row', data: conversation });
      }
      cache.updateQuery({ query: INBOX, variables, overwrite: true }, (data) => data?.conversations && { ...data, conversations: place(data.conversations) });
    },
  });
}

// useLiveTicket shows changes of a ticket by anybody. firstNew is the ID of the first message that has arrived since the user
// opened the ticket, or wrote in it. refetch reads messages that are missing when the subscription starts, or starts again.
export function useLiveTicket(id, refetch) {
  const client = useApolloClient();
  const [firstNew, setFirstNew] = useState();
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    const arrive = ({ messages, ...ticket }, newMessages) => {
      const known = new Set(messages.edges.map(({ node }) => node.id));
      const arrived = newMessages.filter((message) => !known.has(message.id));
      setFirstNew((current) => (arrived.length > 0 ? current ?? arrived[0].id : undefined));
      const edges = arrived.map((node) => ({ __typename: 'MessageEdge', node }));
      return { ...ticket, messages: { ...messages, totalCount: messages.totalCount + edges.length, edges: [...messages.edges, ...edges] } };
    };
    const subscription = events(client, TICKET_CHANGED, { id }, ({ conversationChanged: { kind, conversation, newMessages } }) => {
      const { cache } = client;
      setLive(true);
      if (kind !== 'CHANGED') {
        const newest = cache.readQuery({ query: TICKET, variables: { id } })?.conversation?.messages?.edges.at(-1)?.node;
        if (!newest || !conversation || newest.createdAt < conversation.lastMessage?.createdAt) {
          refetch();
        }
        return;
      }
      cache.batch({
        update() {
          setUnread(cache, conversation, conversation.isUnread);
          cache.writeFragment({ fragment: STATE, data: conversation });
          cache.updateQuery({ query: TICKET, variables: { id } }, (data) =>
            data?.conversation?.messages && newMessages.length > 0 ? { ...data, conversation: arrive(data.conversation, newMessages) } : undefined);
        },
      });
    }, () => setLive(false));
    return () => subscription.unsubscribe();
  }, [client, id]);
  return { firstNew, isLive };
}
