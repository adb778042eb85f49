// Live updates with urql, whose fetchExchange needs no package for them. Graphcache updates rows by their IDs.
import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { headers, url } from './gateway.mjs';

const client = new Client({ url, fetchOptions: { headers }, fetchSubscriptions: true, exchanges: [cacheExchange({ keys: { InboxChange: () => null } }), fetchExchange] });

const row = gql`fragment Row on Conversation { id shortId status lastText { id contentText(maxLength: 60) } }`;
const inbox = gql`query Inbox { conversations(first: 10) { totalCount nodes { ...Row } } } ${row}`;
const changes = gql`subscription Changes($after: String) { inboxChanged(after: $after) { kind cursor conversation { ...Row } } } ${row}`;

let after; // the cursor of the last event
let left = 3; // changes until the program ends

function follow() {
  const subscription = client.subscription(changes, { after }).subscribe(({ data, error, hasNext }) => {
    if (data) {
      handle(data.inboxChanged);
    } else {
      console.error(error?.message);
    }
    if (left === 0 || error?.graphQLErrors.length) {
      setTimeout(subscription.unsubscribe); // not while urql reads the event
    } else if (!hasNext) {
      setTimeout(follow, 1000); // the connection has ended; the cursor brings what happens in between
    }
  });
}

function handle({ kind, cursor, conversation }) {
  if (kind === 'RESYNC' || !after) {
    client.query(inbox, {}, { requestPolicy: 'network-only' }).toPromise();
  }
  after = cursor;
  if (conversation) {
    console.log(kind, conversation.shortId, conversation.status, conversation.lastText?.contentText);
    left -= 1;
  }
}

follow();
