import { GraphiQL } from 'graphiql';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './style.css';

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = label === 'graphql' || label === 'json' ? label : 'editor';
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { type: 'module' });
  },
};

// Settings from the server: { endpoint, schema, headers, tabs: [{ query, variables }] }
const settings = JSON.parse(document.getElementById('settings').textContent);
const send = createGraphiQLFetcher({ url: new URL(settings.endpoint, location.href).href });

// GraphiQL updates the name of the operation a moment after the text, so an operation that is run right after a change of
// the tab would have the name of the previous tab's operation.
function fetcher({ operationName, ...request }, options) {
  return send(hasOperation(request.query, operationName) ? { operationName, ...request } : request, options);
}

function hasOperation(text, name) {
  try {
    return getOperationAST(parse(text), name) !== null;
  } catch {
    return true; // the gateway reports the syntax error
  }
}

// The schema text needs no token if introspection is open. Without it, GraphiQL introspects the endpoint.
async function loadSchema() {
  const response = await fetch(settings.schema);
  return response.ok ? buildSchema(await response.text(), { assumeValid: true }) : undefined;
}

const schema = settings.schema ? await loadSchema() : undefined;

// The history plugin is disabled because it stores headers regardless of its settings, and headers contain tokens.
createRoot(document.getElementById('graphiql')).render(
  <GraphiQL
    fetcher={fetcher}
    schema={schema}
    plugins={[]}
    shouldPersistHeaders={false}
    defaultHeaders={settings.headers}
    defaultTabs={settings.tabs}
    defaultEditorToolsVisibility="headers"
    inputValueDeprecation
    schemaDescription
  >
    <GraphiQL.Logo>mstudio-graphql</GraphiQL.Logo>
  </GraphiQL>,
);
