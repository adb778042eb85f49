// Live updates with Apollo Client, whose HttpLink needs no package for them. The cache updates rows by their IDs.
import { ApolloClient, CombinedGraphQLErrors, gql, HttpLink } from '@apollo/client';
import { createCache } from './apollo-cache.mjs';
import { headers, possibleTypes, url } from './gateway.mjs';

const client = new ApolloClient({
  link: new HttpLink({ uri: url, headers }),
  cache: createCache(possibleTypes),
  defaultOptions: { query: { errorPolicy: 'all' }, watchQuery: { errorPolicy: 'all' } }, // show the data beside an error
});

const row = gql`fragment Row on Conversation { id shortId status lastText { id contentText(maxLength: 60) } }`;
const inbox = gql`query Inbox { conversations(first: 10) { totalCount nodes { ...Row } } } ${row}`;
/** @type {import('@apollo/client').TypedDocumentNode<any>} A code generator writes this type. */
const changes = gql`subscription Changes($after: String) { inboxChanged(after: $after) { kind cursor conversation { ...Row } } } ${row}`;

let after; // the cursor of the last event
let left = 3; // changes until the program ends

function follow() {
  const subscription = client.subscribe({ query: changes, variables: { after } }).subscribe({
    next({ data, error }) {
      if (data) {
        handle(data.inboxChanged);
      } else {
        console.error(error?.message);
      }
      if (left === 0 || CombinedGraphQLErrors.is(error)) {
        subscription.unsubscribe();
        client.stop();
      }
    },
    complete: () => setTimeout(follow, 1000), // the connection has ended; the cursor brings what happens in between
  });
}

function handle({ kind, cursor, conversation }) {
  if (kind === 'RESYNC' || !after) {
    client.query({ query: inbox, fetchPolicy: 'network-only' });
  }
  after = cursor;
  if (conversation) {
    console.log(kind, conversation.shortId, conversation.status, conversation.lastText?.contentText);
    left -= 1;
  }
}

follow();
