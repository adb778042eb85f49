import { useQuery } from '@apollo/client/react';
import { useDeferredValue, useState } from 'react';
import { INBOX } from './operations.js';
import { Problem, Status, Time } from './parts.jsx';

const states = { Open: ['OPEN'], Closed: ['CLOSED'], All: [] };

export function Inbox({ selected }) {
  const [shown, show] = useState('Open');
  const [search, setSearch] = useState('');
  const words = useDeferredValue(search.trim());
  const { data, previousData, loading, error, fetchMore } = useQuery(INBOX, {
    variables: { filter: { state: states[shown], ...(words && { search: words }) } },
    notifyOnNetworkStatusChange: true,
  });
  const page = (data ?? previousData)?.conversations;
  return (
    <nav aria-label="Conversations" aria-busy={loading}>
      <header>
        <h1>Support inbox</h1>
        <input type="search" aria-label="Search" placeholder="Search" maxLength={500} value={search} onChange={(event) => setSearch(event.target.value)} />
        <div role="group" aria-label="Which conversations" className="choices">
          {Object.keys(states).map((name) => (
            <button key={name} type="button" aria-pressed={name === shown} onClick={() => show(name)}>{name}</button>
          ))}
          <output>{page?.totalCount ?? ''}</output>
        </div>
      </header>
      <Problem error={error} />
      <ul>
        {page?.edges.map(({ node }) => <Row key={node.id} conversation={node} selected={node.id === selected} />)}
      </ul>
      {page?.edges.length === 0 && !loading && <p className="empty">Nothing here.</p>}
      {page?.pageInfo.hasNextPage && (
        <button type="button" className="more" disabled={loading} onClick={() => fetchMore({ variables: { after: page.pageInfo.endCursor } })}>
          {loading ? 'Loading …' : 'Load more'}
        </button>
      )}
    </nav>
  );
}

function Row({ conversation: { id, shortId, title, lastMessage, ...status }, selected }) {
  return (
    <li>
      <a href={`#${id}`} aria-current={selected ? 'page' : undefined}>
        <strong>{title || shortId}</strong>
        <span className="line">
          <Status {...status} />
          <span className="who">{lastMessage?.createdBy?.name}</span>
          {lastMessage && <Time at={lastMessage.createdAt} />}
        </span>
      </a>
    </li>
  );
}
