/**
 * Requests over `fetch`.
 *
 * Headers that a browser writes by itself are signed and not given to it. Redirects are not followed, since what is
 * signed for one host is nothing to another: where `fetch` shows them, the client signs anew; browsers hide where
 * they lead, and that is said. Connections are the platform's own; so many requests go to a server at once.
 */
import { urlOf } from '../endpoint.ts';
import type {
  Transport,
  TransportOptions,
  TransportRequest,
  TransportResponse,
} from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import { type FetchInit, fetchAbilities } from './abilities.ts';
import { FetchBody, holdStream, openStream, type SentStream } from './fetch-body.ts';
import { createSlots } from './slots.ts';
import { createWatch, type Watch } from './watch.ts';

/** Of a body that is sent as a whole nobody sees how much is gone: it may take as long as a line this slow. */
const slowestBytesPerSecond = 32 * 1024;

/** What `fetch` writes itself. */
const ownHeaders: ReadonlySet<string> = new Set(['content-length', 'expect', 'host', 'user-agent']);

export function createFetchTransport({ maxConnections }: TransportOptions): Transport {
  const takeSlot = createSlots(maxConnections);
  return {
    async send(request) {
      const { origin, signal, timeouts } = request;
      const url = fetchableUrl(request);
      const watch = createWatch(origin.host, signal, await takeSlot(origin.host, signal));
      let sent: SentStream | undefined;
      let isAnswered = false;
      const moved = () => {
        watch.signal.throwIfAborted();
        if (!isAnswered) watch.within(timeouts.idleMs);
      };
      try {
        const { body } = request;
        const length = Number(request.headers['content-length'] ?? 0);
        const init: FetchInit = {
          method: request.method,
          headers: headersOf(request.headers),
          redirect: 'manual',
          signal: watch.signal,
        };
        let sendingMs = (length / slowestBytesPerSecond) * 1000;
        if (body instanceof Uint8Array) init.body = body as Uint8Array<ArrayBuffer>;
        else if (body !== undefined && fetchAbilities().streams) {
          sent = openStream(body, moved);
          init.body = sent.stream;
          init.duplex = 'half';
          init.headers = { ...init.headers, 'content-length': String(length) };
          sendingMs = 0;
        } else if (body !== undefined) {
          moved();
          init.body = await watch.guard(holdStream(body, length, moved));
        }
        // In others a cache has no say, and the headers that ask for it would be those of the object.
        const isRead = request.method === 'GET' || request.method === 'HEAD';
        if (isRead && fetchAbilities().noStore) init.cache = 'no-store';
        watch.within(timeouts.connectMs + timeouts.idleMs + sendingMs);
        const response = await fetch(url, init);
        isAnswered = true;
        return responseOf(response, request, watch);
      } catch (error) {
        throw watch.failure(sent?.failure ?? error);
      }
    },
    close() {},
  };
}

/** @throws S3Error UnsupportedHere for what `fetch` would ask another address for */
function fetchableUrl(request: TransportRequest): string {
  const { path } = request;
  const url = urlOf(request);
  const { pathname, search } = new URL(url);
  if (pathname + search === path) return url;
  throw new S3Error(
    'UnsupportedHere',
    `fetch takes ${path} for ${pathname + search}: keys can't have . or .. between slashes here`,
  );
}

function headersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const given: Record<string, string> = {};
  for (const name in headers) if (!ownHeaders.has(name)) given[name] = headers[name]!;
  return given;
}

function responseOf(
  response: Response,
  { timeouts }: TransportRequest,
  watch: Watch,
): TransportResponse {
  if (response.type === 'opaqueredirect') {
    throw new S3Error(
      'UnsupportedHere',
      'the server redirected the request, and a browser does not say where to: check endpoint and region',
    );
  }
  const headers: Record<string, string> = {};
  response.headers.forEach((value, name) => {
    headers[name] = value;
  });
  const body = new FetchBody(response, watch, timeouts.idleMs);
  return { status: response.status, headers, body };
}
