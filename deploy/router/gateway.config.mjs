// Configuration of Hive Gateway as the router of a federated graph. It requires supergraph.graphql beside it, and forwards the
// headers that the subgraph needs: the caller's token, and the event ID for reading your own writes.
const forwarded = ['authorization', 'x-access-token', 'x-if-event-reached'];

export const gatewayConfig = {
  supergraph: './supergraph.graphql',
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(forwarded.filter((name) => request.headers.has(name)).map((name) => [name, request.headers.get(name)])),
  },
};
