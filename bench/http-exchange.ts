/** One signed request and the whole of its answer. */
import { type Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type Endpoint, type PlainRequest, requestHeaders } from './signed-requests.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Exchange {
  readonly agent: Agent;
  /** Without a byte either way. */
  readonly idleTimeoutMs: number;
}

/** Any status. @throws Error whose `code` says why there is no whole answer */
export function exchange(
  endpoint: Endpoint,
  plain: PlainRequest,
  body: Buffer | undefined,
  { agent, idleTimeoutMs }: Exchange,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const { host, port } = endpoint;
    const { method, path, query } = plain;
    const headers = { ...requestHeaders(endpoint, plain) };
    if (body !== undefined) headers['content-length'] = String(body.length);
    const target = query ? `${path}?${query}` : path;
    const sent = httpRequest({ host, port, method, path: target, headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        // A connection that was cut in the middle of an answer ends it, too.
        if (!answer.complete) reject(codedError('cut', 'The answer was cut.'));
        else
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks),
          });
      });
      answer.on('error', reject);
    });
    sent.setTimeout(idleTimeoutMs, () => sent.destroy(codedError('timeout', 'No answer in time.')));
    sent.on('error', reject);
    sent.end(body);
  });
}

function codedError(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}
