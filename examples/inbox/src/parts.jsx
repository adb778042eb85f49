const today = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const other = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' });

export function Time({ at }) {
  const date = new Date(at);
  const format = date.toDateString() === new Date().toDateString() ? today : other;
  return <time dateTime={at} title={full.format(date)}>{format.format(date)}</time>;
}

// mStudio shows OPEN and ANSWERED to people as the same. One that is newer than the gateway has only its raw spelling.
const names = { OPEN: 'Open', ANSWERED: 'Open', IN_PROGRESS: 'In progress', WAITING: 'Waiting', CLOSED: 'Closed' };

export const Status = ({ status, rawStatus }) => <span className={`status ${status.toLowerCase()}`}>{names[status] ?? rawStatus}</span>;

// What to tell a person, by the code. Messages are for developers.
const sentences = {
  UNAUTHENTICATED: 'Your session has ended. Please sign in again.',
  FORBIDDEN: 'You may not see this.',
  RATE_LIMITED: 'That was a lot at once. Please wait a moment.',
};

// What a mutation may have done although it failed: whoever tries again at once may do it twice.
const outcomes = {
  done: 'That was done, but cannot be shown yet. Please do not try again.',
  unknown: 'It is not known whether that was done. Please look before you try again.',
};

export function Problem({ error, userErrors = [], isWrite = false }) {
  const texts = userErrors.map(({ message }) => message);
  if (error) {
    const { code, outcome } = error.errors?.[0]?.extensions ?? { outcome: isWrite && 'unknown' }; // no answer at all
    texts.push(outcomes[outcome] ?? sentences[code] ?? 'Something did not work. Please try again.');
  }
  return texts.length > 0 && <p role="alert" className="problem">{texts.join(' ')}</p>;
}
