import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { S3Error } from '../../client/s3-error.ts';
import type { Sender } from '../../client/sender.ts';
import { PutObject } from '../../model/operations.gen.ts';
import { exportBucket } from './export-bucket.ts';
import { startTransferServer } from './transfer.fixture.ts';

const server = await startTransferServer();
const { sender, signal } = server;
afterAll(server.close);

let directory: string;
let bucket: string;

beforeEach(async () => {
  ({ directory, bucket } = await server.newPlace());
});

async function putText(key: string, text: string): Promise<void> {
  await sender.send(PutObject, { Bucket: bucket, Key: key, Body: text });
}
const exportAll = (from: Sender = sender) =>
  exportBucket({ sender: from, bucket, directory, signal });

/** Objects come with something done at the end of their bytes. */
const endingWith = (atEnd: () => void): Sender =>
  server.senderOver((transport) => ({
    ...transport,
    async send(request) {
      const response = await transport.send(request);
      const isObject = request.method === 'GET' && !request.path.includes('?');
      if (!isObject) return response;
      async function* bytes() {
        yield* response.body;
        atEnd();
      }
      const body = { ...response.body, [Symbol.asyncIterator]: bytes };
      return { ...response, body };
    },
  }));

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
      if (breaks-- > 0) throw new S3Error('NetworkError', 'aborted');
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
