// Configuration of Hive Gateway as the router of a federated graph. It requires supergraph.graphql beside it.
export const gatewayConfig = {
  supergraph: './supergraph.graphql',
  propagateHeaders: {
    deduplicateHeaders: true, // the newest event ID includes the older ones
    fromClientToSubgraphs: ({ request: { headers }, context }) => ({
      authorization: headers.get('authorization'),
      'x-access-token': headers.get('x-access-token'),
      // An event of an earlier fetch of the operation includes the events that the client sent.
      'x-if-event-reached': context.event ?? headers.get('x-if-event-reached'),
    }),
    fromSubgraphsToClient({ response: { headers }, context }) {
      context.event = headers.get('x-event-id') ?? context.event;
      return { 'x-event-id': headers.get('x-event-id'), 'retry-after': headers.get('retry-after') };
    },
  },
};
