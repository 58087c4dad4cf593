/**
 * A TCP proxy before a server that cuts a connection in the middle of a transfer, as networks do. What
 * it cuts is chosen by bytes: requests and answers without a large body never get that far.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export type Direction = 'upload' | 'download';

export interface CuttingProxy {
  readonly endpoint: string;
  readonly port: number;
  /**
   * Cuts the first connection that has carried that many bytes more in that direction. The bytes up to
   * there arrive, so that either side is left with half a body.
   */
  cutAfter(direction: Direction, bytes: number): void;
  /** How many connections were cut so far. */
  readonly cuts: number;
  /** Bytes that came through so far, heads of requests and answers included. */
  readonly carried: Readonly<Record<Direction, number>>;
  close(): Promise<void>;
}

interface PendingCut {
  readonly direction: Direction;
  readonly bytes: number;
  /** Bytes of each connection since the cut was asked for. */
  readonly carried: Map<Socket, number>;
}

export async function startCuttingProxy(targetPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  let pending: PendingCut | undefined;
  let cuts = 0;
  const carried = { upload: 0, download: 0 };

  /** How many of these bytes may still pass. */
  const allowance = (client: Socket, direction: Direction, length: number): number => {
    if (pending?.direction !== direction) return length;
    const before = pending.carried.get(client) ?? 0;
    pending.carried.set(client, before + length);
    return Math.min(length, pending.bytes - before);
  };
  const forward = (from: Socket, to: Socket, client: Socket, direction: Direction): void => {
    from.on('data', (data: Buffer) => {
      const allowed = allowance(client, direction, data.length);
      carried[direction] += allowed;
      if (allowed < data.length) {
        pending = undefined;
        cuts++;
        from.destroy();
        to.end(data.subarray(0, allowed), () => to.destroySoon());
        return;
      }
      if (to.write(data)) return;
      from.pause();
      to.once('drain', () => from.resume());
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.end();
    });
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, target]) {
      socket.setNoDelay(true);
      sockets.add(socket);
    }
    forward(client, target, client, 'upload');
    forward(target, client, client, 'download');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    port,
    get cuts() {
      return cuts;
    },
    carried,
    cutAfter(direction, bytes) {
      pending = { direction, bytes, carried: new Map() };
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
