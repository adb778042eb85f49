import { GraphiQL } from 'graphiql';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { buildSchema } from 'graphql';
import { createRoot } from 'react-dom/client';
import 'graphiql/style.css';
import './style.css';

globalThis.MonacoEnvironment = {
  getWorker(_id, label) {
    const name = label === 'graphql' || label === 'json' ? label : 'editor';
    return new Worker(new URL(`./${name}.worker.js`, import.meta.url), { type: 'module' });
  },
};

// What the server says about this page: { endpoint, schema, headers, tabs: [{ query, variables }] }
const settings = JSON.parse(document.getElementById('settings').textContent);
const fetcher = createGraphiQLFetcher({ url: new URL(settings.endpoint, location.href).href });

// The schema is asked for as text, which needs no token. Without it, GraphiQL asks for it by introspection.
async function loadSchema() {
  const response = await fetch(settings.schema);
  return response.ok ? buildSchema(await response.text(), { assumeValid: true }) : undefined;
}

const schema = settings.schema ? await loadSchema() : undefined;

// History is left out because it keeps headers, whatever it is told, and headers hold tokens.
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
