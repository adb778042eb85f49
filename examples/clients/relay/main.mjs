// Relay without React: a compiled query, and the runtime that sends it.
import relay from 'relay-runtime';
import { headers, url } from '../gateway.mjs';
import inbox from './__generated__/inboxQuery.graphql.js';

const environment = new relay.Environment({
  store: new relay.Store(new relay.RecordSource()),
  network: relay.Network.create(async ({ text }, variables) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json();
  }),
});

const { conversations } = await relay.fetchQuery(environment, inbox, { count: 5 }).toPromise();
console.log(conversations.edges.length, 'conversations; the first is', conversations.edges[0].node.title);
