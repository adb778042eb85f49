import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

import WebSocket from 'ws';

// Socket speaks graphql-transport-ws without a client library, so that it can break the protocol.
export class Socket {
  #messages = [];
  #wake = () => {};

  // The token is in the upgrade request, the payload of connection_init, or both, as placed says.
  constructor(url, { token, placed = 'init', protocol = 'graphql-transport-ws', headers, ...options } = {}) {
    const authorization = token && { Authorization: `Bearer ${token}` };
    this.payload = placed === 'header' ? undefined : authorization;
    this.ws = new WebSocket(url.replace(/^http/, 'ws'), protocol, { ...options, headers: { ...(placed === 'init' ? {} : authorization), ...headers } });
    this.ws.on('message', (data) => this.#push(JSON.parse(data)));
    this.ws.on('error', () => {});
    // code is the close code, or the HTTP status of a rejected upgrade.
    this.closed = new Promise((resolve) => {
      this.ws.on('close', (code) => resolve(code));
      this.ws.on('unexpected-response', (_, { statusCode }) => resolve(statusCode));
    });
    this.closed.then((code) => { this.code = code; this.#wake(); });
    this.opened = Promise.race([new Promise((resolve) => { this.ws.on('open', resolve); }), this.closed]);
  }

  #push(message) {
    this.#messages.push(message);
    this.#wake();
  }

  send(message) {
    this.ws.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id, query, more) {
    this.send({ id, type: 'subscribe', payload: { query, ...more } });
  }

  async ready() {
    await this.opened;
    this.send({ type: 'connection_init', payload: this.payload });
    await this.next('connection_ack');
    return this;
  }

  // next returns the next message, which must have the type.
  async next(type, timeout = 5000) {
    const late = sleep(timeout, true, { ref: false });
    for (;;) {
      const message = this.#messages.shift();
      if (message) {
        assert.equal(message.type, type, JSON.stringify(message));
        return message;
      } else {
        assert.equal(this.code, undefined, `closed instead of ${type}`);
        assert.ok(!await Promise.race([new Promise((resolve) => { this.#wake = resolve; }), late]), `no ${type} in time`);
      }
    }
  }

  // take returns the messages that have arrived.
  take() {
    return this.#messages.splice(0);
  }

  async closes(code, timeout = 5000) {
    assert.equal(await Promise.race([this.closed, sleep(timeout, 'stays open', { ref: false })]), code);
  }

  end() {
    this.ws.close(1000);
  }
}
