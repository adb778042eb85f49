import { useMutation, useQuery } from '@apollo/client/react';
import { useLayoutEffect, useRef } from 'react';
import { SET_STATUS, TICKET } from './operations.js';
import { Message } from './Message.jsx';
import { Problem, Status } from './parts.jsx';
import { Reply } from './Reply.jsx';

export function Ticket({ id }) {
  const { data, loading, error, fetchMore } = useQuery(TICKET, { variables: { id }, errorPolicy: 'all' });
  const ticket = data?.conversation;
  const end = useEndInView(ticket?.messages?.edges.at(-1)?.node.id);
  if (!ticket) {
    return <><Problem error={error} /><p className="empty">{loading ? 'Loading …' : error ? '' : 'This conversation does not exist.'}</p></>;
  }
  const { messages } = ticket;
  return (
    <article aria-labelledby="title">
      <header>
        <a className="back" href="#">← Inbox</a>
        <h2 id="title">{ticket.title}</h2>
        <p className="line">
          <Status {...ticket} />
          <span>{[ticket.shortId, ticket.category?.name, ticket.members?.map(({ name }) => name).join(', ')].filter(Boolean).join(' · ')}</span>
          <Close id={id} isClosed={ticket.isClosed} />
        </p>
      </header>
      <Problem error={error} />
      {messages?.pageInfo.hasPreviousPage && (
        <button type="button" className="more" onClick={() => fetchMore({ variables: { before: messages.pageInfo.startCursor } })}>Earlier messages</button>
      )}
      <ol aria-label="History" aria-live="polite">
        {messages?.edges.map(({ node }) => <Message key={node.id} message={node} />)}
      </ol>
      <Reply id={id} isClosed={ticket.isClosed} />
      <div className="end" ref={end} />
    </article>
  );
}

// useEndInView scrolls to the newest message, and again when a newer one arrives.
function useEndInView(newest) {
  const end = useRef(null);
  useLayoutEffect(() => {
    end.current?.scrollIntoView({ block: 'end' });
  }, [newest]);
  return end;
}

function Close({ id, isClosed }) {
  const status = isClosed ? 'OPEN' : 'CLOSED';
  const [setStatus, { loading, error, data }] = useMutation(SET_STATUS, {
    variables: { id, status },
    errorPolicy: 'all', // Problem shows the errors
    refetchQueries: ['Inbox', 'Ticket'], // lists that may gain or lose the ticket, and its history
    optimisticResponse: {
      setConversationStatus: {
        __typename: 'SetConversationStatusPayload',
        conversation: { __typename: 'Conversation', id, status, rawStatus: status.toLowerCase(), isClosed: !isClosed },
        userErrors: [],
      },
    },
  });
  return (
    <>
      <button type="button" disabled={loading} onClick={() => setStatus()}>{isClosed ? 'Open again' : 'Close'}</button>
      <Problem isWrite error={error} userErrors={data?.setConversationStatus?.userErrors} />
    </>
  );
}
