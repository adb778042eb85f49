import { GraphiQL } from 'graphiql';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { createClient } from 'graphql-sse';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './style.css';

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = label === 'graphql' || label === 'json' ? label : 'editor';
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { type: 'module' });
  },
};

// Settings from the server: { schema: "on" | "authenticated" | "off", token, tabs: [{ query, variables }] }
const settings = JSON.parse(document.getElementById('settings').textContent);
const url = new URL('graphql', location.href).href;
const send = createGraphiQLFetcher({ url });

function Page() {
  const [entered, enter] = useState(settings.token ?? '');
  const token = entered.trim().replace(/^bearer\s+/i, '');
  const { schema, problem } = useSchema(token);
  return (
    <>
      <TokenBar value={entered} onChange={enter} problem={problem} />
      <GraphiQL
        fetcher={(request, options) => run(request, options, token)}
        schema={schema}
        plugins={[] /* the history plugin stores headers regardless of its settings */}
        shouldPersistHeaders={false}
        defaultHeaders={'{\n  "X-Explain": "true"\n}'}
        defaultTabs={settings.tabs}
        defaultEditorToolsVisibility="variables"
      />
    </>
  );
}

// TokenBar holds the token for all tabs, in memory only. The field is not a password field, because browsers offer to save those.
function TokenBar({ value, onChange, problem }) {
  const hint = value ? 'Used in all tabs, and forgotten on reload.' : 'Create one in mStudio, in your user settings under API tokens.';
  return (
    <header>
      <a href="./">mstudio-graphql</a>
      <label htmlFor="token">mStudio API token</label>
      <input id="token" value={value} onChange={({ target }) => onChange(target.value)} placeholder="Enter your token to start"
        autoFocus={!value} autoComplete="off" autoCapitalize="off" spellCheck={false} aria-describedby="hint" />
      <p id="hint" role="status" className={problem && 'problem'}>{problem ?? hint}</p>
    </header>
  );
}

// useSchema loads the schema for documentation and completion, and again when the token changes. An earlier schema stays,
// because the schema is the same for all callers.
function useSchema(token) {
  const [state, setState] = useState({ schema: null });
  const credential = settings.schema === 'authenticated' ? token : '';
  const readable = settings.schema === 'on' || credential !== '';
  useEffect(() => {
    let outdated = false;
    const timer = setTimeout(async () => {
      const loaded = readable ? await loadSchema(credential) : {};
      if (!outdated) {
        setState(({ schema }) => ({ schema, ...loaded }));
      }
    }, state.schema ? 300 : 0); // while the user types
    return () => {
      outdated = true;
      clearTimeout(timer);
    };
  }, [readable, credential]);
  return state;
}

async function loadSchema(token) {
  try {
    const response = await fetch('schema.graphql', token && { headers: { Authorization: `Bearer ${token}` } });
    if (response.ok) {
      return { schema: buildSchema(await response.text(), { assumeValid: true }) };
    }
    return { problem: response.status === 401 ? 'mStudio rejects this token.' : 'The documentation cannot be loaded.' };
  } catch {
    return { problem: 'The documentation cannot be loaded.' };
  }
}

// run sends an operation. Credentials in the tab's headers take precedence over the token.
function run({ operationName, ...request }, { headers = {}, ...options } = {}, token) {
  if (!Object.keys(headers).some((name) => /^(authorization|x-access-token)$/i.test(name))) {
    if (!token) {
      document.getElementById('token').focus();
      return { errors: [{ message: 'Enter your mStudio API token at the top of the page.' }] };
    }
    headers = { ...headers, Authorization: `Bearer ${token}` };
  }
  const operation = operationOf(request.query, operationName);
  // GraphiQL updates the name of the operation a moment after the text, so an operation that is run right after a change of
  // the tab would have the name of the previous tab's operation.
  const named = operation === null ? request : { operationName, ...request };
  if ((operation ?? operationOf(request.query))?.operation === 'subscription') {
    return createClient({ url, headers }).iterate(named); // as server-sent events, which have headers, unlike a WebSocket
  }
  return send(named, { ...options, headers });
}

// operationOf returns the operation with a name, or the only one. It is null if there is none, and undefined if the text is
// invalid, which the gateway reports.
function operationOf(text, name) {
  try {
    return getOperationAST(parse(text), name);
  } catch {
    return undefined;
  }
}

createRoot(document.getElementById('root')).render(<Page />);
