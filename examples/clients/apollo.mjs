// Apollo Client without React: it merges two pages of a list, and matches fragments on interfaces in the cache.
import { ApolloClient, gql, HttpLink } from '@apollo/client';
import { createCache } from './apollo-cache.mjs';
import { headers, possibleTypes, url } from './gateway.mjs';

const client = new ApolloClient({
  link: new HttpLink({ uri: url, headers }),
  cache: createCache(possibleTypes),
  defaultOptions: { query: { errorPolicy: 'all' }, watchQuery: { errorPolicy: 'all' } }, // show the data beside an error
});

/** @type {import('@apollo/client').TypedDocumentNode<any>} A code generator writes this type. */
const inbox = gql`
  query Inbox($after: String) {
    conversations(first: 10, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes { id title preview: messages(last: 1) { totalCount nodes { ... on MessageItem { id createdAt } } } }
    }
  }
`;

const { data } = await client.query({ query: inbox });
const list = client.watchQuery({ query: inbox });
await list.fetchMore({ variables: { after: data.conversations.pageInfo.endCursor } });
const { nodes } = client.readQuery({ query: inbox }).conversations;
console.log(nodes.length, 'conversations; the last message of the first is from', nodes[0].preview.nodes[0].createdAt);
client.stop();
