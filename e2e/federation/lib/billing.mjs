// The other subgraph of the graph: what a company knows of its projects and customers by itself.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

export const billingSDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Query {
    "The conversations that somebody has to look at."
    escalations(ids: [ID!]!): [Conversation!]!
    "The projects that cost something this month."
    billed(ids: [ID!]!): [Project!]!
  }

  type Conversation @key(fields: "id", resolvable: false) { id: ID! }

  type Project @key(fields: "id") { id: ID! "In euros, per month." budget: Int }

  type Customer @key(fields: "id") { id: ID! "How much attention the customer gets." tier: String }
`;

// budgetOf and tierOf are made up from the id, so that an answer can be checked without a table.
export const budgetOf = (id) => parseInt(id.slice(0, 4), 16);
export const tierOf = (id) => (parseInt(id[0], 16) < 8 ? 'gold' : 'silver');

// startBilling serves it on a free port; seen holds the Authorization headers it was sent.
export async function startBilling() {
  const seen = [];
  const known = ({ id }) => ({ id });
  const schema = buildSubgraphSchema({
    typeDefs: parse(billingSDL),
    resolvers: {
      Query: { escalations: (_, { ids }) => ids.map((id) => ({ id })), billed: (_, { ids }) => ids.map((id) => ({ id })) },
      Project: { __resolveReference: known, budget: ({ id }) => budgetOf(id) },
      Customer: { __resolveReference: known, tier: ({ id }) => tierOf(id) },
    },
  });
  const server = new ApolloServer({ schema });
  const { url } = await startStandaloneServer(server, {
    listen: { host: '127.0.0.1', port: 0 },
    context: async ({ req }) => { seen.push(req.headers.authorization); return {}; },
  });
  return { url, seen, stop: () => server.stop() };
}
