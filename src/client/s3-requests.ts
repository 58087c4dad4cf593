/** Requests to an S3 server over Node's own HTTP client, one after the other or many at once. */
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseXml, type XmlElement } from '../protocol/xml/parse.ts';
import { type PlainRequest, type RequestTarget, signedHeaders } from './request-head.ts';

/** A connection on which nothing happens for this long is given up. */
const idleTimeoutMs = 60_000;
/** Most bytes of an answer that is read as a whole, unless more is asked for. */
const maxDocumentBytes = 8 * 1024 * 1024;

/** The server's refusal, in its own words. */
export class S3RequestError extends Error {
  override readonly name = 'S3RequestError';
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(`${code} (${status})${message === '' ? '' : `: ${message}`}`);
    this.status = status;
    this.code = code;
  }
}

export interface S3Requests {
  /** The body is yet to be read. @throws S3RequestError for any status of 300 and above */
  send(
    request: PlainRequest,
    body?: Readable | Buffer,
    signal?: AbortSignal,
  ): Promise<IncomingMessage>;
  /** The answer's body as a whole. */
  content(
    request: PlainRequest,
    options?: {
      readonly body?: Readable | Buffer | undefined;
      readonly signal?: AbortSignal | undefined;
      readonly maxBytes?: number;
    },
  ): Promise<Buffer>;
  /** An answer that is an XML document. */
  document(request: PlainRequest, signal?: AbortSignal, body?: Buffer): Promise<XmlElement>;
  close(): void;
}

export function createS3Requests(
  endpoint: string,
  target: Omit<RequestTarget, 'host'>,
  now: () => number,
): S3Requests {
  const url = new URL(endpoint);
  const secure = url.protocol === 'https:';
  const options = { keepAlive: true, timeout: idleTimeoutMs };
  const agent = secure ? new HttpsAgent(options) : new HttpAgent(options);
  const open = secure ? httpsRequest : httpRequest;

  const send: S3Requests['send'] = async (plain, body, signal) => {
    const { method, path, query } = plain;
    const request = open({
      agent,
      hostname: url.hostname.replaceAll(/[[\]]/g, ''),
      port: url.port,
      method,
      path: query ? `${path}?${query}` : path,
      headers: signedHeaders({ ...target, host: url.host }, plain, now()),
      ...(signal === undefined ? {} : { signal }),
    });
    request.setTimeout(idleTimeoutMs, () => {
      const message = `${url.host} said nothing for ${idleTimeoutMs / 1000} seconds.`;
      request.destroy(Object.assign(new Error(message), { code: 'ETIMEDOUT' }));
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.once('error', reject);
    });
    if (body === undefined || Buffer.isBuffer(body)) request.end(body);
    // A refusal may come, and close the connection, before the body was sent.
    else pipeline(body, request).catch((error: Error) => request.destroy(error));
    const answer = await answered;
    const status = answer.statusCode ?? 0;
    if (status < 300) return answer;
    throw refusal(status, await contentOf(answer));
  };

  const content: S3Requests['content'] = async (request, options = {}) => {
    const { body, signal, maxBytes } = options;
    return contentOf(await send(request, body, signal), maxBytes);
  };

  return {
    send,
    content,
    async document(request, signal, body) {
      return parseXml(await content(request, { body, signal }));
    },
    close: () => agent.destroy(),
  };
}

export const childText = ({ children }: XmlElement, name: string): string | undefined =>
  children.find((child) => child.name === name)?.text;

function refusal(status: number, content: Buffer): S3RequestError {
  try {
    const error = parseXml(content);
    const code = childText(error, 'Code') ?? 'Refused';
    return new S3RequestError(status, code, childText(error, 'Message') ?? '');
  } catch {
    // Answers to HEAD have no document, and a proxy's is its own.
    return new S3RequestError(status, status === 404 ? 'NotFound' : 'Refused', '');
  }
}

async function contentOf(answer: IncomingMessage, maxBytes = maxDocumentBytes): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) throw new Error(`The answer is larger than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
