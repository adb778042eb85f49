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
