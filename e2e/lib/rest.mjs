// get reads from the REST API with nothing in between. A token of null sends none.
export async function get(sandbox, token, path) {
  const headers = token === null ? {} : { 'X-Access-Token': token };
  const response = await fetch(new URL(path, sandbox.url), { headers });
  return { status: response.status, headers: response.headers, body: await response.text() };
}
