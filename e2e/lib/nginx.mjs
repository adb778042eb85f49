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

// startNginx runs nginx with the configuration, in front of the gateways at the addresses. curl trusts its certificate. Without
// sticky, requests are sent to the gateways in turn.
export async function startNginx(port, addresses, { tls = true, sticky = true } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
  const base = `${tls ? 'https' : 'http'}://${tls ? 'localhost' : '127.0.0.1'}:${port}`;
  const curl = (...given) => execFileSync('curl', ['--silent', '--show-error', ...(tls ? ['--cacert', `${folder}/cert.pem`] : []), ...given], { maxBuffer: 1 << 26 });
  const site = adapt(readFileSync(configuration, 'utf8'), {
    'server 127.0.0.1:8080 max_fails=0;': addresses.map((address) => `server ${address} max_fails=0;`).join(' '),
    'server_name api.example.com': 'server_name localhost',
    '/var/log/nginx/mstudio-graphql.log': `${folder}/access.log`,
    ...(tls ? withTLS(port, folder) : withoutTLS(port)),
    ...(!sticky && { 'hash $mstudio_graphql_caller consistent;': '' }),
  });
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  const user = process.getuid() === 0 ? 'user root;' : '';
  writeFileSync(`${folder}/nginx.conf`,
    `${user} daemon off; pid ${folder}/pid; error_log stderr crit; events {} http { ${temporary}\n${site}\n}`);
  const nginx = spawn('nginx', ['-p', folder, '-e', 'stderr', '-c', `${folder}/nginx.conf`], { stdio: ['ignore', 'inherit', 'inherit'] });
  for (let attempt = 0; ; attempt++) {
    try {
      curl('--stderr', '/dev/null', `${base}/healthz`);
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

function withTLS(port, folder) {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '1', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', `${folder}/key.pem`, '-out', `${folder}/cert.pem`], { stdio: 'ignore' });
  return {
    'listen 443 ssl http2': `listen 127.0.0.1:${port} ssl http2`,
    '/etc/ssl/certs/api.example.com.pem': `${folder}/cert.pem`,
    '/etc/ssl/private/api.example.com.pem': `${folder}/key.pem`,
  };
}

const withoutTLS = (port) => ({
  'listen 443 ssl http2': `listen 127.0.0.1:${port}`,
  'ssl_certificate /etc/ssl/certs/api.example.com.pem;': '',
  'ssl_certificate_key /etc/ssl/private/api.example.com.pem;': '',
});
