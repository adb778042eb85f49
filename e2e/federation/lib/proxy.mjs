// A proxy in front of a subgraph, which can reject requests as a busy gateway does.
import { once } from 'node:events';
import { createServer, request as send } from 'node:http';

// startProxy forwards requests to target. While busy is true, it answers 429.
export async function startProxy(target) {
  const proxy = { busy: false };
  const server = createServer((request, response) => {
    if (proxy.busy) {
      response.writeHead(429, { 'Content-Type': 'application/json', 'Retry-After': '7' }).end('{"errors": [{"message": "Busy."}]}');
      return;
    }
    const { method, headers } = request;
    const { search } = new URL(request.url, target);
    const forwarded = send(new URL(search, target), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    });
    forwarded.on('error', () => response.destroy());
    response.on('close', () => forwarded.destroy()); // the end of a stream
    request.pipe(forwarded);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy.url = `http://127.0.0.1:${server.address().port}/subgraph`;
  proxy.stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return proxy;
}
