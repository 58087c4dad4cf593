/** An HTTP proxy before a server that answers some requests as servers do on a bad day, or not at all. */
import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** `cut` lets the request through and loses its answer; `stall` never answers. */
export type Fate = 'pass' | 'slow-down' | 'cut' | 'stall';

export interface FaultyProxy {
  readonly endpoint: string;
  /** Decides on each request; all pass at first. */
  decide: (request: { readonly method: string; readonly url: string }) => Fate;
  close(): Promise<void>;
}

const slowDown = '<Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>';

export async function startFaultyProxy(targetPort: number): Promise<FaultyProxy> {
  const agent = new Agent({ keepAlive: true });
  const forward = (from: IncomingMessage, to: ServerResponse, isCut: boolean): void => {
    const { method, url: path, headers } = from;
    const onward = request({ agent, port: targetPort, host: '127.0.0.1', method, path, headers });
    onward.on('response', (answer) => {
      if (isCut) {
        answer.resume();
        answer.on('end', () => to.destroy());
        return;
      }
      to.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(to);
    });
    onward.on('error', () => to.destroy());
    from.pipe(onward);
  };
  const proxy: { decide: FaultyProxy['decide'] } = { decide: () => 'pass' };
  const server = createServer((from, to) => {
    const fate = proxy.decide({ method: from.method ?? '', url: from.url ?? '' });
    if (fate === 'stall') from.resume();
    else if (fate === 'slow-down') {
      from.resume();
      from.on('end', () => to.writeHead(503, { 'content-type': 'application/xml' }).end(slowDown));
    } else forward(from, to, fate === 'cut');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(proxy, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      agent.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  });
}
