import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { getOperationAST, parse, validate } from 'graphql';
import { createClient } from 'graphql-sse';

const url = new URL('graphql', location.href).href;
const send = createGraphiQLFetcher({ url });

const bearer = /^bearer\s+/i;

// withoutScheme returns a token as a user may have copied it.
export const withoutScheme = (text) => text.trim().replace(bearer, '');

const credentialsIn = (headers) => Object.entries(headers ?? {}).filter(([name]) => /^(authorization|x-access-token)$/i.test(name));

// tokensOf returns the tokens that the page knows while a tab has these headers.
export const tokensOf = (headers, token) =>
  [token, ...credentialsIn(headers).map(([, value]) => withoutScheme(String(value)))].filter((known) => known);

// authorized returns the headers of a tab with a token, or null without one. Credentials in the headers take precedence.
function authorized(headers, token) {
  if (credentialsIn(headers).length > 0) {
    return headers;
  }
  return token ? { ...headers, Authorization: `Bearer ${token}` } : null;
}

// run sends an operation.
export function run({ operationName, ...request }, options = {}, token) {
  const headers = authorized(options.headers, token);
  if (!headers) {
    document.getElementById('token').focus();
    return { errors: [{ message: 'Enter your mStudio API token at the top of the page.' }] };
  }
  const operation = operationOf(request.query, operationName);
  // GraphiQL updates the name of the operation a moment after the text, so an operation that is run right after a change of
  // the tab would have the name of the previous tab's operation.
  const named = operation === null ? request : { operationName, ...request };
  if ((operation ?? operationOf(request.query))?.operation === 'subscription') {
    return createClient({ url, headers }).iterate(named); // as server-sent events, which have headers, unlike a WebSocket
  }
  return send(named, { ...options, headers });
}

// operationOf returns the operation with a name, or the only one. It is null if there is none, and undefined if the text is
// invalid, which the gateway reports.
function operationOf(text, name) {
  try {
    return getOperationAST(parse(text), name);
  } catch {
    return undefined;
  }
}

// estimate returns the mStudio calls that an operation needs, from a dry run: { kind, estimate } or { problem }. It returns
// undefined without a token, or if the schema does not allow the operation.
export async function estimate({ operationName, ...request }, { headers, token, schema, signal }) {
  const sent = authorized(headers, token);
  const operation = operationOf(request.query, operationName) ?? operationOf(request.query);
  if (!sent || !operation || (schema && validate(schema, parse(request.query)).length > 0) || !await isDry(sent, signal)) {
    return undefined;
  }
  const { extensions, errors } = await dryRun({ ...request, operationName: operation.name?.value }, sent, signal);
  return errors ? { problem: errors[0].message } : { kind: operation.operation, estimate: extensions.upstream };
}

// isDry reports whether dry runs arrive as such. If a proxy removed their header, they would run the operation, so the first
// one is an operation without effect.
let dry = false;
async function isDry(headers, signal) {
  dry ||= (await dryRun({ query: '{ __typename }' }, headers, signal)).extensions?.upstream?.dryRun === true;
  return dry;
}

async function dryRun(request, given, signal) {
  const headers = new Headers(given);
  headers.set('Content-Type', 'application/json');
  headers.set('X-Explain', 'dry-run');
  const response = await fetch(url, { method: 'POST', headers, signal, body: JSON.stringify(request) });
  return response.json();
}
