// get reads from the REST API with nothing in between. A token of null sends none.
export const get = (sandbox, token, path) => send(sandbox, token, 'GET', path);

// send makes any call. A body is sent as JSON, text as it is.
export async function send(sandbox, token, method, path, body) {
  const headers = token === null ? {} : { 'X-Access-Token': token };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(new URL(path, sandbox.url), { method, headers, body: text });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
