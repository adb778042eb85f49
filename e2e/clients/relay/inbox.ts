// The operations of a React app with Relay: a paginated list of refetchable rows, and a paginated history.
import { graphql } from 'relay-runtime';

export const row = graphql`
  fragment inbox_row on Conversation {
    id
    title
    status
    relatedTo {
      __typename
      ... on Reference {
        id
      }
    }
  }
`;

export const list = graphql`
  fragment inbox_list on Query
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
  @refetchable(queryName: "inbox_listPaginationQuery") {
    conversations(first: $count, after: $cursor) @connection(key: "inbox_conversations") {
      edges {
        node {
          ...inbox_row
        }
      }
    }
  }
`;

export const history = graphql`
  fragment inbox_history on Conversation
  @argumentDefinitions(count: { type: "Int", defaultValue: 50 }, cursor: { type: "String" })
  @refetchable(queryName: "inbox_historyPaginationQuery") {
    messages(last: $count, before: $cursor) @connection(key: "inbox_messages") {
      edges {
        node {
          __typename
          ... on MessageItem {
            createdAt
          }
          ... on TextMessage {
            content
          }
        }
      }
    }
  }
`;

export const page = graphql`
  query inboxQuery {
    ...inbox_list
  }
`;

export const ticket = graphql`
  query inboxTicketQuery($id: ID!) {
    conversation(id: $id) {
      ...inbox_row
      ...inbox_history
    }
  }
`;
