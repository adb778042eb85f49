// Checks the protocols of subscriptions byte by byte: graphql-transport-ws, server-sent events and multipart responses.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { agency, bakery } from '../lib/demo.mjs';
import { startGateway } from '../lib/program.mjs';
import { blocks, events, stream, take } from '../lib/streams.mjs';
import { Socket } from '../lib/websocket.mjs';

const query = '{ __typename }';
const subscription = 'subscription { inboxChanged { kind cursor } }';
const invalid = '{ nope }';

let gateway;
before(async () => {
  // The heartbeat comes between two polls, because each event postpones it.
  gateway = await startGateway('--sandbox-activity=300ms', '--live-interval=1s', '--stream-init-timeout=1s', '--stream-ping=500ms');
});
after(() => gateway?.stop());

describe('graphql-transport-ws', () => {
  const connect = (options) => new Socket(gateway.url, { token: agency, ...options });
  const opened = async (options) => {
    const socket = connect(options);
    await socket.opened;
    return socket;
  };
  const ready = (options) => connect(options).ready();

  for (const placed of ['header', 'init', 'both']) {
    test(`accepts the token: ${placed}`, async () => {
      const socket = await ready({ placed });
      assert.equal(socket.ws.protocol, 'graphql-transport-ws');
      socket.subscribe('1', '{ viewer { name } }');
      assert.equal((await socket.next('next')).payload.data.viewer.name, 'Jana Petersen');
      socket.end();
    });
  }

  test('rejects two different tokens', async () => {
    const socket = await opened({ placed: 'header' });
    socket.send({ type: 'connection_init', payload: { Authorization: `Bearer ${bakery}` } });
    await socket.closes(4400);
  });

  test('rejects a wrong token at the latest when it is used', async () => {
    const socket = await opened({ token: 'nobody' });
    socket.send({ type: 'connection_init', payload: socket.payload });
    await sleep(500);
    if (socket.code === undefined) {
      socket.subscribe('1', subscription);
    }
    await socket.closes(4401);
  });

  test('waits for connection_init for a limited time', async () => {
    await (await opened()).closes(4408);
  });

  // What a client sends after the acknowledgement, and the code that closes the socket.
  for (const [name, message, code] of [
    ['a second connection_init', { type: 'connection_init' }, 4429],
    ['what is not JSON', '{', 4400],
    ['an unknown type', { type: 'start' }, 4400],
    ['an operation without ID', { type: 'subscribe', payload: { query } }, 4400],
    ['an operation without text', { id: '1', type: 'subscribe', payload: {} }, 4400],
    ['a message that is too large', { id: '1', type: 'subscribe', payload: { query, extensions: { padding: 'x'.repeat(70_000) } } }, 1009],
  ]) {
    test(`rejects ${name}`, async () => {
      const socket = await ready();
      socket.send(message);
      await socket.closes(code);
    });
  }

  test('rejects an operation before the acknowledgement', async () => {
    const socket = await opened();
    socket.subscribe('1', query);
    await socket.closes(4401);
  });

  test('rejects an ID that is in use', async () => {
    const socket = await ready();
    socket.subscribe('1', subscription);
    await socket.next('next');
    socket.subscribe('1', subscription);
    await socket.closes(4409);
  });

  test('rejects another subprotocol', async () => {
    const socket = await opened({ protocol: 'graphql-ws' });
    assert.ok([400, 426, 1006, 4406].includes(await socket.closed), `closed with ${socket.code}`);
  });

  test('rejects another origin before the upgrade', async () => {
    await (await opened({ headers: { Origin: 'https://example.com' } })).closes(403);
  });

  test('accepts its own origin', async () => {
    (await ready({ headers: { Origin: new URL(gateway.url).origin } })).end();
  });

  test('completes a query, whose ID is then free', async () => {
    const socket = await ready();
    for (let i = 0; i < 2; i++) {
      socket.subscribe('1', query);
      assert.deepEqual(await socket.next('next'), { id: '1', type: 'next', payload: { data: { __typename: 'Query' } } });
      assert.deepEqual(await socket.next('complete'), { id: '1', type: 'complete' });
    }
    socket.end();
  });

  test('accepts null in place of what is optional', async () => {
    const socket = await ready();
    socket.subscribe('1', query, { variables: null, operationName: null, extensions: null });
    await socket.next('next');
    socket.end();
  });

  test('ends an invalid operation with its errors alone', async () => {
    const socket = await ready();
    socket.subscribe('1', invalid);
    const { id, payload } = await socket.next('error');
    assert.equal(id, '1');
    assert.ok(payload[0].message);
    socket.subscribe('2', query);
    assert.equal((await socket.next('next')).id, '2');
    socket.end();
  });

  test('runs two subscriptions and a query at once', async () => {
    const socket = await ready();
    socket.subscribe('a', subscription);
    socket.subscribe('b', subscription);
    socket.subscribe('q', query);
    const arrived = {};
    for (const late = Date.now() + 10_000; Date.now() < late && !(arrived.a > 1 && arrived.b > 1 && arrived.q);) {
      socket.take().forEach(({ id, type }) => { arrived[id] = (arrived[id] ?? 0) + (type === 'next'); });
      await sleep(50);
    }
    assert.ok(arrived.a > 1 && arrived.b > 1 && arrived.q === 1, JSON.stringify(arrived));
    socket.end();
  });

  test('is silent after the client has completed an operation', async () => {
    const socket = await ready();
    socket.subscribe('1', subscription);
    await socket.next('next');
    socket.send({ id: '1', type: 'complete' });
    await sleep(500);
    socket.take(); // one that was on its way
    await sleep(2000);
    assert.deepEqual(socket.take(), []);
    socket.end();
  });

  test('answers pings before and after the acknowledgement', async () => {
    const socket = await opened();
    socket.send({ type: 'ping' });
    await socket.next('pong');
    await socket.ready();
    socket.send({ type: 'ping', payload: { n: 1 } });
    assert.deepEqual(await socket.next('pong'), { type: 'pong', payload: { n: 1 } });
    socket.end();
  });

  test('pings, and closes a socket that does not respond', async () => {
    const responsive = await ready();
    const silent = await ready({ autoPong: false });
    let pings = 0;
    responsive.ws.on('ping', () => { pings += 1; });
    assert.notEqual(await silent.closed, 1000);
    assert.equal(responsive.code, undefined);
    assert.ok(pings > 1, `${pings} pings`);
    responsive.end();
  });

  test('ignores a pong, and the end of an unknown operation', async () => {
    const socket = await ready();
    socket.send({ type: 'pong' });
    socket.send({ id: 'unknown', type: 'complete' });
    socket.subscribe('1', query);
    await socket.next('next');
    socket.end();
  });
});

describe('server-sent events', () => {
  const accept = 'text/event-stream';
  const open = (text, options) => stream(gateway.url, agency, text, accept, options);

  test('sends a subscription, with heartbeats', async () => {
    const response = await open(subscription);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('Content-Type'), /^text\/event-stream/);
    assert.match(response.headers.get('Cache-Control'), /no-cache|no-store/);
    assert.equal(response.headers.get('X-Accel-Buffering'), gateway.isProxied ? null : 'no'); // nginx keeps it
    const received = await take(blocks(response.body, '\n\n'), 8);
    assert.match(received[0], /^event: next\ndata: \{"data":\{"inboxChanged":\{"kind":"SYNCED","cursor":"[^"]+"\}\}\}$/);
    assert.ok(received.some((block) => block === ':'), `no heartbeat: ${received}`);
    assert.ok(received.slice(1).some((block) => /^event: next\n/.test(block)), `no change: ${received}`);
  });

  test('sends a subscription by GET, as for an EventSource', async () => {
    const response = await fetch(`${gateway.url}?${new URLSearchParams({ query: subscription })}`, { headers: { Accept: accept, Authorization: `Bearer ${agency}` } });
    assert.equal(response.status, 200);
    const [{ event }] = await take(events(response), 1);
    assert.equal(event, 'next');
  });

  for (const [name, text, key] of [['a query', query, 'data'], ['an invalid operation', invalid, 'errors']]) {
    test(`sends ${name} as one event and the end`, async () => {
      const response = await open(text);
      assert.equal(response.status, 200);
      const [next, complete, ...more] = await take(events(response));
      assert.equal(next.event, 'next');
      assert.ok(JSON.parse(next.data)[key]);
      assert.deepEqual([complete, ...more], [{ event: 'complete', data: '' }]);
    });
  }

  test('ends with an error if the token is rejected', async () => {
    const [next, complete] = await take(events(await stream(gateway.url, 'nobody', subscription, accept)));
    assert.equal(JSON.parse(next.data).errors[0].extensions.code, 'UNAUTHENTICATED');
    assert.equal(complete.event, 'complete');
  });

  test('leaves queries to JSON if a client prefers it', async () => {
    const response = await stream(gateway.url, agency, query, 'application/graphql-response+json, text/event-stream;q=0.5');
    assert.match(response.headers.get('Content-Type'), /^application\/graphql-response\+json/);
    await response.body.cancel();
  });

  test('is needed for a subscription', async () => {
    const response = await stream(gateway.url, agency, subscription, 'application/json');
    assert.equal(response.status, 406);
    const { errors: [{ message }] } = await response.json();
    assert.match(message, /text\/event-stream/);
    assert.match(message, /multipart\/mixed/);
  });
});

describe('multipart subscriptions', () => {
  const accept = 'multipart/mixed;boundary=graphql;subscriptionSpec=1.0, application/graphql-response+json, application/json;q=0.9';

  test('deliver each part with the boundary that follows it', async () => {
    const response = await stream(gateway.url, agency, subscription, accept);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('Content-Type'), /^multipart\/mixed; ?boundary="?graphql"?; ?subscriptionSpec="?1\.0"?/);
    const [preamble, ...parts] = await take(blocks(response.body, '\r\n--graphql'), 8);
    assert.equal(preamble, '');
    const bodies = parts.map((part) => {
      const [head, body] = part.split('\r\n\r\n');
      assert.match(head, /^\r\nContent-Type: application\/json/i);
      return JSON.parse(body);
    });
    assert.equal(bodies[0].payload.data.inboxChanged.kind, 'SYNCED');
    assert.ok(bodies.some((body) => JSON.stringify(body) === '{}'), `no heartbeat: ${JSON.stringify(bodies)}`);
    assert.ok(bodies.slice(1).some(({ payload }) => payload?.data.inboxChanged.cursor), `no change: ${JSON.stringify(bodies)}`);
  });

  test('end with an error and the closing boundary if the token is rejected', async () => {
    const response = await stream(gateway.url, 'nobody', subscription, accept);
    assert.equal(response.status, 200);
    const text = await response.text();
    assert.match(text, /\r\n--graphql--\r\n$/);
    const { payload } = JSON.parse(text.split('\r\n--graphql')[1].split('\r\n\r\n')[1]);
    assert.equal(payload.errors[0].extensions.code, 'UNAUTHENTICATED');
  });
});
