// The sessions of this server: a random cookie for each user, and the user's token in memory. Several servers need a store that
// they share.
import { randomBytes } from 'node:crypto';

const idleTime = 8 * 60 * 60 * 1000;
const maxSessions = 10_000;
const sessions = new Map(); // the one that was used longest ago is the first

// open starts a session and returns its cookie. Scripts cannot read it, and requests that other sites start do not carry it.
export function open(token, isSecure) {
  const id = randomBytes(32).toString('base64url');
  sessions.set(id, { token, ends: Date.now() + idleTime });
  if (sessions.size > maxSessions) {
    sessions.delete(sessions.keys().next().value);
  }
  return `session=${id}; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}

// close ends the session of a request and returns the cookie that removes its cookie.
export function close(request) {
  sessions.delete(idOf(request));
  return 'session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0';
}

// tokenOf returns the token of the request's session, or undefined. If your tokens expire, get a new one here.
export async function tokenOf(request) {
  const id = idOf(request);
  const session = sessions.get(id);
  sessions.delete(id);
  if (!session || session.ends < Date.now()) {
    return undefined;
  }
  session.ends = Date.now() + idleTime;
  sessions.set(id, session);
  return session.token;
}

const idOf = ({ headers }) => /(?:^|; )session=([\w-]+)/.exec(headers.cookie ?? '')?.[1];
