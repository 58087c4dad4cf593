import { randomBytes } from 'node:crypto';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { S3Error } from '../../client/s3-error.ts';
import { GetObject, HeadObject, ListMultipartUploads } from '../../model/operations.gen.ts';
import { importDirectory } from './import-directory.ts';
import { startTransferServer } from './transfer.fixture.ts';
import { uploadLimits } from './upload-file.ts';

const server = await startTransferServer({ minPartBytes: 1_000 });
const { sender, signal } = server;
const limits = { multipartFromBytes: 10_000, minPartBytes: 4_000 };
afterAll(server.close);

let directory: string;
let bucket: string;

beforeEach(async () => {
  ({ directory, bucket } = await server.newPlace());
  mkdirSync(directory);
});

const importAll = (more: Partial<Parameters<typeof importDirectory>[0]> = {}) =>
  importDirectory({ sender, directory, bucket, signal, limits, ...more });
async function stored(Key: string): Promise<Buffer> {
  const { Body } = await sender.send(GetObject, { Bucket: bucket, Key });
  return Buffer.from(await Body.bytes());
}
const headOf = (Key: string) => sender.send(HeadObject, { Bucket: bucket, Key });
const etagOf = async (key: string) => (await headOf(key)).ETag;
async function uploadsUnderWay() {
  const { Uploads = [] } = await sender.send(ListMultipartUploads, { Bucket: bucket });
  return Uploads.length;
}

describe('an import', () => {
  it('sends files above the threshold in parts, and those up to it in one request', async () => {
    const bodies = new Map(
      [10_000, 10_001, 12_000, 12_001].map((size) => [String(size), randomBytes(size)]),
    );
    for (const [name, bytes] of bodies) writeFileSync(join(directory, name), bytes);
    expect(await importAll()).toMatchObject({ done: 4, failed: 0 });
    for (const [name, bytes] of bodies) expect((await stored(name)).equals(bytes), name).toBe(true);
    expect(await etagOf('10000')).not.toContain('-');
    for (const name of ['10001', '12000']) expect(await etagOf(name)).toContain('-3"');
    expect(await etagOf('12001')).toContain('-4"');
    expect(await uploadsUnderWay()).toBe(0);
  });

  it('gives an object that goes in parts what was noted of it', async () => {
    writeFileSync(join(directory, 'key'), randomBytes(20_000));
    mkdirSync(join(directory, '.kist'));
    const headers = { 'content-type': 'image/png', 'x-amz-meta-colour': 'blue' };
    const line = JSON.stringify({ key: 'key', path: 'key', headers });
    writeFileSync(join(directory, '.kist/objects.jsonl'), line);
    await importAll();
    const noted = { ContentType: 'image/png', Metadata: { colour: 'blue' } };
    expect(await headOf('key')).toMatchObject(noted);
  });

  it('doesn’t send again what came in parts of whatever length, and sends what changed', async () => {
    const path = join(directory, 'key');
    writeFileSync(path, randomBytes(20_000));
    expect(await importAll()).toMatchObject({ done: 1, skipped: 0 });
    const again = { done: 0, skipped: 1, failed: 0 };
    expect(await importAll()).toMatchObject(again);
    expect(await importAll({ limits: { ...limits, minPartBytes: 3_000 } })).toMatchObject(again);
    expect(await importAll({ limits: uploadLimits })).toMatchObject(again);
    const changed = randomBytes(20_000);
    writeFileSync(path, changed);
    // Bytes are compared, not times.
    utimesSync(path, 1, 1);
    expect(await importAll()).toMatchObject({ done: 1, skipped: 0 });
    expect((await stored('key')).equals(changed)).toBe(true);
  });

  it('leaves no parts behind when one of them fails', async () => {
    writeFileSync(join(directory, 'key'), randomBytes(50_000));
    const failing = server.senderOver((transport) => ({
      ...transport,
      send: async (request) => {
        if (request.path.includes('partNumber=3')) throw new Error('no third part');
        return transport.send(request);
      },
    }));
    const tally = await importAll({ sender: failing });
    expect(tally).toMatchObject({ done: 0, failed: 1 });
    expect(tally.failures).toEqual([{ name: 'key', reason: 'no third part' }]);
    expect(await uploadsUnderWay()).toBe(0);
    expect(await importAll()).toMatchObject({ done: 1, failed: 0 });
  });

  it('takes an upload for done whose last answer was lost', async () => {
    const bytes = randomBytes(20_000);
    writeFileSync(join(directory, 'key'), bytes);
    let lost = 0;
    const losing = server.senderOver((transport) => ({
      ...transport,
      send: async (request) => {
        const answer = await transport.send(request);
        if (request.method !== 'POST' || !request.path.includes('?uploadId=')) return answer;
        if (lost++ > 0) return answer;
        await answer.body.bytes();
        throw new S3Error('NetworkError', 'socket hang up');
      },
    }));
    expect(await importAll({ sender: losing })).toMatchObject({ done: 1, failed: 0 });
    expect(lost).toBeGreaterThan(0);
    expect((await stored('key')).equals(bytes)).toBe(true);
  });

  it('takes no note of a line that an export would not have written', async () => {
    writeFileSync(join(directory, 'plain'), 'plain');
    mkdirSync(join(directory, '.kist'));
    const lines = [{ key: '../up' }, { key: '../up', path: '../up' }, { key: 'a', path: 'plain' }];
    const text = lines.map((line) => JSON.stringify({ ...line, headers: {} })).join('\n');
    writeFileSync(join(directory, '.kist/objects.jsonl'), text);
    expect(await importAll()).toMatchObject({ done: 1, failed: 0 });
    expect((await stored('plain')).toString()).toBe('plain');
  });

  it('tells names that are no UTF-8, and imports the rest', async () => {
    const odd = Buffer.concat([Buffer.from(`${directory}/caf`), Buffer.of(0xe9)]);
    writeFileSync(odd, 'latin');
    mkdirSync(Buffer.concat([odd, Buffer.from('-folder')]));
    writeFileSync(join(directory, 'plain'), 'plain');
    const tally = await importAll();
    expect(tally).toMatchObject({ done: 1, failed: 2 });
    const reason = 'its name is not UTF-8';
    expect(tally.failures.map((failure) => failure.reason)).toEqual([reason, reason]);
    expect(tally.failures[0]?.name).toContain('caf');
  });
});
