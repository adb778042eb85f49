'use server';

import { redirect } from 'next/navigation';
import { createClient } from '../lib/gateway.ts';
import { Inbox } from '../lib/operations.ts';
import { closeSession, openSession } from '../lib/session.ts';

// signIn takes the place of your own sign-in, which knows the user, and where the user's token is stored.
export async function signIn(form: FormData) {
  const token = String(form.get('token')).trim();
  const client = await createClient(token);
  const { data } = await client.query({ query: Inbox, errorPolicy: 'all' });
  if (data?.viewer) {
    await openSession(token);
  }
  redirect('/');
}

export async function signOut() {
  await closeSession();
  redirect('/');
}
