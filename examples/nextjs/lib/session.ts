// The session of a browser: a cookie with the user's mStudio token, encrypted with a key that only the servers have.
import 'server-only';
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { cookies } from 'next/headers';

// The origin of the page as browsers see it.
const origin = process.env.ORIGIN ?? 'http://127.0.0.1:3000';

const lifetime = 8 * 60 * 60; // in seconds
const attributes = { httpOnly: true, sameSite: 'strict', secure: origin.startsWith('https:') } as const;

function key() {
  const text = process.env.SESSION_KEY ?? '';
  if (text.length < 32) {
    throw new Error('SESSION_KEY must have at least 32 characters');
  }
  return createHash('sha256').update(text).digest();
}

function seal(text: string) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key(), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

// unseal throws if the text was not sealed with the key.
function unseal(sealed: string) {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key(), bytes.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
}

export async function openSession(token: string) {
  const content = JSON.stringify({ token, ends: Date.now() + lifetime * 1000 });
  (await cookies()).set('session', seal(content), { ...attributes, maxAge: lifetime });
}

export async function closeSession() {
  const jar = await cookies();
  jar.delete('session');
  jar.delete('event');
}

// sessionToken returns the user's token, or undefined if nobody is signed in.
export async function sessionToken(): Promise<string | undefined> {
  const sealed = (await cookies()).get('session')?.value;
  if (!sealed) {
    return undefined;
  }
  try {
    const { token, ends } = JSON.parse(unseal(sealed));
    return ends > Date.now() ? token : undefined;
  } catch {
    return undefined; // the key has changed
  }
}

// The event of the user's newest change. mStudio shows a change with a delay, so the next request and the next rendering wait
// for it.
export const newestEvent = async () => (await cookies()).get('event')?.value;

export async function rememberEvent(event: string) {
  (await cookies()).set('event', event, { ...attributes, maxAge: 60 });
}

// isOwn reports whether a page of this server has sent the request. A page of another origin can make a browser send the cookie,
// but cannot change these headers. Next.js checks the origin of server actions itself.
export const isOwn = (headers: Headers) =>
  [null, origin].includes(headers.get('origin')) && [null, 'same-origin'].includes(headers.get('sec-fetch-site'));
