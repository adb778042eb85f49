// The gateway behind nginx with TLS, with the configuration of deploy/nginx.
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

import { agency } from '../lib/demo.mjs';
import { freePort, start, startGateway } from '../lib/program.mjs';

const configuration = new URL('../../deploy/nginx/mstudio-graphql.conf', import.meta.url);
const size = 20 << 20;

// adapt returns the configuration with other addresses and files. It fails if one of them is not in the configuration.
function adapt(text, replacements) {
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  }
  return text;
}

// startNginx runs nginx with the configuration, in front of the gateways at the addresses. curl trusts its certificate.
async function startNginx(port, addresses) {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const base = `https://localhost:${port}`;
  const curl = (...given) => execFileSync('curl', ['--silent', '--show-error', '--cacert', `${folder}/cert.pem`, ...given], { maxBuffer: 1 << 26 });
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`], { stdio: 'ignore' });
  const site = adapt(readFileSync(configuration, 'utf8'), {
    'server 127.0.0.1:8080 max_fails=0;': addresses.map((address) => `server ${address} max_fails=0;`).join(' '),
    'listen 443 ssl http2': `listen 127.0.0.1:${port} ssl http2`,
    'server_name api.example.com': 'server_name localhost',
    '/etc/ssl/certs/api.example.com.pem': `${folder}/cert.pem`,
    '/etc/ssl/private/api.example.com.pem': `${folder}/key.pem`,
    '/var/log/nginx/mstudio-graphql.log': `${folder}/access.log`,
  });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const user = process.getuid() === 0 ? 'user root;' : '';
  writeFileSync(`${folder}/nginx.conf`,
    `${user} daemon off; pid ${folder}/pid; error_log stderr crit; events {} http { ${temporary}\n${site}\n}`);
  const nginx = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', `${folder}/nginx.conf`], { stdio: ['ignore', 'inherit', 'inherit'] });
  for (let attempt = 0; ; attempt++) {
    try {
      curl(`${base}/healthz`);
      break;
    } catch (error) {
      if (attempt === 50) {
        throw error;
      }
      await sleep(100);
    }
  }
  const stop = async () => {
    nginx.kill('SIGQUIT');
    await once(nginx, 'exit');
    rmSync(folder, { recursive: true });
  };
  return { folder, base, curl, stop };
}

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

// Two replicas restart one after the other, with default settings, while clients send queries without a pause.
test('a rolling restart loses no request', async () => {
  const ports = [await freePort(), await freePort()];
  const launch = (port) => start(['--sandbox', '--listen', `127.0.0.1:${port}`], /^GraphQL API: (http:\S+\/graphql)$/);
  const replicas = await Promise.all(ports.map(launch));
  const nginx = await startNginx(await freePort(), ports.map((port) => `127.0.0.1:${port}`));
  const agent = new Agent({ keepAlive: true, maxSockets: 8, ca: readFileSync(`${nginx.folder}/cert.pem`) });
  const failed = [];
  let sent = 0;
  let isDone = false;
  const clients = Array.from({ length: 8 }, async () => {
    while (!isDone) {
      sent++;
      const result = await post(`${nginx.base}/graphql`, agent).catch((error) => error.message);
      if (result !== '200 {"data":{"viewer":{"name":"Jana Petersen"}}}') {
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
    agent.destroy();
    await Promise.all([nginx.stop(), ...replicas.map((replica) => replica.stop())]);
  }
  assert.ok(sent > 500, `only ${sent} requests`);
  assert.deepEqual(failed, [], `${failed.length} of ${sent} requests failed`);
});

// post sends a query and returns the status and the body.
const post = (url, agent) => new Promise((resolve, reject) => {
  const headers = { Authorization: `Bearer ${agency}`, 'Content-Type': 'application/json' };
  const sent = request(url, { agent, method: 'POST', headers }, (response) => {
    let body = '';
    response.setEncoding('utf8').on('data', (chunk) => { body += chunk; });
    response.on('end', () => resolve(`${response.statusCode} ${body}`)).on('error', reject);
  });
  sent.on('error', reject).end('{"query": "{ viewer { name } }"}');
});
