import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { tap } from 'rxjs';
import possibleTypes from './possible-types.json';

// Where your page gets the user's own mStudio API token from. This one is for everybody, and works on the sandbox only.
const token = () => import.meta.env.VITE_TOKEN ?? 'sandbox-agency';

// mStudio shows a change a little after it was made. An answer to a mutation names the change, and a query that carries
// the name waits until mStudio shows it: so the user sees their own changes, in every list. The newest name stands for
// those that were sent along with its mutation, too.
let event;
const readYourWrites = new ApolloLink((operation, forward) => {
  if (event) {
    operation.setContext(({ headers }) => ({ headers: { ...headers, 'X-If-Event-Reached': event } }));
  }
  return forward(operation).pipe(tap(({ extensions }) => {
    event = extensions?.eventId ?? event;
  }));
});

// An HttpLink that sends files as well. The gateway takes a form from no page that does not send a header of this kind.
const http = new UploadHttpLink({
  uri: '/graphql',
  headers: { get Authorization() { return `Bearer ${token()}`; }, 'GraphQL-Preflight': '1' },
});

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
