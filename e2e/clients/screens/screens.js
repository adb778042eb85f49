// The screens of an inbox with Relay: a list with previews, a ticket with its history, and an answer.
import { graphql } from 'relay-runtime';

export const list = graphql`
  query screensListQuery($count: Int!, $after: String) {
    conversations(first: $count, after: $after, filter: { states: [OPEN] }) @connection(key: "screens_conversations") {
      edges {
        node {
          id
          title
          status
          preview: messages(last: 1) {
            nodes {
              __typename
              ... on MessageItem {
                id
              }
              ... on TextMessage {
                content
              }
            }
          }
        }
      }
    }
  }
`;

export const ticket = graphql`
  query screensTicketQuery($id: ID!, $count: Int!, $before: String) {
    conversation(id: $id) {
      id
      title
      messages(last: $count, before: $before) @connection(key: "screens_messages") {
        edges {
          node {
            __typename
            ... on MessageItem {
              id
            }
          }
        }
      }
    }
  }
`;

export const answer = graphql`
  mutation screensAnswerMutation($id: ID!, $text: String!, $connections: [ID!]!) {
    sendMessage(input: { conversationId: $id, content: $text }) {
      sentMessage @appendNode(connections: $connections, edgeTypeName: "MessageEdge") {
        id
      }
      conversation {
        id
        status
        preview: messages(last: 1) {
          nodes {
            __typename
            ... on MessageItem {
              id
            }
            ... on TextMessage {
              content
            }
          }
        }
      }
      userErrors {
        code
      }
    }
  }
`;

export const failing = graphql`
  query screensFailingQuery {
    conversations(first: 2) {
      nodes {
        id
        messages(after: "invalid") {
          totalCount
        }
      }
    }
  }
`;

export const walk = graphql`
  query screensWalkQuery($first: Int!, $after: String, $filter: ConversationFilter, $orderBy: [ConversationOrder!]) {
    conversations(first: $first, after: $after, filter: $filter, orderBy: $orderBy) @connection(key: "screens_walk_conversations") {
      edges {
        node {
          id
          title
          status
          relatedTo {
            __typename
            ... on Reference {
              id
            }
            ... on Project {
              description
              customer {
                id
                name
              }
            }
          }
          relations {
            __typename
            id
          }
        }
      }
    }
  }
`;

// Lists that belong to an object are loaded by its ID.
export const project = graphql`
  fragment screens_project on Project
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, after: { type: "String" })
  @refetchable(queryName: "screensProjectPaginationQuery") {
    conversations(first: $count, after: $after) @connection(key: "screens_project_conversations") {
      edges {
        node {
          id
          title
        }
      }
    }
  }
`;

export const customer = graphql`
  fragment screens_customer on Customer
  @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, after: { type: "String" })
  @refetchable(queryName: "screensCustomerPaginationQuery") {
    conversations(first: $count, after: $after) @connection(key: "screens_customer_conversations") {
      edges {
        node {
          id
          title
        }
      }
    }
  }
`;

export const customerProjects = graphql`
  fragment screens_customerProjects on Customer
  @argumentDefinitions(count: { type: "Int", defaultValue: 1 }, after: { type: "String" })
  @refetchable(queryName: "screensCustomerProjectsPaginationQuery") {
    projects(first: $count, after: $after) @connection(key: "screens_customer_projects") {
      edges {
        node {
          id
          description
        }
      }
    }
  }
`;

export const user = graphql`
  fragment screens_user on User @refetchable(queryName: "screensUserRefetchQuery") {
    name
  }
`;

// The people in several places, for the test of objects without an ID.
export const people = graphql`
  query screensPeopleQuery {
    conversations(first: 2) {
      nodes {
        id
        category {
          id
          name
        }
        createdBy {
          id
          name
        }
        messages {
          nodes {
            __typename
            ... on TextMessage {
              id
              createdBy {
                id
                name
              }
            }
          }
        }
      }
    }
  }
`;
