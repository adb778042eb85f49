// Subscribes with each client library as it is. subscribe calls next with the results of an operation, and end when the library
// gives up or the operation is complete. It returns a function that unsubscribes.
import { ApolloClient, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { createFetchMultipartSubscription } from '@apollo/client/utilities/subscriptions/relay';
import { Client, fetchExchange, gql as urqlGql, subscriptionExchange } from '@urql/core';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import relay from 'relay-runtime';
import WebSocket from 'ws';

const authorization = (token) => ({ Authorization: `Bearer ${token}` });

// retryWait replaces the libraries' delay of seconds between attempts.
const retryWait = () => new Promise((resolve) => { setTimeout(resolve, 100); });

const webSocket = (url, token) => createWsClient({
  url: url.replace(/^http/, 'ws'), webSocketImpl: WebSocket, connectionParams: authorization(token), retryWait,
});

const apollo = (link) => {
  const client = new ApolloClient({ link, cache: new InMemoryCache() });
  return ({ query, variables }, { next, end }) => {
    const subscription = client.subscribe({ query: gql(query), variables, errorPolicy: 'all' }).subscribe({
      next: ({ data, error }) => next({ data, errors: error?.errors ?? (error && [error]) }), complete: end, error: end,
    });
    return () => subscription.unsubscribe();
  };
};

const urql = (options) => {
  const client = new Client({ preferGetMethod: false, ...options });
  return ({ query, variables }, { next, end }) => {
    let isOver = false;
    const { unsubscribe } = client.subscription(urqlGql(query), variables).subscribe(({ data, error, hasNext }) => {
      next({ data, errors: error?.graphQLErrors.length > 0 ? error.graphQLErrors : error && [error] });
      if (!hasNext && !isOver) {
        isOver = true;
        end();
      }
    });
    return unsubscribe;
  };
};

// sinks serves graphql-ws and graphql-sse, which have the same interface.
const sinks = (client) => (request, { next, end }) => client.subscribe(request, { next, complete: end, error: end });

// The libraries that reconnect by themselves repeat the operation as it was: without a cursor.
export const clients = {
  'Apollo Client, multipart': { reconnects: false, create: (url, token) => apollo(new HttpLink({ uri: url, headers: authorization(token) })) },
  'Apollo Client, WebSocket': { reconnects: true, create: (url, token) => apollo(new GraphQLWsLink(webSocket(url, token))) },
  'urql, server-sent events': {
    reconnects: false,
    create: (url, token) => urql({ url, fetchSubscriptions: true, fetchOptions: { headers: authorization(token) }, exchanges: [fetchExchange] }),
  },
  'urql, WebSocket': {
    reconnects: true,
    create(url, token) {
      const socket = webSocket(url, token);
      const forwardSubscription = (request) => ({ subscribe: (sink) => ({ unsubscribe: socket.subscribe(request, sink) }) });
      return urql({ url, exchanges: [subscriptionExchange({ forwardSubscription })] });
    },
  },
  'Relay, multipart': {
    reconnects: false,
    create(url, token) {
      const subscribe = createFetchMultipartSubscription(url, { headers: authorization(token) });
      return ({ query, variables }, { next, end }) => {
        const subscription = relay.Observable.from(subscribe({ text: query }, variables)).subscribe({ next, complete: end, error: end });
        return () => subscription.unsubscribe();
      };
    },
  },
  'graphql-ws': { reconnects: true, create: (url, token) => sinks(webSocket(url, token)) },
  'graphql-sse': { reconnects: true, create: (url, token) => sinks(createSseClient({ url, headers: authorization(token), retry: retryWait })) },
};

// Follower collects the results of a subscription.
export class Follower {
  results = [];
  ended = false;
  #waiting = [];

  constructor(subscribe, query, variables) {
    const wake = () => this.#waiting.splice(0).forEach((check) => check());
    this.stop = subscribe({ query, variables }, {
      next: (result) => { this.results.push(result); wake(); },
      end: (reason) => { this.ended = true; this.reason = reason; wake(); },
    });
  }

  // until waits until the condition holds.
  async until(condition, timeout = 20_000) {
    const late = AbortSignal.timeout(timeout);
    while (!condition(this)) {
      await new Promise((resolve, reject) => {
        this.#waiting.push(resolve);
        late.addEventListener('abort', () => reject(new Error(`not in time: ${this}`)), { once: true });
      });
    }
  }

  toString() {
    return JSON.stringify([this.ended, String(this.reason ?? ''), ...this.results]);
  }
}
