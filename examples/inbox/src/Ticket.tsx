import { useMutation, useQuery } from '@apollo/client/react';
import { Fragment, useEffect, useLayoutEffect, useRef } from 'react';
import { useLiveTicket } from './live.ts';
import { SetStatusDocument, TicketDocument } from './generated.ts';
import { Message } from './Message.tsx';
import { About, Problem, Skeleton, Status, Time } from './parts.tsx';
import { Reply } from './Reply.tsx';
import { useMarkRead } from './unread.ts';

export function Ticket({ id }: { id: string }) {
  const { data, loading, error, fetchMore, refetch } = useQuery(TicketDocument, { variables: { id }, errorPolicy: 'all', refetchWritePolicy: 'merge' });
  const ticket = data?.conversation;
  const newest = ticket?.messages?.edges.at(-1)?.node;
  const end = useEndInView(newest?.id);
  useMarkRead(ticket);
  const { firstNew, isLive } = useLiveTicket(id, refetch);
  const changedAt = ticket?.lastMessage?.createdAt;
  useEffect(() => {
    if (!isLive && newest && changedAt && changedAt > newest.createdAt) {
      refetch(); // the list has learnt of a newer message
    }
  }, [changedAt]);
  if (!ticket) {
    return <><a className="back" href="#">← Inbox</a><Problem key={String(loading)} error={error} again={() => refetch()} />{loading ? <Skeleton /> : !error && <p className="empty">This conversation does not exist.</p>}</>;
  }
  const { messages, category, members } = ticket;
  return (
    <article aria-labelledby="title">
      <header>
        <a className="back" href="#" aria-keyshortcuts="u">← Inbox</a>
        <h2 id="title">{ticket.title || ticket.shortId}</h2>
        <Close id={id} isClosed={ticket.isClosed} />
        <p className="line">
          <Status {...ticket} />
          <About object={ticket.relatedTo} />
          {ticket.closedAt && <span>{ticket.closedBy ? `by ${ticket.closedBy.name}, ` : ''}<Time at={ticket.closedAt} /></span>}
          <span className="who">{[ticket.shortId, ticket.reopenedCount && `opened again ${ticket.reopenedCount}×`, category?.name, members ? members.map(({ user }) => user.name).join(', ') : 'members cannot be shown'].filter(Boolean).join(' · ')}</span>
        </p>
      </header>
      {!messages && <Problem key={String(loading)} error={error} again={() => refetch()} />}
      {messages?.pageInfo.hasPreviousPage && (
        <button type="button" className="more" onClick={() => fetchMore({ variables: { before: messages.pageInfo.startCursor }, errorPolicy: 'all' })}>Earlier messages</button>
      )}
      <ol aria-label="History" aria-live="polite">
        {messages?.edges.map(({ node }) => (
          <Fragment key={node.id}>
            {node.id === firstNew && <li className="note new">New</li>}
            <Message message={node} conversation={id} />
          </Fragment>
        ))}
      </ol>
      <Reply id={id} isClosed={ticket.isClosed} />
      <div className="end" ref={end} />
    </article>
  );
}

// useEndInView scrolls to the newest message, and again when a newer one arrives, unless the user reads earlier ones.
function useEndInView(newest: string | undefined) {
  const end = useRef<HTMLDivElement>(null);
  const isInView = useRef(true);
  useLayoutEffect(() => {
    if (isInView.current) {
      end.current?.scrollIntoView({ block: 'end' });
    }
  }, [newest]);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => { isInView.current = entry!.isIntersecting; });
    if (end.current) {
      observer.observe(end.current);
    }
    return () => observer.disconnect();
  }, [newest !== undefined]);
  return end;
}

function Close({ id, isClosed }: { id: string; isClosed: boolean }) {
  const status = isClosed ? 'OPEN' : 'CLOSED';
  const [setStatus, { loading, error, data }] = useMutation(SetStatusDocument, {
    variables: { id, status },
    errorPolicy: 'all', // Problem shows the errors
    refetchQueries: ({ data: changed }) => (changed?.setConversationStatus ? [] : ['Ticket']), // it may have changed
  });
  return (
    <>
      <button type="button" aria-keyshortcuts="e" disabled={loading} onClick={() => setStatus()}>{isClosed ? 'Open again' : 'Close'}</button>
      <Problem isWrite error={error} userErrors={data?.setConversationStatus?.userErrors} />
    </>
  );
}
