// execute sends one operation, as a frontend would, with further headers of the gateway or router. If token is null, the
// request has no token.
export async function execute(gateway, token, query, variables = {}, accept = 'application/json') {
  const headers = { 'Content-Type': 'application/json', Accept: accept, ...gateway.headers };
  if (token !== null) {
    headers.Authorization = `Bearer ${token}`;
  }
  const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

// firstEvent starts a subscription, as a frontend would over server-sent events, and returns its first event.
export async function firstEvent(gateway, token, query, variables = {}) {
  const headers = { 'Content-Type': 'application/json', Accept: 'text/event-stream', Authorization: `Bearer ${token}` };
  const response = await fetch(gateway.url, { method: 'POST', headers, body: JSON.stringify({ query, variables }) });
  let text = '';
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    const [, event] = /^event: next\ndata: (.*)\n\n/m.exec(text) ?? [];
    if (event) {
      return JSON.parse(event);
    }
  }
  throw new Error(`the stream ended after ${text}`);
}
