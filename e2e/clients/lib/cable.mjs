import { once } from 'node:events';
import { connect, createServer } from 'node:net';

// startCable forwards connections to the address of a URL until cut ends them all. opened is their number so far.
export async function startCable(url) {
  const { hostname, port } = new URL(url);
  const ends = new Set();
  const server = createServer((near) => {
    cable.opened += 1;
    const far = connect(port, hostname);
    near.pipe(far).pipe(near);
    for (const end of [near, far]) {
      ends.add(end);
      end.on('error', () => {}).on('close', () => { ends.delete(end); near.destroy(); far.destroy(); });
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cable = {
    opened: 0,
    url: Object.assign(new URL(url), { port: server.address().port }).href,
    cut: () => ends.forEach((end) => end.destroy()),
    stop: () => { server.close(); cable.cut(); },
  };
  return cable;
}
