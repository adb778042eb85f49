// Without a GraphQL client.
import { headers, url } from './gateway.mjs';

async function ask(query, variables) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'application/json', Accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors = [] } = await response.json();
  for (const { path, extensions } of errors) {
    console.error(`${path?.join('.') ?? 'the request'}: ${extensions.code}`); // the rest of data is still available
  }
  return data;
}

const data = await ask('query ($first: Int) { conversations(first: $first) { totalCount nodes { shortId title status } } }', { first: 3 });
for (const { shortId, title, status } of data.conversations.nodes) {
  console.log(shortId, status, title);
}
