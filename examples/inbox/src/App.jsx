import { useSyncExternalStore } from 'react';
import { Inbox } from './Inbox.jsx';
import { NewTicket } from './NewTicket.jsx';
import { Ticket } from './Ticket.jsx';

// The URL's fragment is the ID of the open conversation, or #new.
const subscribe = (changed) => {
  addEventListener('hashchange', changed);
  return () => removeEventListener('hashchange', changed);
};

export function App() {
  const id = useSyncExternalStore(subscribe, () => location.hash.slice(1));
  return (
    <div className={id ? 'app with-ticket' : 'app'}>
      <Inbox selected={id} />
      <main>{id === 'new' ? <NewTicket /> : id ? <Ticket key={id} id={id} /> : <p className="empty">Choose a conversation.</p>}</main>
    </div>
  );
}
