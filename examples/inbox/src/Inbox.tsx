import type { ErrorLike } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { type FormEvent, useDeferredValue, useEffect, useState } from 'react';
import { AboutOptions, objectOf, TopicOptions, useChoices } from './choices.tsx';
import { matches } from './client.ts';
import { Keyboard } from './keyboard.tsx';
import { useLiveList } from './live.ts';
import { type ConversationFilter, InboxDocument, type RowFragment } from './generated.ts';
import { About, isWhole, Problem, Skeleton, Status, Time, valuesOf } from './parts.tsx';

// Filters other than states take one call for every 100 conversations: see docs/filters.md.
const views: Record<string, ConversationFilter> = {
  Open: { states: ['OPEN'] },
  'For me': { states: ['OPEN'], statuses: ['OPEN', 'ANSWERED', 'WAITING'], lastMessageBy: 'EMPLOYEE' }, // as waitingFor: CUSTOMER
  Closed: { states: ['CLOSED'] },
  All: { states: ['OPEN', 'CLOSED'] },
};

export function Inbox({ selected }: { selected: string }) {
  const [shown, show] = useState('Open');
  const [search, setSearch] = useState('');
  const [chosen, choose] = useState<ConversationFilter>({});
  const words = useDeferredValue(search.trim());
  const variables = { filter: { ...views[shown], ...chosen, ...(words && { search: words }) } };
  const { data, previousData, loading, error, fetchMore, refetch } = useQuery(InboxDocument, {
    variables,
    errorPolicy: 'all', // a row shows the parts that it has
    fetchPolicy: 'cache-and-network', // a list that was shown before may be out of date
    nextFetchPolicy: 'cache-first',
    refetchWritePolicy: 'merge', // keeps the other pages
    notifyOnNetworkStatusChange: true,
  });
  useLiveList(variables, !loading || !!data);
  const [failed, setFailed] = useState<ErrorLike>();
  const page = (data ?? previousData)?.conversations;
  const unread = (data ?? previousData)?.viewer?.unreadConversationCount;
  useEffect(() => {
    document.title = unread ? `(${unread}) Support inbox` : 'Support inbox';
  }, [unread]);
  const more = async () => {
    const { data: next, error: problem } = await fetchMore({ variables: { after: page?.pageInfo.endCursor }, errorPolicy: 'all' });
    setFailed(next?.conversations ? undefined : problem);
  };
  const rows = page?.edges.filter(({ node }) => !data || matches(variables.filter, node)) ?? []; // the others have left since the list was loaded
  const left = page ? page.edges.length - rows.length : 0;
  return (
    <nav aria-label="Conversations" aria-busy={loading}>
      <header>
        <h1>Support inbox{!!unread && <span className="count">{unread}<span className="hidden"> unread</span></span>}</h1>
        <Keyboard />
        <a className="button" href="#new" aria-keyshortcuts="n">New ticket</a>
        <input type="search" aria-label="Search" aria-keyshortcuts="/" placeholder="Search" maxLength={500} value={search} onChange={(event) => setSearch(event.target.value)} />
        <div role="group" aria-label="Which conversations" className="choices">
          {Object.keys(views).map((name) => (
            <button key={name} type="button" aria-pressed={name === shown} onClick={() => show(name)}>{name}</button>
          ))}
          <output>{page?.totalCount && page.totalCount - left}</output>
        </div>
        <Filters choose={choose} />
      </header>
      <Problem key={`${!!failed} ${loading}`} error={failed ?? (isWhole(error) ? error : undefined)} again={() => (failed ? more() : refetch())} />
      {!page && loading && <Skeleton />}
      <ul>
        {/* A row with a new message is a new element, so that the others stay where they are and the browser keeps the place. */}
        {rows.map(({ node }) => <Row key={node.id + node.lastMessage?.createdAt} conversation={node} selected={node.id === selected} />)}
      </ul>
      {page && rows.length === 0 && !loading && <p className="empty">Nothing here.</p>}
      {page?.pageInfo.hasNextPage && <button type="button" className="more" disabled={loading} onClick={more}>{loading ? 'Loading …' : 'Load more'}</button>}
    </nav>
  );
}

// Filters loads its choices when it is opened.
function Filters({ choose }: { choose: (filter: ConversationFilter) => void }) {
  const [isOpen, setOpen] = useState(false);
  const choices = useChoices(isOpen);
  const changed = ({ currentTarget }: FormEvent<HTMLFormElement>) => {
    const { topic, about } = valuesOf<'topic' | 'about'>(currentTarget);
    const object = objectOf(about);
    choose({ ...(topic && { categoryIds: [topic] }), ...(object && { relatedTo: [object] }) });
  };
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Filters</summary>
      <form className="filters" onChange={changed}>
        <select name="topic" aria-label="Topic"><TopicOptions choices={choices} none="Any topic" /></select>
        <select name="about" aria-label="About"><AboutOptions choices={choices} none="About anything" /></select>
      </form>
    </details>
  );
}

function Row({ conversation, selected }: { conversation: RowFragment; selected: boolean }) {
  const { id, shortId, title, lastMessage, lastText, relatedTo, isUnread, ...status } = conversation;
  return (
    <li>
      <a href={`#${id}`} aria-current={selected ? 'page' : undefined} className={isUnread ? 'unread' : undefined}>
        <span className="line">
          {isUnread && <span className="dot"><span className="hidden">Unread: </span></span>}
          <strong>{title || shortId}</strong>
          {lastMessage && <Time at={lastMessage.createdAt} />}
        </span>
        <span className="preview">{lastText && [lastText.createdBy?.name, lastText.contentText || 'Files'].filter(Boolean).join(': ')}</span>
        <span className="line"><Status {...status} /><About object={relatedTo} /></span>
      </a>
    </li>
  );
}
