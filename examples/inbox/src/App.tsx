import { useSyncExternalStore } from 'react';
import { Inbox } from './Inbox.tsx';
import { NewTicket } from './NewTicket.tsx';
import { Ticket } from './Ticket.tsx';

// The URL's fragment is the ID of the open conversation, or #new.
const subscribe = (changed: () => void) => {
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
