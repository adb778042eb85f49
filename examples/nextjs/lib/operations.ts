import { gql, type TypedDocumentNode } from '@apollo/client';

type Ticket = { id: string; shortId: string; title: string; isClosed: boolean };
type InboxData = { viewer: { id: string; name: string | null } | null; conversations: { totalCount: number | null; nodes: Ticket[] } | null };

export const Inbox: TypedDocumentNode<InboxData> = gql`
  query Inbox {
    viewer { id name }
    conversations(first: 10, filter: { states: [OPEN] }) { totalCount nodes { id shortId title isClosed } }
  }
`;

type CloseData = { setConversationStatus: { conversation: Pick<Ticket, 'id' | 'isClosed'> | null; userErrors: { message: string }[] } | null };

export const Close: TypedDocumentNode<CloseData, { id: string }> = gql`
  mutation Close($id: ID!) {
    setConversationStatus(input: { conversationId: $id, status: CLOSED }) {
      conversation { id isClosed }
      userErrors { message }
    }
  }
`;
