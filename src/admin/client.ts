/**
 * A client of the admin API, typed by its contract: `call('getBucket', { bucket: 'photos' })`. Requests are signed
 * with Signature Version 4 for service `kist`. Of the API it loads the table of routes alone.
 */
import type { Credentials } from '../client/credentials/credentials.ts';
import { nodeHashes } from '../client/node/node-hashes.ts';
import { createSigV4 } from '../client/signing/sigv4.ts';
import type { AnswerOf, InputOf } from './contract.ts';
import { hasBody, pathFields, type RouteName, routeOf } from './routes.ts';

export type { AnswerOf, InputOf } from './contract.ts';
export type { RouteName } from './routes.ts';

export interface AdminClientOptions {
  /** Of the console port: `http://127.0.0.1:9001` */
  readonly endpoint: string;
  readonly credentials: Credentials;
  /** Any will do, unless the server has one of its own. */
  readonly region?: string;
  /** How long an answer may take. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  /** Ends what is under way. */
  readonly signal?: AbortSignal;
}

export interface AdminClient {
  /** @throws AdminApiError for every answer that is an error */
  call<Name extends RouteName>(name: Name, input: InputOf<Name>): Promise<AnswerOf<Name>>;
}

export class AdminApiError extends Error {
  override readonly name = 'AdminApiError';
  /** HTTP status; 0 if there was no answer. */
  readonly status: number;
  /** `AccessDenied`, `NoSuchEntity`, …; `NetworkError` if there was no answer. */
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(
    status: number,
    { code, message, requestId }: { code: string; message: string; requestId?: string },
    cause?: unknown,
  ) {
    super(message, { cause });
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

const defaultTimeoutMs = 60_000;
const serviceName = 'kist';

export function createAdminClient({
  endpoint,
  credentials,
  region = 'us-east-1',
  timeoutMs = defaultTimeoutMs,
  fetch: send = fetch,
  signal,
}: AdminClientOptions): AdminClient {
  const origin = new URL(endpoint);
  const signer = createSigV4(nodeHashes, serviceName);

  async function answerTo(name: RouteName, input: object): Promise<Response> {
    const { method, path, query, body } = requestOf(name, input);
    const headers: Record<string, string> = {
      host: origin.host,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    };
    signer.sign(
      { method, hostBucket: undefined, path, query, headers },
      { credentials, region, now: Date.now() },
      nodeHashes.sha256Hex(Buffer.from(body ?? '')),
    );
    const { host: _, ...sent } = headers;
    const search = query.length === 0 ? '' : `?${query.join('&')}`;
    return send(`${origin.protocol}//${origin.host}${path}${search}`, {
      method,
      headers: sent,
      redirect: 'error',
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
      ...(body !== undefined && { body }),
    });
  }

  return {
    async call(name, input) {
      const response = await answerTo(name, input as object).catch((cause: Error) => {
        const message = `${endpoint} did not answer: ${wordsOf(cause)}`;
        throw new AdminApiError(0, { code: 'NetworkError', message }, cause);
      });
      const text = await response.text();
      const answer = text === '' ? undefined : jsonOf(text, response);
      if (response.ok) return answer as never;
      throw new AdminApiError(response.status, answer as { code: string; message: string });
    },
  };
}

interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** Encoded pairs. */
  readonly query: readonly string[];
  readonly body: string | undefined;
}

/** Where each field travels: see routes.ts. */
export function requestOf(name: RouteName, input: object): ApiRequest {
  const { method, path } = routeOf(name);
  const fields = { ...input } as Record<string, unknown>;
  let filled = path;
  for (const field of pathFields(path)) {
    filled = filled.replace(`{${field}}`, encoded(fields[field]));
    delete fields[field];
  }
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (hasBody({ method })) {
    const body = given.length === 0 ? undefined : JSON.stringify(fields);
    return { method, path: filled, query: [], body };
  }
  const query = given.map(([field, value]) => `${field}=${encoded(value)}`);
  return { method, path: filled, query, body: undefined };
}

/** As signatures have it: what JavaScript leaves as it is, too. */
const encoded = (value: unknown): string =>
  encodeURIComponent(String(value)).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

function jsonOf(text: string, { status }: Response): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = `What answered is no admin API: HTTP ${status}, and no JSON.`;
    throw new AdminApiError(status, { code: 'NotTheApi', message }, cause);
  }
}

/** With the reason that fetch hides. */
const wordsOf = ({ message, cause }: Error): string =>
  cause instanceof Error ? cause.message : message;
