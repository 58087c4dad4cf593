import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { S3Requests } from '../../client/s3-requests.ts';
import { exportBucket } from './export-bucket.ts';
import { startTransferServer } from './transfer.fixture.ts';

const server = await startTransferServer();
const { requests, retry, signal } = server;
afterAll(server.close);

let directory: string;
let bucket: string;

beforeEach(async () => {
  ({ directory, bucket } = await server.newPlace());
});

async function putText(key: string, text: string): Promise<void> {
  const path = `/${bucket}/${key}`;
  const headers = { 'content-length': String(text.length) };
  await requests.content({ method: 'PUT', path, headers }, { body: Buffer.from(text) });
}
const exportAll = (from: S3Requests = requests) =>
  exportBucket({ requests: from, retry, bucket, directory, signal });

/** Requests whose objects come with something done at the end of their bytes. */
const endingWith = (atEnd: () => void): S3Requests => ({
  ...requests,
  async send(request, ...rest) {
    const answer = await requests.send(request, ...rest);
    async function* bytes() {
      yield* answer as AsyncIterable<Buffer>;
      atEnd();
    }
    const { headers } = answer;
    return Object.assign(Readable.from(bytes()), { headers }) as unknown as IncomingMessage;
  },
});

describe('an export', () => {
  it('that broke off as it replaced a file doesn’t take the old one for the new one later', async () => {
    await putText('key', 'old');
    await exportAll();
    await putText('key', 'new');
    // Its file cannot get its name: as if the process had died just before.
    const partial = join(directory, '.kist/partial-0');
    const broken = await exportAll(endingWith(() => rmSync(partial)));
    expect(broken).toMatchObject({ done: 0, failed: 1 });
    expect(await exportAll()).toMatchObject({ done: 1, skipped: 0 });
    expect(readFileSync(join(directory, 'key'), 'utf8')).toBe('new');
  });

  it('fetches again what broke off on its way', async () => {
    await putText('key', 'content');
    let breaks = 2;
    const breaking = endingWith(() => {
      if (breaks-- > 0) throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    });
    expect(await exportAll(breaking)).toMatchObject({ done: 1, failed: 0 });
    expect(breaks).toBeLessThan(0);
    expect(readFileSync(join(directory, 'key'), 'utf8')).toBe('content');
  });

  it('removes what a killed one was writing', async () => {
    mkdirSync(join(directory, '.kist'), { recursive: true });
    writeFileSync(join(directory, '.kist/partial-7'), 'half');
    await putText('key', 'content');
    await exportAll();
    expect(readdirSync(join(directory, '.kist'))).toEqual(['objects.jsonl']);
  });
});
