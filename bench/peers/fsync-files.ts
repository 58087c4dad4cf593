/**
 * A reference for durable PUTs: one file per object with fsync, written by the same runtime.
 *
 * Each body goes to a temporary file, is fdatasync'ed, renamed to its name, and the directory is
 * fsync'ed; then the answer is sent. No signatures, hashes, metadata or listing.
 *
 * `fsync-files.ts PORT DIRECTORY WORKERS`, on loopback.
 */
import { type FileHandle, mkdir, open, rename } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { basename, join } from 'node:path';
import { serveOnWorkers } from './serve-on-workers.ts';

const [port, directory, workers] = process.argv.slice(2);
let temporaryFiles = 0;

async function store(request: IncomingMessage, folder: string, name: string): Promise<void> {
  temporaryFiles += 1;
  const temporary = join(folder, `.${process.pid}-${temporaryFiles}`);
  const file = await open(temporary, 'wx');
  try {
    await writeBody(request, file);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, name));
  const parent = await open(folder, 'r');
  try {
    await parent.sync();
  } finally {
    await parent.close();
  }
}

async function writeBody(request: IncomingMessage, file: FileHandle): Promise<void> {
  for await (const chunk of request) {
    const data = chunk as Buffer;
    for (let at = 0; at < data.length; ) {
      const { bytesWritten } = await file.write(data, at, data.length - at);
      at += bytesWritten;
    }
  }
}

/** `PUT /bucket` makes a folder, `PUT /bucket/key` a file in it; `GET /` says that it is up. */
async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const [bucket = '', key = ''] = (request.url ?? '')
    .slice(1)
    .split('/')
    .map((part) => basename(part));
  const folder = join(directory!, bucket);
  if (request.method === 'PUT' && key !== '') await store(request, folder, key);
  else if (request.method === 'PUT') await mkdir(folder, { recursive: true });
  response.end();
}

serveOnWorkers(Number(port), Number(workers), (request, response) => {
  answer(request, response).catch((error: Error) => {
    response.statusCode = 500;
    response.end(error.message);
  });
});
