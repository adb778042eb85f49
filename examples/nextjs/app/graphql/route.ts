import { endpoint, requestHeaders } from '../../lib/gateway.ts';
import { isOwn, rememberEvent, sessionToken } from '../../lib/session.ts';

// POST passes an operation of the browser on to the gateway, with the user's token. Bodies are streams in both directions.
export async function POST(request: Request) {
  if (!isOwn(request.headers)) {
    return new Response(null, { status: 403 });
  }
  const token = await sessionToken();
  if (!token) {
    return new Response(null, { status: 401 });
  }
  const passed = ['accept', 'content-type', 'graphql-preflight'].map((name) => [name, request.headers.get(name) ?? '']);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { ...Object.fromEntries(passed), ...(await requestHeaders(token)) },
    body: request.body,
    duplex: 'half',
    cache: 'no-store',
    signal: request.signal, // a browser that leaves ends its operation
  } as RequestInit);
  const event = response.headers.get('x-event-id');
  if (event) {
    await rememberEvent(event);
  }
  return new Response(response.body, { status: response.status, headers: { 'Content-Type': response.headers.get('content-type') ?? '' } });
}
