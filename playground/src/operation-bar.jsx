import { tryParseJSONC, useGraphiQL } from '@graphiql/react';
import { useEffect, useState } from 'react';
import { estimate, tokensOf } from './request.js';
import { copy, linkOf, useLink } from './share.js';

// OperationBar shows what the operation of the tab costs before it runs, and copies a link to it.
export function OperationBar({ schema, token }) {
  const tab = useGraphiQL(({ tabs, activeTabIndex }) => tabs[activeTabIndex]);
  const [notice, report] = useState('');
  const cost = useCost(tab, schema, token);
  useLink(report);
  useEffect(() => {
    const timer = notice && setTimeout(() => report(''), 10_000);
    return () => clearTimeout(timer);
  }, [notice]);
  const share = async () => {
    const { link, problem } = linkOf(tab, tokensOf(readable(tab.headers), token));
    if (link && !await copy(link)) {
      prompt('Copy this link:', link);
      return;
    }
    report(problem ?? 'Copied: a link to the operation with its variables, without headers and token.');
  };
  return (
    <div className="operation-bar">
      <p id="cost" role="status">{notice || cost}</p>
      <button type="button" onClick={share}>Copy link</button>
    </div>
  );
}

// useCost returns a sentence about the mStudio calls of an operation. It is empty while the operation is incomplete.
function useCost({ query, variables, headers, operationName }, schema, token) {
  const [cost, setCost] = useState('');
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const timer = setTimeout(async () => {
      try {
        const request = { query, variables: parsed(variables), operationName };
        const answer = await estimate(request, { headers: parsed(headers), token, schema, signal });
        if (!signal.aborted) {
          setCost(answer ? sentence(answer) : '');
        }
      } catch { // the tab is being edited, or the gateway cannot be reached, which running the operation reports
        if (!signal.aborted) {
          setCost('');
        }
      }
    }, 400); // while the user types
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [query, variables, headers, operationName, schema, token]);
  return cost;
}

// parsed returns the content of an editor for JSON with comments. It throws if the text is incomplete.
const parsed = (text) => tryParseJSONC(text ?? '');

function readable(text) {
  try {
    return parsed(text);
  } catch {
    return undefined;
  }
}

const count = (calls) => (calls === 1 ? '1 mStudio call' : `${calls} mStudio calls`);

function sentence({ kind, estimate: cost, problem }) {
  if (problem) {
    return problem;
  }
  const { minimum, typical, maximum, costliest, hints = [] } = cost;
  const subject = kind === 'subscription' ? 'An event' : `This ${kind}`;
  if (maximum === 0) {
    return `${subject} makes no mStudio call.`;
  }
  if (minimum === maximum) {
    return `${subject} makes ${count(maximum)}.`;
  }
  return [
    `${subject} typically makes ${count(typical)}, at least ${minimum} and at most ${maximum}, most of them for ${costliest}.`,
    ...hints.map((hint) => `Hint: ${hint}.`),
  ].join(' ');
}
