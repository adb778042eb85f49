// Passes requests on to the gateway, with the user's token. Bodies are streams in both directions, for uploads, downloads and
// subscriptions.
import { request as send } from 'node:http';
import { pipeline } from 'node:stream/promises';

// Everything else stays here, above all the cookie. Host is for the links to files, which the gateway makes.
const passed = [
  'accept', 'accept-encoding', 'content-encoding', 'content-length', 'content-type', 'graphql-preflight', 'host', 'if-none-match', 'range',
  'transfer-encoding', 'x-if-event-reached', 'x-request-id',
];

// forward sends a request to a path of the gateway, and its response to the browser. A request without a token gets none.
export async function forward(gateway, { pathname, search }, request, response, token) {
  const headers = Object.fromEntries(passed.filter((name) => request.headers[name]).map((name) => [name, request.headers[name]]));
  if (token) {
    headers.authorization = `Bearer ${token}`;
  }
  const target = Object.assign(new URL(gateway), { pathname, search }); // request.url may name another host
  const sent = send(target, { method: request.method, headers });
  response.once('close', () => sent.destroy()); // a browser that leaves ends its operation
  const answered = new Promise((resolve, reject) => sent.once('response', resolve).once('error', reject));
  const body = pipeline(request, sent).catch(() => {}); // the response says more
  try {
    const got = await answered;
    response.writeHead(got.statusCode, got.headers);
    response.flushHeaders();
    await pipeline(got, response);
  } catch (error) {
    if (response.closed || response.headersSent) {
      return response.destroy();
    }
    console.error(/** @type {NodeJS.ErrnoException} */ (error).code); // the message has an address
    response.writeHead(502).end();
  }
  return body;
}

// isSignedIn reports whether mStudio accepts a token.
export async function isSignedIn(gateway, token) {
  const response = await fetch(new URL('/graphql', gateway), {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: '{ viewer { id } }' }),
  });
  const { data } = await response.json();
  return Boolean(data?.viewer);
}
