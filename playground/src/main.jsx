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

// Settings from the server: { endpoint, schema, headers, tabs: [{ query, variables }] }
const settings = JSON.parse(document.getElementById('settings').textContent);
const fetcher = createGraphiQLFetcher({ url: new URL(settings.endpoint, location.href).href });

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
