// A backend for frontend: browsers have a session cookie, and only this server has the users' mStudio tokens.
//
//   GATEWAY  URL of the gateway, by default http://127.0.0.1:8080
//   PORT     port of this server, by default 3000
//   ORIGIN   origin of the page as browsers see it, by default http://127.0.0.1:PORT
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { forward, isSignedIn } from './forward.mjs';
import { close, open, tokenOf } from './sessions.mjs';

const gateway = new URL(process.env.GATEWAY ?? 'http://127.0.0.1:8080');
const port = Number(process.env.PORT ?? 3000);
let origin = process.env.ORIGIN ?? '';

const policy = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'";
const files = { '/': ['index.html', 'text/html'], '/app.js': ['app.js', 'text/javascript'] };

// isOwn reports whether a page of this server has sent the request. A page of another origin can make a browser send the cookie,
// but cannot change these headers.
const isOwn = ({ headers }) =>
  (headers.origin === undefined || headers.origin === origin)
  && (headers['sec-fetch-site'] === undefined || headers['sec-fetch-site'] === 'same-origin');

const answer = (response, status, headers = {}) => response.writeHead(status, headers).end();

// signIn starts a session. Your sign-in takes the place of this form: it knows the user, and where the user's token is stored.
async function signIn(request, response) {
  const token = await textOf(request, 1000);
  if (!token || !(await isSignedIn(gateway, token))) {
    return answer(response, 401);
  }
  return answer(response, 204, { 'Set-Cookie': open(token, origin.startsWith('https:')) });
}

async function textOf(request, maximum) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) {
    text += piece;
    if (text.length > maximum) {
      return undefined;
    }
  }
  return text.trim();
}

async function serve(request, response) {
  const url = new URL(request.url, origin);
  const { pathname } = url;
  const route = `${request.method} ${pathname}`;
  if (request.method === 'GET' && files[pathname]) {
    const [name, type] = files[pathname];
    const content = await readFile(new URL(name, import.meta.url));
    return response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8`, 'Content-Security-Policy': policy }).end(content);
  }
  if (pathname.startsWith('/files/')) { // the link is the permission, and pages may open it in a new tab
    return forward(gateway, url, request, response);
  }
  if (!isOwn(request)) {
    return answer(response, 403);
  }
  if (route === 'POST /session') {
    return signIn(request, response);
  }
  if (route === 'DELETE /session') {
    return answer(response, 204, { 'Set-Cookie': close(request) });
  }
  if (pathname !== '/graphql') {
    return answer(response, 404);
  }
  const token = await tokenOf(request);
  return token ? forward(gateway, url, request, response, token) : answer(response, 401);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    console.error(error.message);
    response.headersSent ? response.destroy() : answer(response, 500);
  });
});
server.requestTimeout = 0; // an upload takes as long as it takes; the gateway has its own limits
server.listen(port, '127.0.0.1', () => {
  const { port: chosen } = /** @type {import('node:net').AddressInfo} */ (server.address());
  origin ||= `http://127.0.0.1:${chosen}`;
  console.log(`Page: ${origin}/`);
});
