/**
 * The port for those who come over plain HTTP: it answers every request with its https address, and has no data.
 *
 * It is 308 for all of them (RFC 9110, section 15.4.9): method and body stay, and where botocore meets 301 or S3's
 * PermanentRedirect it takes the bucket to be in another region, and asks with HEAD for it again and again. The body
 * is S3's error document, for SDKs, which follow no redirects of this sort: they sign the host, port included, and
 * show the message instead. InvalidRequest is what S3 says of SOAP requests that come over plain HTTP.
 *
 * Only an ACME authority gets an answer of its own, where the server orders certificates.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import type { EncodedResponse } from '../protocol/encode.ts';
import { encodeError } from '../protocol/error-document.ts';
import { S3Error } from '../protocol/errors.ts';
import type { WireRequest } from '../protocol/request.ts';
import { redirectTarget } from './redirect-target.ts';
import { createRequestIds } from './request-id.ts';
import { lingerMs, maxDrainBytes } from './respond.ts';
import type { Address } from './supervisor-messages.ts';
import { wireRequest } from './wire-request.ts';

/** Further ones are closed at once. */
export const maxRedirectConnections = 256;
const redirectTimeoutMs = 10_000;
const permanentRedirect = 308;

export interface RedirectListener {
  readonly address: Address;
  close(): Promise<void>;
}

/**
 * @param securePort the port that speaks TLS, as it is at each request
 * @param acmeAnswer see `SideOptions`
 */
export async function listenForRedirects(
  at: Address,
  securePort: () => number,
  acmeAnswer?: (token: string) => string | undefined,
): Promise<RedirectListener> {
  const newRequestId = createRequestIds({ now: () => Date.now(), random: Math.random });
  const hostId = createHash('sha256').update(hostname()).digest('base64');
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: redirectTimeoutMs,
    requestTimeout: redirectTimeoutMs,
    keepAliveTimeout: redirectTimeoutMs,
    requireHostHeader: false,
  });
  server.maxConnections = maxRedirectConnections;
  server.timeout = redirectTimeoutMs;
  const ports = () => ({ plain: (server.address() as AddressInfo).port, secure: securePort() });

  const answer = (incoming: IncomingMessage, response: ServerResponse): void => {
    const requestId = newRequestId();
    const { status, headers, body } =
      (acmeAnswer && challengeAnswer(incoming, acmeAnswer)) ??
      redirectOf(incoming, ports(), { requestId, hostId });
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const ids = ['x-amz-id-2', hostId, 'x-amz-request-id', requestId, 'Server', 'Kist'];
    const length = ['Content-Length', String(bytes.length)];
    response.writeHead(status, [...ids, ...headers, ...length, 'Connection', 'close']);
    if (incoming.method === 'HEAD') response.flushHeaders();
    else response.write(bytes);
    readOff(incoming, () => response.end());
  };
  server.on('request', answer);
  // Whoever waits for 100 Continue keeps the body.
  server.on('checkContinue', answer);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: at.host, port: at.port, exclusive: true }, resolve);
  });
  return {
    address: { host: at.host, port: (server.address() as AddressInfo).port },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** RFC 8555, section 8.3; undefined for requests of others. */
function challengeAnswer(
  { method, url = '' }: IncomingMessage,
  acmeAnswer: (token: string) => string | undefined,
): EncodedResponse | undefined {
  const [, token] = /^\/\.well-known\/acme-challenge\/([\w-]{1,256})$/.exec(url) ?? [];
  if (token === undefined || (method !== 'GET' && method !== 'HEAD')) return undefined;
  const answer = acmeAnswer(token);
  const headers = ['Content-Type', 'text/plain', 'Cache-Control', 'no-store'];
  return answer === undefined
    ? { status: 404, headers, body: Buffer.from('There is no such challenge.\n') }
    : { status: 200, headers, body: Buffer.from(answer) };
}

function redirectOf(
  incoming: IncomingMessage,
  ports: { readonly plain: number; readonly secure: number },
  ids: { readonly requestId: string; readonly hostId: string },
): EncodedResponse {
  const context = { ...ids, resource: '', bucket: undefined, key: undefined };
  let request: WireRequest;
  try {
    request = wireRequest(incoming);
  } catch (error) {
    if (error instanceof S3Error) return encodeError(error, context);
    throw error;
  }
  const { rawPath, rawQuery, headers } = request;
  const path = rawQuery === '' ? rawPath : `${rawPath}?${rawQuery}`;
  const target = redirectTarget(headers.host ?? '', path, ports);
  if (target === undefined) {
    const message = 'This port only redirects to https, and the Host header says not where to.';
    return encodeError(new S3Error('BadRequest', { message }), context);
  }
  const error = new S3Error('InvalidRequest', {
    message: `This port speaks plain HTTP and serves no data. Use https://${target.authority} as the endpoint.`,
    fields: { Endpoint: target.authority },
    headers: { Location: target.url },
  });
  const document = encodeError(error, { ...context, resource: rawPath });
  return { ...document, status: permanentRedirect };
}

/** Some of what still comes: see `linger` in respond.ts. */
function readOff(incoming: IncomingMessage, done: () => void): void {
  let received = 0;
  const timer = setTimeout(done, lingerMs);
  const end = (): void => {
    clearTimeout(timer);
    done();
  };
  incoming.on('data', (chunk: Buffer) => {
    received += chunk.length;
    if (received > maxDrainBytes) end();
  });
  incoming.on('end', end);
  incoming.on('close', end);
}
