import type { ApolloCache, ApolloClient, OperationVariables, TypedDocumentNode } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { isOwn, settled } from './client.ts';
import {
  type ConversationFilter, InboxChangedDocument, type InboxChangedSubscription, InboxDocument, type InboxQuery, type ItemFragment, RowFragmentDoc,
  StateFragmentDoc, TicketChangedDocument, TicketDocument, type TicketQuery,
} from './generated.ts';
import { detailsOf } from './parts.tsx';
import { refresh } from './refresh.ts';
import { setUnread } from './unread.ts';

type Variables = { filter: ConversationFilter };
type List = NonNullable<InboxQuery['conversations']>;
type History = NonNullable<NonNullable<TicketQuery['conversation']>['messages']>;

const minute = 60_000;

// useLiveList shows changes of a list by anybody, without polling. It starts when the list has been loaded.
export function useLiveList(variables: Variables, isLoaded: boolean) {
  const client = useApolloClient();
  const key = JSON.stringify(variables);
  useEffect(() => {
    const list = isLoaded ? new LiveList(client, JSON.parse(key)) : undefined;
    return () => list?.stop();
  }, [client, key, isLoaded]);
}

// LiveList subscribes to a list. If the gateway sends no events, it looks for changes once a minute while the page is visible,
// and less often after errors such as RATE_LIMITED.
class LiveList {
  #wait = minute;
  #isLive = false;
  #client: ApolloClient;
  #variables: Variables;
  #subscription?: { unsubscribe: () => void };
  #timer?: number;

  constructor(client: ApolloClient, variables: Variables) {
    this.#client = client;
    this.#variables = variables;
    this.#subscribe();
  }

  stop() {
    this.#isLive = true; // it does not subscribe again
    this.#subscription?.unsubscribe();
    clearTimeout(this.#timer);
  }

  #subscribe() {
    this.#isLive = true;
    const { search, ...filter } = this.#variables.filter; // mStudio evaluates searches: rows that are found change, none is added
    this.#subscription = events(this.#client, InboxChangedDocument, { filter }, ({ inboxChanged: change }) => {
      if (change.kind === 'SYNCED' || change.kind === 'RESYNC') {
        this.#look(); // for changes before the subscription, or while it was interrupted
      } else {
        apply(this.#client.cache, this.#variables, change);
      }
    }, () => {
      this.#isLive = false;
      this.#lookLater();
    });
  }

  #lookLater() {
    this.#timer = window.setTimeout(() => this.#look(), this.#wait);
  }

  async #look() {
    clearTimeout(this.#timer);
    try {
      if (this.#isLive || !document.hidden) {
        await refresh(this.#client, this.#variables);
      }
    } catch (error) {
      const { retryAfter = 0 } = detailsOf(error) ?? {};
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
function events<Data, Variables extends OperationVariables>(
  client: ApolloClient, query: TypedDocumentNode<Data, Variables>, variables: Variables, next: (data: Data) => void, complete: () => void,
) {
  let before: Promise<unknown> = Promise.resolve();
  const subscription = client.subscribe({ query, variables, fetchPolicy: 'no-cache', errorPolicy: 'all' }).subscribe({
    next({ data }) {
      before = before.then(settled).then(() => data && !subscription.closed && next(data as Data));
    },
    complete,
  });
  return subscription;
}

const isBefore = (a: { createdAt: string } | null, b: { createdAt: string } | null) => a !== null && b !== null && a.createdAt < b.createdAt;

// apply changes a row, and puts it where its newest message belongs. The user's own change on this page moves no row.
function apply(cache: ApolloCache, variables: Variables, { kind, conversationId, conversation }: InboxChangedSubscription['inboxChanged']) {
  const place = ({ edges, totalCount, ...list }: List): List => {
    const count = (more: number) => totalCount && totalCount + more;
    const others = edges.filter(({ node }) => node.id !== conversationId);
    const listed = edges.find(({ node }) => node.id === conversationId);
    if (listed ? isOwn(conversation ?? listed.node) : variables.filter.search) {
      return { ...list, edges, totalCount };
    }
    if (kind === 'REMOVED') {
      return { ...list, edges: others, totalCount: count(-1) };
    }
    if (!conversation) {
      return { ...list, edges, totalCount };
    }
    const older = others.findIndex(({ node }) => isBefore(node.lastMessage, conversation.lastMessage));
    const edge = { __typename: 'ConversationEdge', node: conversation };
    return { ...list, edges: others.toSpliced(older < 0 ? others.length : older, 0, edge), totalCount: count(kind === 'ADDED' && !listed ? 1 : 0) };
  };
  cache.batch({
    update() {
      if (conversation) {
        setUnread(cache, conversation.id, conversation.isUnread);
        cache.writeFragment({ fragment: RowFragmentDoc, fragmentName: 'Row', data: conversation });
      }
      cache.updateQuery({ query: InboxDocument, variables, overwrite: true }, (data) => data?.conversations && { ...data, conversations: place(data.conversations) });
    },
  });
}

// useLiveTicket shows changes of a ticket by anybody. firstNew is the ID of the first message that has arrived since the user
// opened the ticket, or wrote in it. refetch reads messages that are missing when the subscription starts, or starts again.
export function useLiveTicket(id: string, refetch: () => unknown) {
  const client = useApolloClient();
  const [firstNew, setFirstNew] = useState<string>();
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    const arrive = (messages: History, newMessages: ItemFragment[]): History => {
      const known = new Set(messages.edges.map(({ node }) => node.id));
      const arrived = newMessages.filter((message) => !known.has(message.id));
      setFirstNew((current) => (arrived.length > 0 ? current ?? arrived[0]?.id : undefined));
      const edges = arrived.map((node) => ({ __typename: 'MessageEdge', node }));
      return { ...messages, totalCount: messages.totalCount + edges.length, edges: [...messages.edges, ...edges] };
    };
    const subscription = events(client, TicketChangedDocument, { id }, ({ conversationChanged: { kind, conversation, newMessages } }) => {
      const { cache } = client;
      setLive(true);
      if (kind !== 'CHANGED' || !conversation) {
        const newest = cache.readQuery({ query: TicketDocument, variables: { id } })?.conversation?.messages?.edges.at(-1)?.node;
        if (!newest || !conversation || isBefore(newest, conversation.lastMessage)) {
          refetch();
        }
        return;
      }
      cache.batch({
        update() {
          setUnread(cache, conversation.id, conversation.isUnread);
          cache.writeFragment({ fragment: StateFragmentDoc, data: conversation });
          cache.updateQuery({ query: TicketDocument, variables: { id } }, (data) => {
            const messages = data?.conversation?.messages;
            return messages && newMessages.length > 0 ? { conversation: { ...data.conversation!, messages: arrive(messages, newMessages) } } : undefined;
          });
        },
      });
    }, () => setLive(false));
    return () => subscription.unsubscribe();
  }, [client, id]);
  return { firstNew, isLive };
}
