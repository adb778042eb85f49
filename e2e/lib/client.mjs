import { MittwaldAPIV2Client } from '@mittwald/api-client';

// clientOf returns the provider's client for the sandbox. Its paths contain the API version.
export function clientOf(sandbox, token) {
  const client = MittwaldAPIV2Client.newWithToken(token);
  client.axios.defaults.baseURL = sandbox.url;
  return client;
}

// allConversations reads a list page by page.
export async function allConversations(client, queryParameters = {}, limit = 100) {
  const rows = [];
  for (let page = 1; ; page++) {
    const parameters = { ...queryParameters, limit, page };
    const answer = await client.conversation.listConversations({ queryParameters: parameters });
    if (answer.status !== 200) {
      throw new Error(`page ${page}: status ${answer.status}`);
    }
    rows.push(...answer.data);
    if (rows.length >= Number(answer.headers['x-pagination-totalcount'])) {
      return rows;
    }
  }
}
