import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { tap } from 'rxjs';
import possibleTypes from './possible-types.json';

// Where your page gets the user's own mStudio API token from. This one is for everybody, and works on the sandbox only.
const token = () => import.meta.env.VITE_TOKEN ?? 'sandbox-agency';

// mStudio shows a change a little after it was made. An answer to a mutation names the change, and a query that carries
// the name waits until mStudio shows it: so the user sees their own changes, in every list.
const events = [];
const readYourWrites = new ApolloLink((operation, forward) => {
  if (events.length > 0) {
    operation.setContext(({ headers }) => ({ headers: { ...headers, 'X-If-Event-Reached': events.join(',') } }));
  }
  return forward(operation).pipe(tap(({ extensions }) => {
    if (extensions?.eventId) {
      events.push(extensions.eventId);
      events.splice(0, events.length - 10); // the older ones have long been reached
    }
  }));
});

const http = new HttpLink({ uri: '/graphql', headers: { get Authorization() { return `Bearer ${token()}`; } } });

export const client = new ApolloClient({
  link: ApolloLink.from([readYourWrites, http]),
  cache: new InMemoryCache({
    possibleTypes, // so that "... on MessageItem" matches in the cache as it does in the gateway
    typePolicies: {
      Query: { fields: { conversations: relayStylePagination(['filter', 'orderBy']) } },
      Conversation: { fields: { messages: relayStylePagination(['includeInternal']) } },
    },
  }),
});
