/** A small HTTP server that answers as it is told to, however wrong, and remembers what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from 'vitest';

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface MisbehavingServer {
  readonly port: number;
  readonly endpoint: string;
  readonly seen: readonly SeenRequest[];
}

/** @param nth from 1 */
export type Answer = (response: ServerResponse, request: SeenRequest, nth: number) => void;

/** Closed after the tests of the file that starts it. */
export async function startServerThat(answer: Answer): Promise<MisbehavingServer> {
  const seen: SeenRequest[] = [];
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => {});
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body: Buffer.concat(chunks) };
      seen.push(request);
      answer(response, request, seen.length);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  afterAll(async () => {
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  });
  const { port } = server.address() as AddressInfo;
  return { port, endpoint: `http://127.0.0.1:${port}`, seen };
}

export const errorDocument = (code: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>As asked.</Message>${more}</Error>`;

export const listDocument = (key: string, more = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult><IsTruncated>false</IsTruncated>${more}<Contents><Key>${key}</Key></Contents></ListBucketResult>`;

/** Answers with a document. */
export function sendXml(
  response: ServerResponse,
  status: number,
  document: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(document);
}
