const today = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const other = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'short' });

export function Time({ at }) {
  const date = new Date(at);
  const format = date.toDateString() === new Date().toDateString() ? today : other;
  return <time dateTime={at} title={full.format(date)}>{format.format(date)}</time>;
}

// mStudio's own UI does not distinguish OPEN from ANSWERED. A status newer than the gateway is shown by its raw value.
const names = { OPEN: 'Open', ANSWERED: 'Open', IN_PROGRESS: 'In progress', WAITING: 'Waiting', CLOSED: 'Closed' };

export const Status = ({ status, rawStatus }) => <span className={`status ${status.toLowerCase()}`}>{names[status] ?? rawStatus}</span>;

// Texts for users by error code. The errors' own messages are for developers.
const sentences = {
  UNAUTHENTICATED: 'Your session has ended. Please sign in again.',
  FORBIDDEN: 'You may not see this.',
  RATE_LIMITED: 'Too many requests. Please wait a moment.',
};

// Texts for failed mutations that may have taken effect. A retry could repeat the change.
const outcomes = {
  done: 'Done, but the result cannot be shown yet. Please do not try again.',
  unknown: 'It is unknown whether the change was made. Please check before you try again.',
};

export function Problem({ error, userErrors = [], isWrite = false }) {
  const texts = userErrors.map(({ message }) => message);
  if (error) {
    const { code, outcome } = error.errors?.[0]?.extensions ?? { outcome: isWrite && 'unknown' }; // no response
    texts.push(outcomes[outcome] ?? sentences[code] ?? 'Something went wrong. Please try again.');
  }
  return texts.length > 0 && <p role="alert" className="problem">{texts.join(' ')}</p>;
}
