import { allConversations, clientOf } from './client.mjs';
import { execute } from './graphql.mjs';
import { mapSome } from './pool.mjs';

// Two ways to read all data of a token, in the same form for comparison. Times are in milliseconds, because the gateway
// converts them to UTC.

const statuses = {
  open: 'OPEN', answered: 'ANSWERED', inProgress: 'IN_PROGRESS', waiting: 'WAITING', closed: 'CLOSED',
};
const kinds = { MESSAGE: 'TextMessage', STATUS_UPDATE: 'StatusUpdate', SERVICE_REQUEST: 'ServiceRequest' };

// restView reads from the REST API with the provider's client.
export async function restView(sandbox, token) {
  const client = clientOf(sandbox, token);
  const rows = await allConversations(client, { sort: ['createdAt', 'conversationId'], order: ['asc', 'asc'] });
  return mapSome(rows, async (row) => {
    const answer = await client.conversation.listMessagesByConversation({ conversationId: row.conversationId });
    // The API guarantees no order. Sorting is stable, so messages with equal times keep their order.
    const messages = answer.data.map(fromREST).sort((a, b) => a.createdAt - b.createdAt);
    return {
      id: row.conversationId,
      shortId: row.shortId,
      title: row.title,
      status: statuses[row.status] ?? 'UNKNOWN',
      rawStatus: row.status,
      createdAt: Date.parse(row.createdAt),
      mainUser: row.mainUser.userId,
      category: row.category?.categoryId ?? null,
      relatedTo: row.relatedTo ? reference(row.relatedTo) : null,
      messages,
    };
  });
}

function fromREST(message) {
  const kind = kinds[message.type] ?? 'UnknownMessage';
  return {
    kind,
    id: message.messageId ?? null,
    createdAt: Date.parse(message.createdAt),
    internal: message.internal ?? false,
    content: kind === 'UnknownMessage' ? message.type : (message.messageContent ?? null),
    author: kind === 'TextMessage' ? (message.createdBy?.userId ?? null) : null,
    files: kind === 'TextMessage' ? (message.files ?? []).map((file) => file.id) : [],
  };
}

const reference = ({ id, domain, aggregate }) => [domain, aggregate, id].join('/');

const messageFields = `
  pageInfo { hasNextPage endCursor }
  totalCount
  nodes {
    __typename
    ... on MessageItem { id createdAt isInternal }
    ... on TextMessage { content createdBy { id } files { id } }
    ... on StatusUpdate { code }
    ... on ServiceRequest { rawKind }
    ... on UnknownMessage { rawType }
  }
`;
const everything = `query Everything($after: String) {
  conversations(first: 100, after: $after, orderBy: [{ field: CREATED_AT, direction: ASC }]) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id shortId title status rawStatus createdAt mainUser { id } category { id }
      relatedTo { ... on Reference { id domain aggregate } }
      messages(first: 100, includeInternal: true) { ${messageFields} }
    }
  }
}`;

// graphQLView reads from the gateway, in pages of 100 conversations with all their messages.
export async function graphQLView(gateway, token) {
  const view = [];
  for (let after = null; ;) {
    const { body } = await execute(gateway, token, everything, { after });
    if (body.errors) {
      throw new Error(JSON.stringify(body.errors));
    }
    const { nodes, pageInfo } = body.data.conversations;
    view.push(...nodes.map(fromGraphQL));
    if (!pageInfo.hasNextPage) {
      return view;
    }
    after = pageInfo.endCursor;
  }
}

function fromGraphQL({ messages, createdAt, mainUser, category, relatedTo, ...same }) {
  if (messages.pageInfo.hasNextPage || messages.totalCount !== messages.nodes.length) {
    throw new Error(`${same.id} has more messages than fit on one page`);
  }
  return {
    ...same,
    createdAt: Date.parse(createdAt),
    mainUser: mainUser.id,
    category: category?.id ?? null,
    relatedTo: relatedTo && reference(relatedTo),
    messages: messages.nodes.map((node) => ({
      kind: node.__typename,
      id: node.id,
      createdAt: Date.parse(node.createdAt),
      internal: node.isInternal,
      content: node.code ?? node.rawKind ?? node.rawType ?? node.content,
      author: node.createdBy?.id ?? null,
      files: (node.files ?? []).map((file) => file.id),
    })),
  };
}
