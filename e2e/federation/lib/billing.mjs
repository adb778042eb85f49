// A second subgraph: a company's own data about its projects and customers.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse } from 'graphql';

export const billingSDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])

  type Query {
    "Conversations that need attention."
    escalations(ids: [ID!]!): [Conversation!]!
    "Projects with costs in this month."
    billed(ids: [ID!]!): [Project!]!
  }

  type Mutation {
    "Marks a conversation as urgent."
    escalate(id: ID!): Conversation!
  }

  type Conversation @key(fields: "id", resolvable: false) { id: ID! }

  type Project @key(fields: "id") { id: ID! "Monthly budget in euros." budget: Int }

  type Customer @key(fields: "id") { id: ID! "The customer's support level." tier: String }
`;

// budgetOf and tierOf are derived from the ID, so that tests can compute the expected values.
export const budgetOf = (id) => parseInt(id.slice(0, 4), 16);
export const tierOf = (id) => (parseInt(id[0], 16) < 8 ? 'gold' : 'silver');

// startBilling serves the subgraph on a free port. seen contains the Authorization headers that it received.
export async function startBilling() {
  const seen = [];
  const known = ({ id }) => ({ id });
  const schema = buildSubgraphSchema({
    typeDefs: parse(billingSDL),
    resolvers: {
      Query: { escalations: (_, { ids }) => ids.map((id) => ({ id })), billed: (_, { ids }) => ids.map((id) => ({ id })) },
      Mutation: { escalate: (_, { id }) => ({ id }) },
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
