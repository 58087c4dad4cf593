/** Copies in parts, as those of more than 5 GiB are made: here of small ones, with small limits. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { copySettings } from '../../src/cli/object/copy-settings.ts';
import type { ObjectItem } from '../../src/cli/object/items.ts';
import { serverCopy } from '../../src/cli/object/server-copy.ts';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());

const limits = { maxSingleCopyBytes: 100_000, partBytes: 60_000 };
const signal = new AbortController().signal;

function item(bucket: string, key: string): ObjectItem {
  const place = { kind: 'remote', alias: undefined, bucket, key } as const;
  return { kind: 'object', client: cli.client, place };
}

test('it is the same object, with metadata and tags, and none of it was fetched', async () => {
  const bucket = await cli.newBucket();
  const bytes = randomBytes(250_000);
  await cli.client.putObject({
    ...{ Bucket: bucket, Key: 'a ö&', Body: bytes, ContentType: 'text/x' },
    ...{ Metadata: { a: 'b' }, Tagging: 'k=v%20w', CacheControl: 'no-store' },
  });
  const settings = copySettings({ concurrency: 1, resume: true });
  const [from, to] = [item(bucket, 'a ö&'), item(bucket, 'copy')];
  expect(await serverCopy(from, to, settings, signal, limits)).toBe(bytes.length);
  const at = { Bucket: bucket, Key: 'copy' };
  const { Body, ...head } = await cli.client.getObject(at);
  expect(Buffer.from(await Body.bytes()).equals(bytes)).toBe(true);
  expect(head).toMatchObject({
    ...{ ContentType: 'text/x', Metadata: { a: 'b' }, CacheControl: 'no-store', TagCount: 1 },
    ETag: expect.stringMatching(/-5"$/),
  });
  expect((await cli.client.getObjectTagging(at)).TagSet).toEqual([{ Key: 'k', Value: 'v w' }]);
});

test('a copy that fails leaves no upload behind', async () => {
  const bucket = await cli.newBucket();
  await cli.client.putObject({ Bucket: bucket, Key: 'a', Body: randomBytes(250_000) });
  const settings = copySettings({ concurrency: 1, resume: true });
  const failing = {
    ...item(bucket, 'b'),
    client: { ...cli.client, uploadPartCopy: () => Promise.reject(new Error('cut')) },
  };
  await expect(serverCopy(item(bucket, 'a'), failing, settings, signal, limits)).rejects.toThrow(
    'cut',
  );
  expect((await cli.client.listMultipartUploads({ Bucket: bucket })).Uploads).toBeUndefined();
  expect(await cli.keysIn(bucket)).toEqual(['a']);
});
