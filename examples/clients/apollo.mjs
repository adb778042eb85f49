// Apollo Client without React: it merges two pages of a list, and matches fragments on interfaces in the cache.
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { headers, possibleTypes, url } from './gateway.mjs';

const client = new ApolloClient({
  link: new HttpLink({ uri: url, headers }),
  cache: new InMemoryCache({
    possibleTypes,
    typePolicies: { Query: { fields: { conversations: relayStylePagination(['filter', 'orderBy']) } } },
  }),
});

const inbox = gql`
  query Inbox($after: String) {
    conversations(first: 10, after: $after) {
      pageInfo { hasNextPage endCursor }
      edges {
        cursor
        node { id title messages(last: 1) { edges { cursor node { ... on MessageItem { id createdAt } } } pageInfo { endCursor } } }
      }
    }
  }
`;

const { data } = await client.query({ query: inbox });
const list = client.watchQuery({ query: inbox });
await list.fetchMore({ variables: { after: data.conversations.pageInfo.endCursor } });
const { edges } = client.readQuery({ query: inbox }).conversations;
console.log(edges.length, 'conversations; the last message of the first is from', edges[0].node.messages.edges[0].node.createdAt);
client.stop();
