// The screens of an inbox with Relay: a list with previews, a ticket with its history, and an answer.
import { graphql } from 'relay-runtime';

export const list = graphql`
  query screensListQuery($count: Int!, $after: String) {
    conversations(first: $count, after: $after, filter: { state: [OPEN] }) @connection(key: "screens_conversations") {
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
