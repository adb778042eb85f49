import { buildSchema, getDirectiveValues, isInterfaceType, isObjectType } from 'graphql';

// schemaWithCosts returns the schema of a text. The description of each field that costs mStudio calls begins with them, because
// GraphiQL shows descriptions in the documentation, in completion and on hover, and directives only on the page of a field.
export function schemaWithCosts(text) {
  const schema = buildSchema(text, { assumeValid: true });
  const [cost, scan] = ['cost', 'scan'].map((name) => schema.getDirective(name));
  for (const type of Object.values(schema.getTypeMap())) {
    for (const field of isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []) {
      const { astNode } = field; // absent from the types of introspection
      const parts = [
        cost && astNode && ownCalls(getDirectiveValues(cost, astNode)),
        scan && astNode && listCalls(getDirectiveValues(scan, astNode)),
      ].filter((part) => part);
      if (parts.length > 0) {
        field.description = `**${parts.join('; ')}.** ${field.description ?? ''}`;
      }
    }
  }
  return schema;
}

const count = (calls) => (calls === 1 ? '1 call' : `${calls} calls`);

// ownCalls describes @cost.
function ownCalls(cost) {
  if (!cost) {
    return '';
  }
  const parts = [
    cost.weight > 0 && (cost.typical < cost.weight ? `up to ${count(cost.weight)}` : count(cost.weight)),
    cost.perItem > 0 && `${count(cost.perItem)} per item`,
    cost.perType > 0 && `${count(cost.perType)} per item and type`,
  ].filter((part) => part);
  const once = cost.once ? ' per operation' : cost.shared ? ' per object' : '';
  const sharing = cost.sharing ? `, shared with \`${cost.sharing}\`` : '';
  return parts.join(' and ') + once + sharing;
}

// listCalls describes the first @scan, which is about the list of the field. The others are about short IDs.
function listCalls(scan) {
  if (!scan) {
    return '';
  }
  const condition = scan.neededBy?.length ? ' with some arguments' : ' per operation';
  return `about ${count(scan.typical ?? scan.calls)}${condition}`;
}
