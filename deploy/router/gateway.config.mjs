// Hive Gateway, as a router of a federated graph. It needs nothing but the composed schema beside it, and sends on what the
// gateway needs of a request: whose it is, and what its own changes were.
const passedOn = ['authorization', 'x-access-token', 'x-if-event-reached'];

export const gatewayConfig = {
  supergraph: './supergraph.graphql',
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) =>
      Object.fromEntries(passedOn.filter((name) => request.headers.has(name)).map((name) => [name, request.headers.get(name)])),
  },
};
