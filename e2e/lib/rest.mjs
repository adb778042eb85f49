// upload sends a form with one file. A token of null sends none.
export async function upload(sandbox, token, file, field = 'file') {
  const body = new FormData();
  body.append(field, file);
  const headers = token === null ? {} : { Token: token };
  return answerOf(await fetch(new URL('/v2/files', sandbox.url), { method: 'POST', headers, body }));
}

// requestUpload asks for the permission to upload a file.
export async function requestUpload(sandbox, token, conversation) {
  const path = `/v2/conversations/${conversation}/files`;
  return answerOf(await fetch(new URL(path, sandbox.url), { method: 'POST', headers: { 'X-Access-Token': token } }));
}

const answerOf = async (response) => ({ status: response.status, headers: response.headers, body: await response.text() });

// get reads from the REST API with nothing in between. A token of null sends none.
export async function get(sandbox, token, path) {
  const headers = token === null ? {} : { 'X-Access-Token': token };
  const response = await fetch(new URL(path, sandbox.url), { headers });
  return answerOf(response);
}
