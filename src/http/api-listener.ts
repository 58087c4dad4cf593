/**
 * Where the process that serves the admin API is reached by the first one: a Unix domain socket in a directory that
 * is closed to other users.
 *
 * Each connection carries one request of one client, whom the first process names in headers that it drops from
 * outside. The connection takes on the client's address and TLS here, so that everything behind it, policies
 * that ask for `aws:SourceIp` among it, sees the client.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Whom the first process answers for: headers that no client can send. */
export const clientAddressHeader = 'x-kist-client-address';
/** The version of TLS, where the client speaks it: `TLSv1.3`. */
export const clientTlsHeader = 'x-kist-client-tls';
export const isClientHeader = (lowerName: string): boolean =>
  lowerName.startsWith('x-kist-client-');

export type ApiHandler = (request: IncomingMessage, response: ServerResponse) => void;

export interface ApiListener {
  /** Path of the socket. */
  readonly socket: string;
  /** Takes no further connections; resolves when the last answer was given. */
  drain(): Promise<void>;
  close(): Promise<void>;
}

/** sockaddr_un.sun_path is 104 to 108 bytes, the last of them zero. */
const maxSocketPathBytes = 103;
/** More than the first process has requests under way at once. */
const maxApiConnections = 256;
const requestTimeoutMs = 30_000;

/**
 * @param directory for the socket, made if it is missing; a new one in the system's temporary directory if its path
 *   is too long for a socket
 * @param name of the socket: of one live process at a time
 */
export async function listenForApi(
  directory: string,
  name: string,
  handle: ApiHandler,
): Promise<ApiListener> {
  const own = join(directory, name);
  const isShort = Buffer.byteLength(own) <= maxSocketPathBytes;
  const made = isShort ? undefined : await mkdtemp(join(tmpdir(), 'kist-api-'));
  if (isShort) await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = made === undefined ? own : join(made, name);
  // Of a process before this one, which was killed.
  await rm(path, { force: true });

  const server = createServer(
    { maxHeaderSize: 32 * 1024, requestTimeout: requestTimeoutMs },
    (request, response) => {
      takeOnClient(request);
      handle(request, response);
    },
  );
  server.maxConnections = maxApiConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, exclusive: true }, resolve);
  });
  const ended = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return {
    socket: path,
    drain: ended,
    async close() {
      const over = ended();
      server.closeAllConnections();
      await over;
      await rm(made ?? path, { recursive: true, force: true });
    },
  };
}

function takeOnClient(request: IncomingMessage): void {
  const { rawHeaders } = request;
  const kept: string[] = [];
  const client = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const lower = rawHeaders[i]!.toLowerCase();
    if (isClientHeader(lower)) client.set(lower, rawHeaders[i + 1]!);
    else kept.push(rawHeaders[i]!, rawHeaders[i + 1]!);
  }
  request.rawHeaders = kept;
  const socket: Socket = request.socket;
  const tls = client.get(clientTlsHeader);
  Object.defineProperties(socket, {
    remoteAddress: { value: client.get(clientAddressHeader) },
    ...(tls !== undefined && { encrypted: { value: true }, getProtocol: { value: () => tls } }),
  });
}
