// The query for the compiler. In a React app it belongs in the components.
import { graphql } from 'relay-runtime';

export const inbox = graphql`
  query inboxQuery($count: Int!, $after: String) {
    conversations(first: $count, after: $after) @connection(key: "inbox_conversations") {
      edges { node { id title messages(last: 1) { totalCount nodes { ... on MessageItem { createdAt } } } } }
    }
  }
`;
