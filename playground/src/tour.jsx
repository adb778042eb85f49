import { useState } from 'react';

// Each step marks a place of the page, by the rules for data-step in style.css.
const steps = [
  { place: 'query', title: 'A query lists the fields that you want',
    text: 'The response has the same shape as the query, with one request for everything. Each tab contains an example of everyday work.' },
  { place: 'token', title: 'A token says who asks',
    text: 'Every request needs an mStudio API token. Enter it once for all tabs. The page keeps it in memory, and forgets it on reload.' },
  { place: 'run', title: 'Press ▶ or Ctrl-Enter to run the query',
    text: 'The response appears beside the query, or below it on a phone. “data” has the fields, and “errors” names those that failed.' },
  { place: 'query', title: 'Change the query',
    text: 'Add a line within the braces and press Ctrl-Space to see which fields there are. A red line marks what the API does not have.' },
  { place: 'variables', title: 'Variables hold what changes',
    text: 'An ID, a text or a filter belongs in the variables below the query, as JSON. The query names them with $, as in the tab “Ticket”.' },
  { place: 'docs', title: 'The book explains every field',
    text: 'Each field has its type, its description, and the mStudio calls that it costs. Start at “Query” to read, and at “Mutation” to write.' },
  { place: 'cost', title: 'See the cost before you run',
    text: 'This line shows how many mStudio calls the operation makes. “Copy link” copies the operation for colleagues, without your token.' },
];

const storageKey = 'mstudio-graphql:tour';

// isSeen reports whether the user has closed the tour in this browser.
export const isSeen = () => localStorage.getItem(storageKey) !== null;

// Tour explains the page in steps. It is part of the page instead of a dialog, so that the user can try each step.
export function Tour({ focus, onClose }) {
  const [index, goTo] = useState(0);
  const { place, title, text } = steps[index];
  const isLast = index === steps.length - 1;
  const close = () => {
    localStorage.setItem(storageKey, 'seen');
    onClose();
  };
  return (
    <section className="tour" data-step={place} aria-label="Tour" onKeyDown={({ key }) => key === 'Escape' && close()}>
      <div aria-live="polite">
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      <nav aria-label="Steps of the tour">
        <span>{index + 1} of {steps.length}</span>
        <button type="button" disabled={index === 0} onClick={() => goTo(index - 1)}>Back</button>
        <button type="button" className="primary" autoFocus={focus} onClick={() => (isLast ? close() : goTo(index + 1))}>{isLast ? 'Done' : 'Next'}</button>
        <button type="button" onClick={close} aria-label="Close the tour">✕</button>
      </nav>
    </section>
  );
}
