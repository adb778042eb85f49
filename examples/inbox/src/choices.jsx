import { skipToken, useQuery } from '@apollo/client/react';
import { CHOICES } from './operations.js';

// useChoices loads topics, projects and customers once they are needed.
export const useChoices = (isNeeded = true) => useQuery(CHOICES, isNeeded ? { errorPolicy: 'all' } : skipToken).data;

// objectOf returns the object that a value of AboutOptions stands for, or null.
export function objectOf(value) {
  const [type, id] = value.split(' ');
  return id ? { type, id } : null;
}

export const TopicOptions = ({ choices, none }) => (
  <>
    <option value="">{none}</option>
    {choices?.conversationCategories?.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
  </>
);

export const AboutOptions = ({ choices, none }) => (
  <>
    <option value="">{none}</option>
    <Group label="Projects" type="PROJECT" of={choices?.projects} />
    <Group label="Customers" type="CUSTOMER" of={choices?.customers} />
  </>
);

const Group = ({ label, type, of }) => of?.nodes.length > 0 && (
  <optgroup label={label}>
    {of.nodes.map(({ id, name, description }) => <option key={id} value={`${type} ${id}`}>{name ?? description ?? id}</option>)}
    {of.totalCount > of.nodes.length && <option disabled>and {of.totalCount - of.nodes.length} more</option>}
  </optgroup>
);
