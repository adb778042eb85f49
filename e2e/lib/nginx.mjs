import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// The configuration that operators copy.
export const configuration = new URL('../../deploy/nginx/mstudio-graphql.conf', import.meta.url);

// adapt returns the configuration with other addresses and files. It fails if one of them is not in the configuration.
function adapt(text, replacements) {
  for (const [from, to] of Object.entries(replacements)) {
    assert.ok(text.includes(from), from);
    text = text.replaceAll(from, to);
  }
  return text;
}

// startNginx runs nginx with the configuration, in front of the gateways at the addresses. curl trusts its certificate.
export async function startNginx(port, addresses) {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const base = `https://localhost:${port}`;
  const curl = (...given) => execFileSync('curl', ['--silent', '--show-error', '--cacert', `${folder}/cert.pem`, ...given], { maxBuffer: 1 << 26 });
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`], { stdio: 'ignore' });
  const stop = await run(folder, adapt(readFileSync(configuration, 'utf8'), {
    'server 127.0.0.1:8080 max_fails=0;': servers(addresses),
    'listen 443 ssl http2': `listen 127.0.0.1:${port} ssl http2`,
    'server_name api.example.com': 'server_name localhost',
    '/etc/ssl/certs/api.example.com.pem': `${folder}/cert.pem`,
    '/etc/ssl/private/api.example.com.pem': `${folder}/key.pem`,
    '/var/log/nginx/mstudio-graphql.log': `${folder}/access.log`,
    '/var/log/nginx/error.log': `${folder}/error.log`,
  }), () => curl('--stderr', '/dev/null', `${base}/healthz`));
  return { folder, base, curl, stop };
}

// startBalancer runs nginx as in deploy/compose.yaml: it sends requests to the gateways in turn.
export async function startBalancer(port, addresses) {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const stop = await run(folder, adapt(readFileSync(new URL('compose.conf', configuration), 'utf8'), {
    'server replica:8080 max_fails=0;': servers(addresses),
    'listen 8080;': `listen 127.0.0.1:${port};`,
  }), () => execFileSync('curl', ['--silent', `http://127.0.0.1:${port}/healthz`]));
  return { stop };
}

const servers = (addresses) => addresses.map((address) => `server ${address} max_fails=0;`).join(' ');

// run runs nginx with a configuration of servers until the returned function is called. It returns when a check does not throw.
async function run(folder, site, check) {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const user = process.getuid() === 0 ? 'user root;' : '';
  writeFileSync(`${folder}/nginx.conf`,
    `${user} daemon off; pid ${folder}/pid; error_log ${folder}/error.log; events {} http { ${temporary}\n${site}\n}`);
  const nginx = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', `${folder}/nginx.conf`], { stdio: ['ignore', 'inherit', 'inherit'] });
  for (let attempt = 0; ; attempt++) {
    try {
      check();
      break;
    } catch (error) {
      if (attempt === 50) {
        throw error;
      }
      await sleep(100);
    }
  }
  return async () => {
    nginx.kill('SIGQUIT');
    await once(nginx, 'exit');
    rmSync(folder, { recursive: true });
  };
}
