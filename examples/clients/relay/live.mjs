// Live updates with Relay, through the adapter of Apollo Client. The store updates rows by their IDs.
import { createFetchMultipartSubscription } from '@apollo/client/utilities/subscriptions/relay';
import relay from 'relay-runtime';
import { headers, url } from '../gateway.mjs';
import changes from './__generated__/changesSubscription.graphql.js';

const environment = new relay.Environment({
  store: new relay.Store(new relay.RecordSource()),
  network: relay.Network.create(() => { throw new Error('main.mjs shows queries'); }, createFetchMultipartSubscription(url, { headers })),
});

let after; // the cursor of the last event
let left = 3; // changes until the program ends

function follow() {
  const again = () => setTimeout(follow, 1000); // the connection has ended; the cursor brings what happens in between
  const subscription = relay.requestSubscription(environment, {
    subscription: changes,
    variables: { after },
    onNext({ inboxChanged: { kind, cursor, conversation } }) {
      console.log(kind, conversation?.shortId ?? '', conversation?.lastText?.contentText ?? ''); // with SYNCED or RESYNC, query lists
      after = cursor;
      left -= conversation ? 1 : 0;
      if (left === 0) {
        subscription.dispose();
      }
    },
    onCompleted: again,
    onError(error) {
      console.error(error.message);
      if (!error.source) { // not rejected
        again();
      }
    },
  });
}

follow();
