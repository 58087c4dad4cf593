/**
 * The floor of everything that stands on node:http: what the runtime's own server costs, bare.
 *
 * A GET is answered from memory with the body that was put first, whatever its key; a PUT is read to its end
 * and answered. No keys, signatures, hashes or disk.
 *
 * `node-http.ts PORT BODY_FILE WORKERS`, on loopback. The file hands the first body to the other workers.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { serveOnWorkers } from './serve-on-workers.ts';

const [port, bodyFile, workers] = process.argv.slice(2);
let body: Buffer | undefined;

function put(request: IncomingMessage, response: ServerResponse): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (body === undefined && chunks.length > 0) {
      if (!existsSync(bodyFile!)) writeFileSync(bodyFile!, Buffer.concat(chunks));
      body = readFileSync(bodyFile!);
    }
    response.writeHead(200, { 'Content-Length': 0 });
    response.end();
  });
}

function get(response: ServerResponse): void {
  if (body === undefined && existsSync(bodyFile!)) body = readFileSync(bodyFile!);
  response.writeHead(200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': body?.length ?? 0,
  });
  response.end(body);
}

serveOnWorkers(Number(port), Number(workers), (request, response) => {
  if (request.method === 'PUT') put(request, response);
  else get(response);
});
