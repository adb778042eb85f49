// Fetches the members of each union and interface from the gateway, for the cache. Run it when the schema changes.
import { writeFile } from 'node:fs/promises';

const response = await fetch(`${process.env.GATEWAY ?? 'http://127.0.0.1:8080'}/graphql`, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${process.env.TOKEN ?? 'sandbox-agency'}` },
  body: JSON.stringify({ query: '{ __schema { types { name possibleTypes { name } } } }' }),
});
const { data } = await response.json();
const types = data.__schema.types.filter(({ possibleTypes }) => possibleTypes?.length > 0);
const possibleTypes = Object.fromEntries(types.map(({ name, possibleTypes: members }) => [name, members.map((member) => member.name)]));
await writeFile(process.argv[2] ?? 'src/possible-types.json', `${JSON.stringify(possibleTypes, null, 2)}\n`);
