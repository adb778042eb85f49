import 'server-only';
import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { newestEvent } from './session.ts';

export const endpoint = new URL('/graphql', process.env.GATEWAY ?? 'http://127.0.0.1:8080').href;

// requestHeaders returns the headers of a user's requests to the gateway.
export async function requestHeaders(token: string): Promise<Record<string, string>> {
  const event = await newestEvent();
  return { Authorization: `Bearer ${token}`, ...(event && { 'X-If-Event-Reached': event }) };
}

// createClient returns a client for one rendering. A cache that several renderings share would show one user the tickets of another.
export async function createClient(token: string) {
  const link = new HttpLink({ uri: endpoint, headers: await requestHeaders(token), fetchOptions: { cache: 'no-store' } });
  return new ApolloClient({ ssrMode: true, link, cache: new InMemoryCache() });
}
