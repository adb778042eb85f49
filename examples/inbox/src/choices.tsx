import { skipToken, useQuery } from '@apollo/client/react';
import { ChoicesDocument, type ChoicesQuery, type ReferenceType, type RelatedToInput } from './generated.ts';

// useChoices loads topics, projects and customers once they are needed.
export const useChoices = (isNeeded = true) => useQuery(ChoicesDocument, isNeeded ? { errorPolicy: 'all' } : skipToken).data;

// objectOf returns the object that a value of AboutOptions stands for, or null.
export function objectOf(value: string): RelatedToInput | null {
  const [type, id] = value.split(' ');
  return id ? { type: type as ReferenceType, id } : null;
}

type Props = { choices: ChoicesQuery | undefined; none: string };

export const TopicOptions = ({ choices, none }: Props) => (
  <>
    <option value="">{none}</option>
    {choices?.conversationCategories?.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
  </>
);

export const AboutOptions = ({ choices, none }: Props) => (
  <>
    <option value="">{none}</option>
    <Group label="Projects" type="PROJECT" of={choices?.projects} />
    <Group label="Customers" type="CUSTOMER" of={choices?.customers} />
  </>
);

type GroupProps = {
  label: string;
  type: ReferenceType;
  of: { totalCount: number | null; nodes: { id: string; name?: string | null; description?: string | null }[] } | null | undefined;
};

const Group = ({ label, type, of }: GroupProps) => of && of.nodes.length > 0 && (
  <optgroup label={label}>
    {of.nodes.map(({ id, name, description }) => <option key={id} value={`${type} ${id}`}>{name ?? description ?? id}</option>)}
    {of.totalCount !== null && of.totalCount > of.nodes.length && <option disabled>and {of.totalCount - of.nodes.length} more</option>}
  </optgroup>
);
