import { gql } from '@apollo/client';

// Each component has a fragment. Mutations select the same fragments, so that the screen shows their changes at once.

const row = gql`
  fragment Row on Conversation {
    id
    shortId
    title
    status
    rawStatus
    isClosed
    lastMessage { createdAt createdBy { id name isEmployee } }
  }
`;

const history = gql`
  fragment History on Conversation {
    id
    messages(last: 30, before: $before) {
      totalCount
      pageInfo { hasPreviousPage startCursor }
      edges {
        cursor
        node {
          __typename
          ... on MessageItem { id createdAt }
          ... on TextMessage {
            content
            createdBy { id name isEmployee }
            files { __typename id ... on UploadedFile { name mimeType download { url } } }
          }
          ... on StatusUpdate { code user { id name } }
          ... on ServiceRequest { kind rawKind }
        }
      }
    }
  }
`;

export const INBOX = gql`
  query Inbox($after: String, $filter: ConversationFilter) {
    conversations(first: 20, after: $after, filter: $filter) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { cursor node { ...Row } }
    }
  }
  ${row}
`;

export const TICKET = gql`
  query Ticket($id: ID!, $before: String) {
    conversation(id: $id) {
      ...Row
      ...History
      category { id name }
      members { id name isEmployee }
    }
  }
  ${row}
  ${history}
`;

export const SEND = gql`
  mutation Send($id: ID!, $content: String, $files: [Upload!], $before: String) {
    sendMessage(input: { conversationId: $id, content: $content, files: $files }) {
      conversation { ...Row ...History }
      userErrors { code field message }
    }
  }
  ${row}
  ${history}
`;

export const SET_STATUS = gql`
  mutation SetStatus($id: ID!, $status: SettableStatus!) {
    setConversationStatus(input: { conversationId: $id, status: $status }) {
      conversation { id status rawStatus isClosed }
      userErrors { code field message }
    }
  }
`;
