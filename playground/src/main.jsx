import { GraphiQL } from 'graphiql';
import { useEffect, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { schemaWithCosts } from './costs.js';
import { OperationBar } from './operation-bar.jsx';
import { run, withoutScheme } from './request.js';
import { isSeen, Tour } from './tour.jsx';
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

function Page() {
  const [entered, enter] = useState(settings.token ?? '');
  const token = withoutScheme(entered);
  const { schema, problem } = useSchema(token);
  const [tour, setTour] = useState({ isOpen: !isSeen() });
  const closeTour = () => {
    setTour({ isOpen: false });
    document.getElementById(token ? 'tour' : 'token').focus();
  };
  return (
    <>
      <TokenBar value={entered} onChange={enter} problem={problem} onTour={() => setTour({ isOpen: true, isRequested: true })} />
      {tour.isOpen && <Tour focus={tour.isRequested} onClose={closeTour} />}
      <GraphiQL
        fetcher={(request, options) => run(request, options, token)}
        schema={schema}
        plugins={[] /* the history plugin stores headers regardless of its settings */}
        shouldPersistHeaders={false}
        defaultHeaders={'{\n  "X-Explain": "true"\n}'}
        defaultTabs={settings.tabs}
        defaultEditorToolsVisibility="variables"
      >
        <GraphiQL.Footer><OperationBar schema={schema} token={token} /></GraphiQL.Footer>
      </GraphiQL>
    </>
  );
}

// TokenBar holds the token for all tabs, in memory only. The field is not a password field, because browsers offer to save those.
function TokenBar({ value, onChange, problem, onTour }) {
  const hint = value ? 'Used in all tabs, and forgotten on reload.' : 'Create one in mStudio, in your user settings under API tokens.';
  return (
    <header>
      <a href="./">mstudio-graphql</a>
      <label htmlFor="token">mStudio API token</label>
      <input id="token" value={value} onChange={({ target }) => onChange(target.value)} placeholder="Enter your token to start"
        autoFocus={!value} autoComplete="off" autoCapitalize="off" spellCheck={false} aria-describedby="hint" />
      <p id="hint" role="status" className={problem && 'problem'}>{problem ?? hint}</p>
      <button id="tour" type="button" onClick={onTour}>Tour</button>
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
      return { schema: schemaWithCosts(await response.text()) };
    }
    return { problem: response.status === 401 ? 'mStudio rejects this token.' : 'The documentation cannot be loaded.' };
  } catch {
    return { problem: 'The documentation cannot be loaded.' };
  }
}

createRoot(document.getElementById('root')).render(<Page />);
