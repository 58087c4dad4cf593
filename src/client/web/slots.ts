/** How many requests go to each server at once: `fetch` keeps its connections to itself. */

/** @throws the signal's reason, if it aborts before it is the caller's turn; @returns what ends the turn */
export type Slots = (server: string, signal: AbortSignal | undefined) => Promise<() => void>;

interface Server {
  used: number;
  readonly waiting: Set<() => void>;
}

export function createSlots(perServer: number): Slots {
  const servers = new Map<string, Server>();

  const serverOf = (name: string): Server => {
    const known = servers.get(name);
    if (known !== undefined) return known;
    const server = { used: 0, waiting: new Set<() => void>() };
    servers.set(name, server);
    return server;
  };

  const releaseOf = (server: Server) => {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = server.waiting;
      if (next === undefined) server.used -= 1;
      else {
        server.waiting.delete(next);
        next();
      }
    };
  };

  return async (name, signal) => {
    signal?.throwIfAborted();
    const server = serverOf(name);
    if (server.used < perServer) server.used += 1;
    else await turn(server, signal);
    return releaseOf(server);
  };
}

const turn = ({ waiting }: Server, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const abort = () => {
      waiting.delete(begin);
      reject(signal?.reason);
    };
    const begin = () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    };
    waiting.add(begin);
    signal?.addEventListener('abort', abort, { once: true });
  });
