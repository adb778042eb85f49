// The subscription for the compiler.
import { graphql } from 'relay-runtime';

export const changes = graphql`
  subscription changesSubscription($after: String) {
    inboxChanged(after: $after) {
      kind
      cursor
      conversation { id shortId status lastText { id contentText(maxLength: 60) } }
    }
  }
`;
