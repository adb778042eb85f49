// The gateway behind nginx with TLS, with the configuration of deploy/nginx.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { agency, tokens } from '../lib/demo.mjs';
import { configuration, startNginx } from '../lib/nginx.mjs';
import { freePort, start, startGateway } from '../lib/program.mjs';

const size = 20 << 20;

describe('the gateway behind nginx', () => {
  let gateway;
  let nginx;
  let folder;
  let base;
  let curl;
  const execute = (...form) => JSON.parse(curl('-H', `Authorization: Bearer ${agency}`, '-H', 'GraphQL-Preflight: 1', ...form, `${base}/graphql`));
  const query = (text) => execute('-H', 'Content-Type: application/json', '-d', JSON.stringify({ query: text }));

  before(async () => {
    const port = await freePort();
    gateway = await startGateway('--public-url', `https://localhost:${port}`, '--trusted-proxy', '127.0.0.1/32', '--log-format', 'json');
    nginx = await startNginx(port, [new URL(gateway.url).host]);
    ({ folder, base, curl } = nginx);
  });
  after(() => Promise.all([nginx?.stop(), gateway?.stop()]));

  test('passes a file of 20 MB in both directions', () => {
    const { data } = query('{ conversations(first: 1) { nodes { id } } }');
    const content = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(size, 'x')]);
    writeFileSync(`${folder}/large.pdf`, content);
    const operation = `mutation($id: ID!, $files: [Upload!]) {
      sendMessage(input: { conversationId: $id, content: "With a file.", files: $files }) {
        userErrors { message }
        sentMessage { files { ... on UploadedFile { name download { url } } } }
      }
    }`;
    const sent = execute('-F', `operations=${JSON.stringify({ query: operation, variables: { id: data.conversations.nodes[0].id, files: [null] } })}`,
      '-F', 'map={"0": ["variables.files.0"]}', '-F', `0=@${folder}/large.pdf;type=application/pdf`);
    assert.equal(sent.errors, undefined);
    assert.deepEqual(sent.data.sendMessage.userErrors, []);
    const [file] = sent.data.sendMessage.sentMessage.files;
    assert.ok(file.download.url.startsWith(`${base}/files/`), file.download.url);
    assert.ok(curl(file.download.url).equals(content), 'the downloaded file differs');
  });

  // Otherwise a request could meet a connection that the gateway is closing.
  test('closes idle connections before the gateway does', () => {
    const [, nginxTimeout] = /^\tkeepalive_timeout (\d+)s;$/m.exec(readFileSync(configuration, 'utf8'));
    const help = execFileSync(process.env.MSTUDIO_GRAPHQL, ['serve', '--help'], { encoding: 'utf8', env: {} });
    const [, gatewayTimeout] = /^ +--idle-timeout=(\d+)s /m.exec(help);
    assert.ok(Number(nginxTimeout) < Number(gatewayTimeout), `${nginxTimeout} s, ${gatewayTimeout} s`);
  });

  // nginx's own client is at 127.0.0.1 too, as if it were another proxy.
  test('passes on the address of the client', async () => {
    await gateway.takeLog();
    curl('-H', 'X-Forwarded-For: 203.0.113.9, 192.0.2.1', '-H', `Authorization: Bearer ${agency}`, '-H', 'Content-Type: application/json',
      '-d', '{"query": "{ viewer { id } }"}', `${base}/graphql`);
    const records = (await gateway.takeLog()).filter(({ msg }) => msg === 'request');
    assert.deepEqual(records.map(({ clientAddress }) => clientAddress), ['192.0.2.1']);
  });

  test('has one request ID in the response and both logs', async () => {
    await gateway.takeLog();
    const response = curl('--include', '-H', `Authorization: Bearer ${agency}`, '-H', 'Content-Type: application/json',
      '-d', '{"query": "{ viewer { id } }"}', `${base}/graphql`).toString();
    const id = response.match(/^x-request-id: (\w+)/im)?.[1];
    assert.match(id ?? '', /^[0-9a-f]{32}$/);
    const records = (await gateway.takeLog()).filter(({ msg }) => msg === 'request');
    assert.deepEqual(records.map(({ route, requestId }) => [route, requestId]), [['/graphql', id]]);
    const line = readFileSync(`${folder}/access.log`, 'utf8').trimEnd().split('\n').at(-1);
    assert.match(line, new RegExp(`^127\\.0\\.0\\.1 \\[\\S+\\] POST 200 \\d+ \\d+\\.\\d+ ${id}$`));
  });

  // Both are read for two seconds, because they do not end.
  test('passes on events as they happen, and WebSockets', () => {
    const read = (...given) => spawnSync('curl', ['--silent', '--include', '--max-time', '2', '--cacert', `${folder}/cert.pem`,
      '-H', `Authorization: Bearer ${agency}`, ...given, `${base}/graphql`], { encoding: 'utf8' }).stdout;
    const events = read('-H', 'Accept: text/event-stream', '-H', 'Content-Type: application/json', '-d', '{"query": "subscription { inboxChanged { kind } }"}');
    assert.match(events, /^event: next\ndata: {"data":{"inboxChanged":{"kind":"SYNCED"}}}\n\n/m);
    const socket = read('--http1.1', '-H', 'Connection: Upgrade', '-H', 'Upgrade: websocket', '-H', 'Sec-WebSocket-Version: 13',
      '-H', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', '-H', 'Sec-WebSocket-Protocol: graphql-transport-ws');
    assert.match(socket, /^HTTP\/1\.1 101 .*^sec-websocket-protocol: graphql-transport-ws\r$/ims);
  });
});

// Links are secrets, and nginx writes the path of a failed request to its error log.
test('links to files are in no log, even if no replica responds', async () => {
  const nginx = await startNginx(await freePort(), [`127.0.0.1:${await freePort()}`]);
  try {
    for (const path of ['/files/sealed', '/files/sealed?a=b', '/graphql']) {
      assert.match(nginx.curl('--include', nginx.base + path).toString(), /^HTTP\/2 502 /);
    }
    const [access, errors] = ['access.log', 'error.log'].map((name) => readFileSync(`${nginx.folder}/${name}`, 'utf8'));
    assert.doesNotMatch(access + errors, /sealed/);
    assert.match(access, /GET 502 /);
    assert.match(errors, /"GET \/graphql HTTP/);
  } finally {
    await nginx.stop();
  }
});

const launch = (port, ...flags) => start(['--sandbox', '--listen', `127.0.0.1:${port}`, ...flags], /^GraphQL API: (http:\S+\/graphql)$/);

// launchBehind starts a replica for each port, and nginx in front of them.
async function launchBehind(ports, ...flags) {
  const replicas = await Promise.all(ports.map((port) => launch(port, ...flags)));
  const nginx = await startNginx(await freePort(), ports.map((port) => `127.0.0.1:${port}`));
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: readFileSync(`${nginx.folder}/cert.pem`) });
  const stop = async () => {
    agent.destroy();
    await Promise.all([nginx.stop(), ...replicas.map((replica) => replica.stop())]);
  };
  return { replicas, stop, post: (headers, query) => post(`${nginx.base}/graphql`, agent, headers, query) };
}

// Two replicas restart one after the other, with default settings, while clients send queries without a pause.
test('a rolling restart loses no request', async () => {
  const ports = [await freePort(), await freePort()];
  const { replicas, stop, post } = await launchBehind(ports);
  const failed = [];
  let sent = 0;
  let isDone = false;
  const clients = Array.from({ length: 8 }, async () => {
    while (!isDone) {
      const token = tokens[sent++ % tokens.length];
      const result = await post({ Authorization: `Bearer ${token}` }, '{ viewer { name } }').catch((error) => error.message);
      if (!/^200 {"data":{"viewer":{"name":"[^"]+"}}}$/.test(result)) {
        failed.push(result);
      }
    }
  });
  try {
    for (const [i, port] of ports.entries()) {
      await sleep(500);
      await replicas[i].stop('SIGTERM');
      replicas[i] = await launch(port);
    }
    await sleep(500);
  } finally {
    isDone = true;
    await Promise.all(clients);
    await stop();
  }
  assert.ok(sent > 500, `only ${sent} requests`);
  assert.deepEqual(failed, [], `${failed.length} of ${sent} requests failed`);
});

// Most of the callers have no account, because a replica logs their requests nevertheless. The name of the operation tells them apart.
test('each caller has one replica, and only those of a lost replica move', async () => {
  const ports = [await freePort(), await freePort(), await freePort()];
  const { replicas, stop, post } = await launchBehind(ports, '--log-format=json');
  const callers = Array.from({ length: 60 }, (_, i) => (i % 2 ? { 'X-Access-Token': `caller-${i}` } : { Authorization: `Bearer caller-${i}` }));

  // placement sends three rounds of requests and returns each caller's replicas.
  const placement = async () => {
    for (let round = 0; round < 3; round++) {
      const results = await Promise.all(callers.map((headers, i) => post(headers, `query C${i} { viewer { id } }`)));
      assert.deepEqual(results.filter((result) => !result.includes('"UNAUTHENTICATED"')), []);
    }
    const logs = await Promise.all(replicas.map((replica) => replica.takeLog()));
    return callers.map((_, i) => logs.flatMap((log, replica) => (log.some(({ operation }) => operation === `C${i}`) ? [replica] : [])));
  };
  try {
    const first = await placement();
    assert.deepEqual(first.filter((places) => places.length !== 1), [], 'callers with several replicas');
    const counts = replicas.map((_, replica) => first.flat().filter((place) => place === replica).length);
    assert.ok(Math.min(...counts) >= 8, `callers of each replica: ${counts}`);

    await replicas[1].stop();
    const without = await placement();
    const moved = callers.map((_, i) => i).filter((i) => without[i][0] !== first[i][0] || without[i].length !== 1);
    assert.deepEqual(moved, callers.map((_, i) => i).filter((i) => first[i][0] === 1), 'callers that moved');

    replicas[1] = await launch(ports[1], '--log-format=json');
    assert.deepEqual(await placement(), first, 'after the replica has come back');
  } finally {
    await stop();
  }
});

// post sends a query and returns the status and the body.
const post = (url, agent, headers, query) => new Promise((resolve, reject) => {
  const sent = request(url, { agent, method: 'POST', headers: { ...headers, 'Content-Type': 'application/json' } }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk) => { body += chunk; });
    response.on('end', () => resolve(`${response.statusCode} ${body}`)).on('error', reject);
  });
  sent.on('error', reject).end(JSON.stringify({ query }));
});
