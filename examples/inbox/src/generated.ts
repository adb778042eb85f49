/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
import { gql } from '@apollo/client';
/** Whether the caller may see an object. */
export type Access =
  /** The caller may see it. */
  | 'VISIBLE'
  /** mStudio denies access. For some types, mStudio also denies access to an object that does not exist. */
  | 'FORBIDDEN'
  /** mStudio does not have it: it was deleted. */
  | 'GONE'
  /** mStudio's response does not show whether it exists, or its type is newer than this gateway. */
  | 'UNKNOWN';

/** The kind of a change of a conversation. */
export type ConversationChangeKind =
  /**
   * All changes up to now have been sent. After a subscription without `after`, query the history now: later changes follow as
   * events.
   */
  | 'SYNCED'
  /** The conversation or its history has changed. */
  | 'CHANGED'
  /** The conversation no longer exists, or the caller can no longer access it. The subscription ends. */
  | 'GONE'
  /** Changes may be missing. Query the conversation and its history again. */
  | 'RESYNC';

/** Conversations to leave out. The conditions are those of `ConversationFilter`, and a conversation that meets all of them is left out. */
export type ConversationExclusion = {
  /** Any of these values of `Conversation.status`. */
  statuses?: Array<ConversationStatusFilter> | null | undefined;
  /** IDs of categories, any of which matches. At most 100. */
  categoryIds?: Array<string> | null | undefined;
  /** Related to any of these objects. At most 100. */
  relatedTo?: Array<ReferenceFilter> | null | undefined;
  /** Shared with any of these objects. At most 100. */
  sharedWith?: Array<ReferenceFilter> | null | undefined;
  /** IDs of users, one of whom is the conversation's `mainUser`. At most 100. */
  mainUserIds?: Array<string> | null | undefined;
  /** IDs of users, one of whom opened the conversation. At most 100. */
  createdBy?: Array<string> | null | undefined;
  /** Any of these visibilities. */
  visibilities?: Array<ConversationVisibilityFilter> | null | undefined;
  /** When the conversation was opened. */
  createdAt?: DateTimeRange | null | undefined;
  /** When the newest message was written. A conversation without messages is in no range. */
  lastMessageAt?: DateTimeRange | null | undefined;
  /** The side that wrote the newest message. Without a message or a known author, a conversation matches neither side. */
  lastMessageBy?: MessageAuthor | null | undefined;
};

/**
 * Conditions for a list of conversations. A conversation must meet all of them. A condition that is a list is met by any
 * of its elements, and by every conversation if it is empty.
 *
 * mStudio evaluates `search` and `states`, and also `statuses` if it is `[CLOSED]`. For all other conditions, the gateway
 * reads the full list that `search` and `states` leave: one call per 100 conversations, once per operation for all fields
 * that need it. `extensions.scan` reports these calls. If the list needs more calls than the operation has left, the field
 * is null with the code `UPSTREAM_BUDGET_EXCEEDED` after the first call.
 */
export type ConversationFilter = {
  /**
   * Keywords, or a "phrase" in double quotes. mStudio decides what matches. At most 500 characters. A short ID, such as
   * `c-4e7tz3`, finds only this conversation, for the further calls of `conversation(shortId:)`; if there is none, it is a
   * keyword like any other.
   */
  search?: string | null | undefined;
  /**
   * Open or closed: the choice for an inbox, because mStudio evaluates it, at one call per page. `[OPEN]` includes conversations
   * with a status newer than this gateway.
   */
  states?: Array<ConversationState> | null | undefined;
  /**
   * Any of these exact values of `Conversation.status`, for example to distinguish `OPEN` from `ANSWERED`. The gateway checks them
   * on the full list, even if they are all but `CLOSED`: mStudio does not document which statuses it lists as open, so the gateway
   * does not replace them with `states: [OPEN]`. Add it yourself to read only that list.
   */
  statuses?: Array<ConversationStatusFilter> | null | undefined;
  /** IDs of categories, any of which matches. At most 100. */
  categoryIds?: Array<string> | null | undefined;
  /** Related to any of these objects. At most 100. */
  relatedTo?: Array<ReferenceFilter> | null | undefined;
  /** Shared with any of these objects. At most 100. */
  sharedWith?: Array<ReferenceFilter> | null | undefined;
  /** IDs of users, one of whom is the conversation's `mainUser`. At most 100. */
  mainUserIds?: Array<string> | null | undefined;
  /** IDs of users, one of whom opened the conversation. At most 100. */
  createdBy?: Array<string> | null | undefined;
  /** Any of these visibilities. */
  visibilities?: Array<ConversationVisibilityFilter> | null | undefined;
  /** When the conversation was opened. */
  createdAt?: DateTimeRange | null | undefined;
  /** When the newest message was written. A conversation without messages is in no range. */
  lastMessageAt?: DateTimeRange | null | undefined;
  /** The side that wrote the newest message. Without a message or a known author, a conversation matches neither side. */
  lastMessageBy?: MessageAuthor | null | undefined;
  /**
   * Conversations to leave out: those that meet all conditions of any of these elements. At most 100. An element without
   * conditions leaves out nothing.
   */
  not?: Array<ConversationExclusion> | null | undefined;
};

/** A state that mStudio's list can filter by. */
export type ConversationState =
  /** Sent to mStudio as `open`. mStudio decides which statuses other than `CLOSED` this includes. */
  | 'OPEN'
  /** Closed conversations. */
  | 'CLOSED';

/** The state of a conversation. mStudio's own UI does not distinguish `OPEN` from `ANSWERED`. */
export type ConversationStatus =
  /** Waiting for support. */
  | 'OPEN'
  /** Support has replied. */
  | 'ANSWERED'
  /** Support is working on the conversation. */
  | 'IN_PROGRESS'
  /** Waiting for another person or for an event. */
  | 'WAITING'
  /** Done. The next message reopens the conversation. */
  | 'CLOSED'
  /** A value newer than this gateway, or no value. */
  | 'UNKNOWN';

/** A status to filter by; see `ConversationStatus`. */
export type ConversationStatusFilter =
  /** Waiting for support. */
  | 'OPEN'
  /** Support has replied. */
  | 'ANSWERED'
  /** Support is working on the conversation. */
  | 'IN_PROGRESS'
  /** Waiting for another person or for an event. */
  | 'WAITING'
  /** Done. The next message reopens the conversation. */
  | 'CLOSED';

/** A visibility to filter by; see `ConversationVisibility`. */
export type ConversationVisibilityFilter =
  /** Everyone with whom it is shared. */
  | 'SHARED'
  /** Participants only. */
  | 'PRIVATE';

/** A period of time, compared in milliseconds. Without `after` or `before`, it has no start or no end. */
export type DateTimeRange = {
  /** Only times later than this. */
  after?: string | null | undefined;
  /** Only times earlier than this. */
  before?: string | null | undefined;
};

/** The kind of a change of the inbox. */
export type InboxChangeKind =
  /**
   * All changes up to now have been sent. After a subscription without `after`, query the list now: later changes follow as
   * events.
   */
  | 'SYNCED'
  /** A conversation matches the filter that did not before: it is new, or it has changed. */
  | 'ADDED'
  /** A conversation that matches the filter has changed. */
  | 'CHANGED'
  /** A conversation no longer matches the filter, or the caller can no longer access it. */
  | 'REMOVED'
  /** Changes may be missing. Query the list again. */
  | 'RESYNC';

/** The side that wrote a message. */
export type MessageAuthor =
  /** An author whom mStudio marks as a mittwald employee: support has replied. */
  | 'EMPLOYEE'
  /** Any other author. */
  | 'CUSTOMER';

/**
 * An object that conversations are about or shared with. With `id` alone, objects of any type match, because no two objects
 * have the same ID. With `type` alone, all objects of this type match. At least one of them is required.
 */
export type ReferenceFilter = {
  /** The object's ID, a UUID. */
  id?: string | null | undefined;
  /** The object's type, or `NONE`, which cannot be combined with `id`. */
  type?: ReferenceTypeFilter | null | undefined;
};

/** A type of object that conversations can be about or shared with. */
export type ReferenceType =
  /** A `User`. */
  | 'USER'
  /** A `Customer`. */
  | 'CUSTOMER'
  /** A `Project`. */
  | 'PROJECT'
  /** An `AppInstallation`. */
  | 'APP_INSTALLATION'
  /** A `PlacementGroup`. */
  | 'PLACEMENT_GROUP'
  /** An `ExtensionInstance`. */
  | 'EXTENSION_INSTANCE'
  /** A `Container`. */
  | 'CONTAINER';

/** A type of object to filter by. */
export type ReferenceTypeFilter =
  /** No object: `relatedTo` (or `sharedWith`) is null. */
  | 'NONE'
  /** A `User`. */
  | 'USER'
  /** A `Customer`. */
  | 'CUSTOMER'
  /** A `Project`. */
  | 'PROJECT'
  /** An `AppInstallation`. */
  | 'APP_INSTALLATION'
  /** A `PlacementGroup`. */
  | 'PLACEMENT_GROUP'
  /** An `ExtensionInstance`. */
  | 'EXTENSION_INSTANCE'
  /** A `Container`. */
  | 'CONTAINER';

/** The object that a conversation is about. */
export type RelatedToInput = {
  /** The object's type. */
  type: ReferenceType;
  /** The object's ID, a UUID. */
  id: string;
};

/** A service that a customer requests from support. */
export type ServiceRequestKind =
  /** Move a website from another provider. */
  | 'RELOCATION'
  /** Call the customer. */
  | 'CALL'
  /** Raise the sending limit of a mail address. */
  | 'MAIL_SEND_LIMIT_INCREASE'
  /** A value newer than this gateway, or no value. */
  | 'UNKNOWN';

/** A status that clients can set. Others are set only by mStudio. */
export type SettableStatus =
  /** Waiting for support. */
  | 'OPEN'
  /** Support has replied. mStudio's own UI shows it as open. */
  | 'ANSWERED'
  /** Done. The next message reopens the conversation. */
  | 'CLOSED';

/** The kind of problem with a mutation's input. */
export type UserErrorCode =
  /** A required value is missing or empty. */
  | 'REQUIRED'
  /** A text or a list is too long. */
  | 'TOO_LONG'
  /** A value is invalid for another reason. */
  | 'INVALID'
  /** The object does not exist. */
  | 'NOT_FOUND'
  /** The caller may not make this change. */
  | 'FORBIDDEN'
  /** The conversation has changed in the meantime, or the write with this `idempotencyKey` is still running. */
  | 'CONFLICT'
  /** A file exceeds the size limit of this gateway or of mStudio. */
  | 'FILE_TOO_LARGE'
  /** mStudio does not accept files of this type. The message lists the types that it accepts. */
  | 'FILE_TYPE_NOT_ALLOWED'
  /** The content of an image or a PDF does not match its type. */
  | 'FILE_CONTENT_MISMATCH';

/** The side that has to act next in a conversation. */
export type WaitingFor =
  /** Support. */
  | 'SUPPORT'
  /** The customer. */
  | 'CUSTOMER'
  /** Nobody: the conversation is closed. */
  | 'NOBODY'
  /** Unknown, because mStudio sends neither an author nor a status that shows it. */
  | 'UNKNOWN';

export type ActivityFragment = { id: string, status: ConversationStatus, rawStatus: string, isClosed: boolean, waitingFor: WaitingFor, lastMessage: { createdAt: string, createdBy: { id: string, name: string | null, isEmployee: boolean | null } | null } | null, lastText: { id: string, contentText: string | null, createdBy: { id: string, name: string | null, isEmployee: boolean | null } | null } | null };

export type RowFragment = (
  { isUnread: boolean | null, shortId: string, title: string, relatedTo:
    | { __typename: 'User', id: string }
    | { __typename: 'Customer', id: string, access: Access | null, name: string | null }
    | { __typename: 'Project', id: string, access: Access | null, description: string | null, customer: { id: string, name: string | null } | null }
    | { __typename: 'AppInstallation', id: string }
    | { __typename: 'PlacementGroup', id: string }
    | { __typename: 'ExtensionInstance', id: string }
    | { __typename: 'Container', id: string }
    | { __typename: 'UnknownReference', id: string }
   | null }
  & ActivityFragment
);

type Item_TextMessage_Fragment = { __typename: 'TextMessage', id: string, createdAt: string, content: string | null, contentHtml: string | null, viewerCanEdit: boolean | null, createdBy: { id: string, name: string | null, isEmployee: boolean | null } | null, files: Array<
    | { __typename: 'DeletedFile', id: string }
    | { __typename: 'RequestedFile', id: string }
    | { __typename: 'UnknownFile', id: string }
    | { __typename: 'UploadedFile', name: string, mimeType: string, id: string, download: { url: string } | null }
  > };

type Item_StatusUpdate_Fragment = { __typename: 'StatusUpdate', id: string, createdAt: string, code: string, user: { id: string, name: string | null } | null };

type Item_ServiceRequest_Fragment = { __typename: 'ServiceRequest', id: string, createdAt: string, kind: ServiceRequestKind, rawKind: string };

type Item_UnknownMessage_Fragment = { __typename: 'UnknownMessage', id: string, createdAt: string };

export type ItemFragment =
  | Item_TextMessage_Fragment
  | Item_StatusUpdate_Fragment
  | Item_ServiceRequest_Fragment
  | Item_UnknownMessage_Fragment
;

export type StateFragment = { id: string, status: ConversationStatus, rawStatus: string, isClosed: boolean, waitingFor: WaitingFor, closedAt: string | null, reopenedCount: number | null, closedBy: { id: string, name: string | null } | null };

export type HistoryFragment = (
  { messages: { totalCount: number, pageInfo: { hasPreviousPage: boolean, startCursor: string | null }, edges: Array<{ node:
        | Item_TextMessage_Fragment
        | Item_StatusUpdate_Fragment
        | Item_ServiceRequest_Fragment
        | Item_UnknownMessage_Fragment
       }> } | null }
  & StateFragment
);

export type InboxQueryVariables = Exact<{
  after?: string | null | undefined;
  filter?: ConversationFilter | null | undefined;
}>;


export type InboxQuery = { viewer: { id: string, unreadConversationCount: number | null } | null, conversations: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: RowFragment }> } | null };

export type ChangesQueryVariables = Exact<{
  filter?: ConversationFilter | null | undefined;
}>;


export type ChangesQuery = { conversations: { totalCount: number | null, edges: Array<{ node: { id: string, status: ConversationStatus, lastMessage: { createdAt: string } | null } }> } | null };

export type RefreshQueryVariables = Exact<{
  filter?: ConversationFilter | null | undefined;
  gone: Array<string> | string;
}>;


export type RefreshQuery = { viewer: { id: string, unreadConversationCount: number | null } | null, conversations: { totalCount: number | null, pageInfo: { hasNextPage: boolean, endCursor: string | null }, edges: Array<{ node: RowFragment }> } | null, nodes: Array<
    | { id: string, status: ConversationStatus, rawStatus: string, isClosed: boolean, waitingFor: WaitingFor }
    | Record<PropertyKey, never>
   | null> | null };

export type TicketQueryVariables = Exact<{
  id: string;
  before?: string | null | undefined;
}>;


export type TicketQuery = { conversation: (
    { category: { id: string, name: string } | null, members: Array<{ user: { id: string, name: string | null, isEmployee: boolean | null } }> | null }
    & RowFragment
    & HistoryFragment
  ) | null };

export type InboxChangedSubscriptionVariables = Exact<{
  filter?: ConversationFilter | null | undefined;
}>;


export type InboxChangedSubscription = { inboxChanged: { kind: InboxChangeKind, conversationId: string | null, conversation: RowFragment | null } };

export type TicketChangedSubscriptionVariables = Exact<{
  id: string;
}>;


export type TicketChangedSubscription = { conversationChanged: { kind: ConversationChangeKind, conversation: (
      { isUnread: boolean | null, lastMessage: { createdAt: string } | null }
      & StateFragment
    ) | null, newMessages: Array<
      | Item_TextMessage_Fragment
      | Item_StatusUpdate_Fragment
      | Item_ServiceRequest_Fragment
      | Item_UnknownMessage_Fragment
    >, changedMessages: Array<
      | Item_TextMessage_Fragment
      | Item_StatusUpdate_Fragment
      | Item_ServiceRequest_Fragment
      | Item_UnknownMessage_Fragment
    > } };

export type ChoicesQueryVariables = Exact<{ [key: string]: never; }>;


export type ChoicesQuery = { conversationCategories: Array<{ id: string, name: string }> | null, projects: { totalCount: number | null, nodes: Array<{ id: string, description: string | null }> } | null, customers: { totalCount: number | null, nodes: Array<{ id: string, name: string | null }> } | null };

export type UploadRulesQueryVariables = Exact<{ [key: string]: never; }>;


export type UploadRulesQuery = { uploadRules: { mimeTypes: Array<string>, extensions: Array<string>, maxBytes: number | null, maxNameLength: number | null } | null };

export type OpenTicketMutationVariables = Exact<{
  title: string;
  message: string;
  categoryId?: string | null | undefined;
  relatedTo?: RelatedToInput | null | undefined;
  key: string;
}>;


export type OpenTicketMutation = { createConversation: { conversationId: string | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } | null };

export type SendMutationVariables = Exact<{
  id: string;
  content?: string | null | undefined;
  files?: Array<File> | File | null | undefined;
  key: string;
  before?: string | null | undefined;
}>;


export type SendMutation = { sendMessage: { conversation: (
      ActivityFragment
      & HistoryFragment
    ) | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } | null };

export type MarkReadMutationVariables = Exact<{
  id: string;
}>;


export type MarkReadMutation = { markConversationsRead: { results: Array<{ conversationId: string, userErrors: Array<{ code: UserErrorCode }> } | null> } | null };

export type EditMutationVariables = Exact<{
  conversation: string;
  id: string;
  content: string;
}>;


export type EditMutation = { editMessage: { editedMessage: { id: string, content: string | null, contentHtml: string | null, contentText: string | null } | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } | null };

export type SetStatusMutationVariables = Exact<{
  id: string;
  status: SettableStatus;
  before?: string | null | undefined;
}>;


export type SetStatusMutation = { setConversationStatus: { conversation: (
      ActivityFragment
      & HistoryFragment
    ) | null, userErrors: Array<{ code: UserErrorCode, field: Array<string> | null, message: string }> } | null };

export const ActivityFragmentDoc = gql`
    fragment Activity on Conversation {
  id
  status
  rawStatus
  isClosed
  waitingFor
  lastMessage {
    createdAt
    createdBy {
      id
      name
      isEmployee
    }
  }
  lastText {
    id
    contentText(maxLength: 120, includeQuotes: false)
    createdBy {
      id
      name
      isEmployee
    }
  }
}
    ` as unknown as DocumentNode<ActivityFragment, unknown>;
export const RowFragmentDoc = gql`
    fragment Row on Conversation {
  ...Activity
  isUnread
  shortId
  title
  relatedTo {
    __typename
    ... on Reference {
      id
    }
    ... on Project {
      access
      description
      customer {
        id
        name
      }
    }
    ... on Customer {
      access
      name
    }
  }
}
    ` as unknown as DocumentNode<RowFragment, unknown>;
export const StateFragmentDoc = gql`
    fragment State on Conversation {
  id
  status
  rawStatus
  isClosed
  waitingFor
  closedAt
  closedBy {
    id
    name
  }
  reopenedCount
}
    ` as unknown as DocumentNode<StateFragment, unknown>;
export const ItemFragmentDoc = gql`
    fragment Item on Message {
  __typename
  ... on MessageItem {
    id
    createdAt
  }
  ... on TextMessage {
    content
    contentHtml
    createdBy {
      id
      name
      isEmployee
    }
    viewerCanEdit
    files {
      __typename
      id
      ... on UploadedFile {
        name
        mimeType
        download {
          url
        }
      }
    }
  }
  ... on StatusUpdate {
    code
    user {
      id
      name
    }
  }
  ... on ServiceRequest {
    kind
    rawKind
  }
}
    ` as unknown as DocumentNode<ItemFragment, unknown>;
export const HistoryFragmentDoc = gql`
    fragment History on Conversation {
  ...State
  messages(last: 30, before: $before) {
    totalCount
    pageInfo {
      hasPreviousPage
      startCursor
    }
    edges {
      node {
        ...Item
      }
    }
  }
}
    ` as unknown as DocumentNode<HistoryFragment, unknown>;
export const InboxDocument = gql`
    query Inbox($after: String, $filter: ConversationFilter) {
  viewer {
    id
    unreadConversationCount
  }
  conversations(first: 20, after: $after, filter: $filter) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
        ...Row
      }
    }
  }
}
    ${RowFragmentDoc}
${ActivityFragmentDoc}` as unknown as DocumentNode<InboxQuery, InboxQueryVariables>;
export const ChangesDocument = gql`
    query Changes($filter: ConversationFilter) {
  conversations(first: 20, filter: $filter) {
    totalCount
    edges {
      node {
        id
        status
        lastMessage {
          createdAt
        }
      }
    }
  }
}
    ` as unknown as DocumentNode<ChangesQuery, ChangesQueryVariables>;
export const RefreshDocument = gql`
    query Refresh($filter: ConversationFilter, $gone: [ID!]!) {
  viewer {
    id
    unreadConversationCount
  }
  conversations(first: 20, filter: $filter) {
    totalCount
    pageInfo {
      hasNextPage
      endCursor
    }
    edges {
      node {
        ...Row
      }
    }
  }
  nodes(ids: $gone) {
    ... on Conversation {
      id
      status
      rawStatus
      isClosed
      waitingFor
    }
  }
}
    ${RowFragmentDoc}
${ActivityFragmentDoc}` as unknown as DocumentNode<RefreshQuery, RefreshQueryVariables>;
export const TicketDocument = gql`
    query Ticket($id: ID!, $before: String) {
  conversation(id: $id) {
    ...Row
    ...History
    category {
      id
      name
    }
    members {
      user {
        id
        name
        isEmployee
      }
    }
  }
}
    ${RowFragmentDoc}
${ActivityFragmentDoc}
${HistoryFragmentDoc}
${StateFragmentDoc}
${ItemFragmentDoc}` as unknown as DocumentNode<TicketQuery, TicketQueryVariables>;
export const InboxChangedDocument = gql`
    subscription InboxChanged($filter: ConversationFilter) {
  inboxChanged(filter: $filter) {
    kind
    conversationId
    conversation {
      ...Row
    }
  }
}
    ${RowFragmentDoc}
${ActivityFragmentDoc}` as unknown as DocumentNode<InboxChangedSubscription, InboxChangedSubscriptionVariables>;
export const TicketChangedDocument = gql`
    subscription TicketChanged($id: ID!) {
  conversationChanged(id: $id) {
    kind
    conversation {
      ...State
      isUnread
      lastMessage {
        createdAt
      }
    }
    newMessages {
      ...Item
    }
    changedMessages {
      ...Item
    }
  }
}
    ${StateFragmentDoc}
${ItemFragmentDoc}` as unknown as DocumentNode<TicketChangedSubscription, TicketChangedSubscriptionVariables>;
export const ChoicesDocument = gql`
    query Choices {
  conversationCategories {
    id
    name
  }
  projects(first: 100) {
    totalCount
    nodes {
      id
      description
    }
  }
  customers(first: 100) {
    totalCount
    nodes {
      id
      name
    }
  }
}
    ` as unknown as DocumentNode<ChoicesQuery, ChoicesQueryVariables>;
export const UploadRulesDocument = gql`
    query UploadRules {
  uploadRules {
    mimeTypes
    extensions
    maxBytes
    maxNameLength
  }
}
    ` as unknown as DocumentNode<UploadRulesQuery, UploadRulesQueryVariables>;
export const OpenTicketDocument = gql`
    mutation OpenTicket($title: String!, $message: String!, $categoryId: ID, $relatedTo: RelatedToInput, $key: String!) {
  createConversation(
    input: {title: $title, message: $message, categoryId: $categoryId, relatedTo: $relatedTo, idempotencyKey: $key}
  ) {
    conversationId
    userErrors {
      code
      field
      message
    }
  }
}
    ` as unknown as DocumentNode<OpenTicketMutation, OpenTicketMutationVariables>;
export const SendDocument = gql`
    mutation Send($id: ID!, $content: String, $files: [Upload!], $key: String!, $before: String) {
  sendMessage(
    input: {conversationId: $id, content: $content, files: $files, idempotencyKey: $key}
  ) {
    conversation {
      ...Activity
      ...History
    }
    userErrors {
      code
      field
      message
    }
  }
}
    ${ActivityFragmentDoc}
${HistoryFragmentDoc}
${StateFragmentDoc}
${ItemFragmentDoc}` as unknown as DocumentNode<SendMutation, SendMutationVariables>;
export const MarkReadDocument = gql`
    mutation MarkRead($id: ID!) {
  markConversationsRead(input: {conversationIds: [$id]}) {
    results {
      conversationId
      userErrors {
        code
      }
    }
  }
}
    ` as unknown as DocumentNode<MarkReadMutation, MarkReadMutationVariables>;
export const EditDocument = gql`
    mutation Edit($conversation: ID!, $id: ID!, $content: String!) {
  editMessage(
    input: {conversationId: $conversation, messageId: $id, content: $content}
  ) {
    editedMessage {
      id
      content
      contentHtml
      contentText(maxLength: 120, includeQuotes: false)
    }
    userErrors {
      code
      field
      message
    }
  }
}
    ` as unknown as DocumentNode<EditMutation, EditMutationVariables>;
export const SetStatusDocument = gql`
    mutation SetStatus($id: ID!, $status: SettableStatus!, $before: String) {
  setConversationStatus(input: {conversationId: $id, status: $status}) {
    conversation {
      ...Activity
      ...History
    }
    userErrors {
      code
      field
      message
    }
  }
}
    ${ActivityFragmentDoc}
${HistoryFragmentDoc}
${StateFragmentDoc}
${ItemFragmentDoc}` as unknown as DocumentNode<SetStatusMutation, SetStatusMutationVariables>;