// upload sends a form with one file. If token is null, the request has no token.
export async function upload(sandbox, token, file, field = 'file') {
  const body = new FormData();
  body.append(field, file);
  const headers = token === null ? {} : { Token: token };
  return answerOf(await fetch(new URL('/v2/files', sandbox.url), { method: 'POST', headers, body }));
}

// requestUpload requests permission to upload a file.
export async function requestUpload(sandbox, token, conversation) {
  const path = `/v2/conversations/${conversation}/files`;
  return answerOf(await fetch(new URL(path, sandbox.url), { method: 'POST', headers: { 'X-Access-Token': token } }));
}

const answerOf = async (response) => ({ status: response.status, headers: response.headers, body: await response.text() });

// get reads from the REST API directly. If token is null, the request has no token.
export const get = (sandbox, token, path) => send(sandbox, token, 'GET', path);

// send makes a call. A string body is sent unchanged, any other body as JSON.
export async function send(sandbox, token, method, path, body) {
  const headers = token === null ? {} : { 'X-Access-Token': token };
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(new URL(path, sandbox.url), { method, headers, body: text });
  return answerOf(response);
}
