import { ApolloClient, ApolloLink, type FieldPolicy, InMemoryCache, type Reference } from '@apollo/client';
import { createFragmentRegistry } from '@apollo/client/cache';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { createClient } from 'graphql-ws';
import { finalize, tap } from 'rxjs';
import { type ActivityFragment, ActivityFragmentDoc, type ConversationFilter } from './generated.ts';
import possibleTypes from './possible-types.json';

// Replace this with the source of the user's mStudio API token. The default is a public token of the sandbox.
const token = () => import.meta.env.VITE_TOKEN ?? 'sandbox-agency';

// mStudio shows a change with a delay. The response to a mutation contains an event ID, and a query that sends it waits until
// mStudio shows the change. The newest event ID includes the ones sent with its mutation, so one is enough.
let event: string | undefined;
const readYourWrites = new ApolloLink((operation, forward) => {
  if (event) {
    operation.setContext(({ headers }) => ({ headers: { ...headers, 'X-If-Event-Reached': event } }));
  }
  return forward(operation).pipe(tap(({ extensions }) => {
    event = (extensions?.eventId as string | undefined) ?? event;
  }));
});

// The user's changes on this page: those whose response has not arrived, and the newest messages by them. The live list needs
// both to know whose change an event is about.
type Changed = Pick<ActivityFragment, 'id'> & { lastMessage: { createdAt: string } | null };
const pending = new Set<Promise<void>>();
const own = new Set<string>();
const keyOf = ({ id, lastMessage }: Changed) => `${id} ${lastMessage?.createdAt}`;
export const settled = () => Promise.all(pending);
export const isOwn = (conversation: Changed) => own.has(keyOf(conversation));
const noteWrites = new ApolloLink((operation, forward) => {
  if (operation.operationType !== 'mutation') {
    return forward(operation);
  }
  const { promise: response, resolve: end } = Promise.withResolvers<void>();
  pending.add(response);
  return forward(operation).pipe(
    tap(({ data }) => Object.values(data ?? {}).forEach((payload) => payload?.conversation && own.add(keyOf(payload.conversation)))),
    finalize(() => {
      pending.delete(response);
      end();
    }),
  );
});

// An HttpLink that can send files. The gateway rejects forms without a header such as GraphQL-Preflight.
const http = new UploadHttpLink({
  uri: '/graphql',
  headers: { get Authorization() { return `Bearer ${token()}`; }, 'GraphQL-Preflight': '1' },
});

// One WebSocket for all subscriptions. Browsers limit the streams over HTTP/1.1 to six for all tabs.
const socket = new GraphQLWsLink(createClient({
  url: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
  connectionParams: () => ({ Authorization: `Bearer ${token()}` }),
  lazyCloseTimeout: 3000, // while the user changes the filter
}));

// matches reports whether a conversation still has the state of the filter, and waits for the customer if the filter demands it.
// If not, it has left the list. Other conditions cannot change on this page.
type State = Partial<Pick<ActivityFragment, 'isClosed' | 'waitingFor'>>;
export const matches = (filter: ConversationFilter | undefined, { isClosed, waitingFor }: State) =>
  (!filter?.states || filter.states.includes(isClosed ? 'CLOSED' : 'OPEN')) && (!filter?.lastMessageBy || waitingFor === 'CUSTOMER');

// pages merges the pages of a connection into one list that contains each item once. Unlike relayStylePagination, it keeps
// the loaded pages if the first one arrives again, with a mutation or a refresh. If that page has no item of the list, items
// between them are missing, so the list starts again.
type Edge = { readonly node: Reference };
type Connection = { edges: Edge[]; pageInfo: object };
const pages = (keyArgs: string[]): FieldPolicy<Connection | null> => ({
  keyArgs,
  merge(existing, incoming, { args, readField }) {
    const { filter, last, after, before } = args ?? {};
    if (!incoming || !existing) {
      return incoming ?? existing ?? null; // null if the list failed
    }
    const idOf = ({ node }: Edge) => readField<string>('id', node);
    const ids = new Set(incoming.edges.map(idOf));
    const isFirst = !after && !before;
    if (isFirst && !existing.edges.some((edge) => ids.has(idOf(edge)))) {
      return incoming;
    }
    const isListed = ({ node }: Edge) => matches(filter, { isClosed: readField('isClosed', node), waitingFor: readField('waitingFor', node) });
    const others = existing.edges.filter((edge) => !ids.has(idOf(edge)) && isListed(edge));
    const isAtEnd = after || (last && !before);
    return {
      ...incoming,
      edges: isAtEnd ? [...others, ...incoming.edges] : [...incoming.edges, ...others],
      pageInfo: isFirst && others.length > 0 ? existing.pageInfo : incoming.pageInfo,
    };
  },
});

export const client = new ApolloClient({
  link: ApolloLink.split(({ operationType }) => operationType === 'subscription', socket, ApolloLink.from([noteWrites, readYourWrites, http])),
  cache: new InMemoryCache({
    possibleTypes, // required for "... on MessageItem" in the cache
    fragments: createFragmentRegistry(ActivityFragmentDoc), // generated fragments do not contain the fragments in them
    typePolicies: {
      Query: { fields: { conversations: pages(['filter', 'orderBy']) } },
      Conversation: { fields: { messages: pages([]) } },
    },
  }),
});
