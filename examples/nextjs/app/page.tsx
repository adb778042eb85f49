import { CombinedGraphQLErrors, type NormalizedCacheObject } from '@apollo/client';
import { createClient } from '../lib/gateway.ts';
import { Inbox } from '../lib/operations.ts';
import { sessionToken } from '../lib/session.ts';
import { signIn, signOut } from './actions.ts';
import { Cache, Tickets } from './tickets.tsx';

export default async function Page() {
  const token = await sessionToken();
  if (!token) {
    return <SignIn />;
  }
  const client = await createClient(token);
  const { error } = await client.query({ query: Inbox, errorPolicy: 'all' });
  if (CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED')) {
    return <SignIn />; // the token was deleted
  }
  return (
    <main>
      <form action={signOut}><button>Sign out</button></form>
      <Cache state={structuredClone(client.extract() as NormalizedCacheObject)}><Tickets /></Cache>
    </main>
  );
}

const SignIn = () => (
  <form action={signIn}>
    <h1>Tickets</h1>
    <label>mStudio API token <input name="token" type="password" required maxLength={1000} autoComplete="off" /></label>
    <button>Sign in</button>
  </form>
);
