import { gql } from '@apollo/client';

// Each component has a fragment. Mutations select the same fragments, so that the screen shows their changes at once.

// The part of a row that changes. lastText, the preview, takes one call for each conversation.
const activity = gql`
  fragment Activity on Conversation {
    id
    status
    rawStatus
    isClosed
    waitingFor
    lastMessage { createdAt createdBy { id name isEmployee } }
    lastText { id contentText(maxLength: 120, includeQuotes: false) createdBy { id name isEmployee } }
  }
`;

export const ROW = gql`
  fragment Row on Conversation {
    ...Activity
    isUnread
    shortId
    title
    relatedTo {
      __typename
      ... on Reference { id }
      ... on Project { access description customer { id name } }
      ... on Customer { access name }
    }
  }
  ${activity}
`;

const message = gql`
  fragment Item on Message {
    __typename
    ... on MessageItem { id createdAt }
    ... on TextMessage {
      content
      contentHtml
      createdBy { id name isEmployee }
      viewerCanEdit
      files { __typename id ... on UploadedFile { name mimeType download { url } } }
    }
    ... on StatusUpdate { code user { id name } }
    ... on ServiceRequest { kind rawKind }
  }
`;

// What changes of a ticket beside its messages.
export const STATE = gql`
  fragment State on Conversation { id status rawStatus isClosed waitingFor closedAt closedBy { id name } reopenedCount }
`;

const history = gql`
  fragment History on Conversation {
    ...State
    messages(last: 30, before: $before) {
      totalCount
      pageInfo { hasPreviousPage startCursor }
      edges { node { ...Item } }
    }
  }
  ${STATE}
  ${message}
`;

export const INBOX = gql`
  query Inbox($after: String, $filter: ConversationFilter) {
    viewer { id unreadConversationCount }
    conversations(first: 20, after: $after, filter: $filter) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { ...Row } }
    }
  }
  ${ROW}
`;

// One call. Selects only what shows whether the first page has changed.
export const CHANGES = gql`
  query Changes($filter: ConversationFilter) {
    conversations(first: 20, filter: $filter) {
      totalCount
      edges { node { id status lastMessage { createdAt } } }
    }
  }
`;

// The first page again, and the status of rows that are no longer in it, for one call each.
export const REFRESH = gql`
  query Refresh($filter: ConversationFilter, $gone: [ID!]!) {
    viewer { id unreadConversationCount }
    conversations(first: 20, filter: $filter) {
      totalCount
      pageInfo { hasNextPage endCursor }
      edges { node { ...Row } }
    }
    nodes(ids: $gone) { ... on Conversation { id status rawStatus isClosed waitingFor } }
  }
  ${ROW}
`;

export const TICKET = gql`
  query Ticket($id: ID!, $before: String) {
    conversation(id: $id) {
      ...Row
      ...History
      category { id name }
      members { user { id name isEmployee } }
    }
  }
  ${ROW}
  ${history}
`;

// What others and the user change in a list, without polling. The fields below `conversation` cost their calls once per change.
export const INBOX_CHANGED = gql`
  subscription InboxChanged($filter: ConversationFilter) {
    inboxChanged(filter: $filter) { kind conversationId conversation { ...Row } }
  }
  ${ROW}
`;

export const TICKET_CHANGED = gql`
  subscription TicketChanged($id: ID!) {
    conversationChanged(id: $id) {
      kind
      conversation { ...State isUnread lastMessage { createdAt } }
      newMessages { ...Item }
      changedMessages { ...Item }
    }
  }
  ${STATE}
  ${message}
`;

// The choices of filters and of the form for a new ticket, for two calls; the gateway caches categories.
export const CHOICES = gql`
  query Choices {
    conversationCategories { id name }
    projects(first: 100) { totalCount nodes { id description } }
    customers(first: 100) { totalCount nodes { id name } }
  }
`;

// The same for everybody, so the gateway caches them.
export const UPLOAD_RULES = gql`
  query UploadRules { uploadRules { mimeTypes extensions maxBytes maxNameLength } }
`;

export const OPEN_TICKET = gql`
  mutation OpenTicket($title: String!, $message: String!, $categoryId: ID, $relatedTo: RelatedToInput, $key: String!) {
    createConversation(input: { title: $title, message: $message, categoryId: $categoryId, relatedTo: $relatedTo, idempotencyKey: $key }) {
      conversationId
      userErrors { code field message }
    }
  }
`;

export const SEND = gql`
  mutation Send($id: ID!, $content: String, $files: [Upload!], $key: String!, $before: String) {
    sendMessage(input: { conversationId: $id, content: $content, files: $files, idempotencyKey: $key }) {
      conversation { ...Activity ...History }
      userErrors { code field message }
    }
  }
  ${activity}
  ${history}
`;

// Selects nothing that needs a call: the cache knows the result.
export const MARK_READ = gql`
  mutation MarkRead($id: ID!) {
    markConversationsRead(input: { conversationIds: [$id] }) { results { conversationId userErrors { code } } }
  }
`;

export const EDIT = gql`
  mutation Edit($conversation: ID!, $id: ID!, $content: String!) {
    editMessage(input: { conversationId: $conversation, messageId: $id, content: $content }) {
      editedMessage { id content contentHtml contentText(maxLength: 120, includeQuotes: false) }
      userErrors { code field message }
    }
  }
`;

export const SET_STATUS = gql`
  mutation SetStatus($id: ID!, $status: SettableStatus!, $before: String) {
    setConversationStatus(input: { conversationId: $id, status: $status }) {
      conversation { ...Activity ...History }
      userErrors { code field message }
    }
  }
  ${activity}
  ${history}
`;
