/** One request to the console port with exactly these headers, as a browser or somebody else would send it. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { request as requestSecurely } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: answers have as many shapes as there are routes
  readonly json: any;
}

export interface Question {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; text as it is. */
  readonly body?: object | string;
  /** From which address of this machine. */
  readonly from?: string;
  /** Asked over TLS, if its authority is given. */
  readonly ca?: string;
}

const timeoutMs = 20_000;

export async function ask(port: number, question: Question): Promise<Answer> {
  const { method = 'GET', path, body, from, ca } = question;
  const sent = typeof body === 'object' ? JSON.stringify(body) : body;
  const outgoing = (ca === undefined ? request : requestSecurely)({
    ...{ host: '127.0.0.1', port, method, path, agent: false, timeout: timeoutMs },
    ...(from !== undefined && { localAddress: from }),
    ...(ca !== undefined && { ca }),
    headers: {
      ...(sent !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(sent),
      }),
      ...question.headers,
    },
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in time')));
  outgoing.end(sent);
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  const content = await text(response);
  const isJson = response.headers['content-type'] === 'application/json';
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    json: isJson ? JSON.parse(content) : content,
  };
}
