import { CombinedGraphQLErrors, type ErrorLike } from '@apollo/client';
import { useEffect, useRef, useState } from 'react';
import type { ActivityFragment, ConversationStatus, RowFragment } from './generated.ts';

const time: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
const today = new Intl.DateTimeFormat('en-GB', time);
const thisYear = new Intl.DateTimeFormat('en-GB', { ...day, ...time });
const other = new Intl.DateTimeFormat('en-GB', { ...day, year: 'numeric', ...time });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' });

export function Time({ at }: { at: string }) {
  const date = new Date(at);
  const now = new Date();
  const format = date.toDateString() === now.toDateString() ? today : date.getFullYear() === now.getFullYear() ? thisYear : other;
  return <time dateTime={at} title={full.format(date)}>{format.format(date)}</time>;
}

// mStudio's own UI does not distinguish OPEN from ANSWERED. A status newer than the gateway is shown by its raw value.
const names: Partial<Record<ConversationStatus, string>> = { OPEN: 'Open', ANSWERED: 'Open', IN_PROGRESS: 'In progress', WAITING: 'Waiting', CLOSED: 'Closed' };

export const Status = ({ status, rawStatus, waitingFor }: Pick<ActivityFragment, 'status' | 'rawStatus' | 'waitingFor'>) => (
  <>
    <span className={`status ${status.toLowerCase()}`}>{names[status] ?? rawStatus}</span>
    {waitingFor === 'CUSTOMER' && <span className="status turn">Your turn</span>}
  </>
);

// About names the project or customer that a conversation is about. An object that is hidden from the user, or deleted, is not
// an error: its fields are null, and access says why.
export function About({ object }: { object: RowFragment['relatedTo'] }) {
  if (object?.__typename !== 'Project' && object?.__typename !== 'Customer') {
    return null;
  }
  const why = { FORBIDDEN: 'Hidden', GONE: 'Deleted', VISIBLE: undefined, UNKNOWN: undefined }[object.access ?? 'UNKNOWN'];
  const names = object.__typename === 'Project' ? [object.description, object.customer?.name] : [object.name];
  const text = why ? `${why} ${object.__typename.toLowerCase()}` : names.filter(Boolean).join(' · ');
  return text && <span className="about">{text}</span>;
}

// A paper clip, drawn because emoji need a font.
export const Clip = () => (
  <svg className="clip" viewBox="0 0 16 16" aria-hidden="true"><path d="M13 7.5 7.6 13a3.4 3.4 0 0 1-4.8-4.8l6-6A2.2 2.2 0 0 1 12 5.4L6.4 11a1 1 0 0 1-1.5-1.5L10 4.4" /></svg>
);

export const Skeleton = () => <div className="skeleton" role="status" aria-label="Loading">{Array.from({ length: 8 }, (_, at) => <i key={at} />)}</div>;

// Texts for users by error code. The errors' own messages are for developers.
const sentences: Record<string, string> = {
  UNAUTHENTICATED: 'Your session has ended. Please sign in again.',
  FORBIDDEN: 'You may not see this.',
  RATE_LIMITED: 'Too many requests. Please wait a moment.',
};

// Texts for failed mutations that may have taken effect. A retry could repeat the change.
const outcomes: Record<string, string> = {
  done: 'Done, but the result cannot be shown yet. Please do not try again.',
  unknown: 'It is unknown whether the change was made. Please check before you try again.',
  repeatable: 'It is unknown whether this was sent. Send it again: it will arrive once.',
};

// useKey returns idempotency keys: one for equal parts of a message until it is renewed, so that a message that is sent again
// after an error is written once. Renew it after success, because people may write the same text twice.
export function useKey() {
  const last = useRef<{ parts: unknown[]; key: string }>(undefined);
  return {
    of: (...parts: unknown[]) => {
      const { current } = last;
      const isSame = current?.parts.length === parts.length && parts.every((part, at) => part === current.parts[at]);
      last.current = isSame ? current : { parts, key: crypto.randomUUID() };
      return last.current.key;
    },
    renew: () => { last.current = undefined; },
  };
}

// isWhole reports whether more failed than parts of objects, which the components leave out.
export const isWhole = (error: ErrorLike | undefined) =>
  error && !(CombinedGraphQLErrors.is(error) && error.errors.every(({ path }) => path && path.length > 1));

// The extensions of the gateway's errors that this app uses: see docs/errors.md.
type Details = { code?: string; outcome?: string; retryAfter?: number };

const allDetailsOf = (error: unknown): Details[] => (CombinedGraphQLErrors.is(error) ? error.errors.map(({ extensions }) => extensions ?? {}) : []);

// detailsOf returns the details of the first error, or undefined if there was no response.
export const detailsOf = (error: unknown) => allDetailsOf(error)[0];

export const hasCode = (error: unknown, code: string) => allDetailsOf(error).some((details) => details.code === code);

// valuesOf returns the texts of a form's fields by their names.
export const valuesOf = <Name extends string>(form: HTMLFormElement) => Object.fromEntries(new FormData(form)) as Record<Name, string>;

// Busy counts down to the time when mStudio accepts calls again, and then calls again.
function Busy({ seconds, again }: { seconds: number; again?: () => void }) {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    if (left === 0) {
      again?.();
      return undefined;
    }
    const timer = setTimeout(() => setLeft(left - 1), 1000);
    return () => clearTimeout(timer);
  }, [left]);
  return <p role="status" className="busy">{left > 0 ? `Busy, again in ${left} s.` : !again && 'Please try again.'}</p>;
}

export type UserError = { field?: string[] | null; message: string };

type Props = { error?: ErrorLike; userErrors?: UserError[]; isWrite?: boolean; hasKey?: boolean; again?: () => void };

// Problem shows what went wrong. again repeats a read.
export function Problem({ error, userErrors = [], isWrite = false, hasKey = false, again }: Props) {
  const { code, outcome = '', retryAfter } = detailsOf(error) ?? { outcome: isWrite ? 'unknown' : undefined }; // no response
  if (code === 'RATE_LIMITED' && retryAfter) {
    return <Busy seconds={retryAfter} again={again} />;
  }
  const texts = userErrors.map(({ message }) => message);
  if (error) {
    texts.push(outcomes[outcome === 'unknown' && hasKey ? 'repeatable' : outcome] ?? sentences[code ?? ''] ?? 'Something went wrong. Please try again.');
  }
  return texts.length > 0 && <p role="alert" className="problem">{texts.join(' ')}</p>;
}
