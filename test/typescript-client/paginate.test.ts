/** Lists of a real server, longer than a page, through the client's paginators. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Client, Pages } from '../../src/client/index.ts';
import { tenant } from '../support/accounts.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import { listed, signatureVersions, typescriptClient } from '../support/typescript-clients.ts';

const server = await startTestServer();
/** What no XML can hold, and what has to be encoded, among it. */
const keys = ['a', 'b/1', 'b/2', 'c d+e&%2B', 'e\u0001', 'f/1', 'g\n', 'ö', '😀'];
const pageSize = 2;

async function filledBucket(client: Client): Promise<string> {
  const Bucket = uniqueBucketName();
  await client.createBucket({ Bucket });
  for (const Key of keys) await client.putObject({ Bucket, Key, Body: Key });
  return Bucket;
}

const configuration = (Id: string, destination: string) =>
  ({
    Id,
    IsEnabled: false,
    IncludedObjectVersions: 'Current',
    Schedule: { Frequency: 'Daily' },
    Destination: { S3BucketDestination: { Bucket: `arn:aws:s3:::${destination}`, Format: 'CSV' } },
  }) as const;

describe.each(signatureVersions)('with %s', (signatureVersion) => {
  const client = typescriptClient(server.port, { signatureVersion });
  let Bucket: string;

  beforeAll(async () => {
    Bucket = await filledBucket(client);
  });

  test.each(['listObjects', 'listObjectsV2'] as const)(
    '%s has every key, page by page',
    async (list) => {
      const pages = client.paginate[list]({ Bucket }, { pageSize });
      const found: string[][] = [];
      for await (const page of pages) {
        expect(page.$metadata.httpStatusCode).toBe(200);
        found.push((page.Contents ?? []).map(({ Key }) => Key!));
      }
      expect(found.map((page) => page.length)).toEqual([2, 2, 2, 2, 1]);
      expect(found.flat()).toEqual(keys);
      const items = await listed(pages.items());
      expect(items.map(({ Key }) => Key)).toEqual(keys);
      expect(items.every(({ Size, Key }) => Size === Buffer.byteLength(Key!))).toBe(true);
    },
  );

  test.each(['listObjects', 'listObjectsV2'] as const)(
    '%s rolls keys up into prefixes, which are listed once',
    async (list) => {
      const pages = client.paginate[list]({ Bucket, Delimiter: '/' }, { pageSize: 1 });
      const prefixes = (pages as Pages<'ListObjectsV2'>).items('CommonPrefixes');
      expect(await listed(prefixes)).toEqual([{ Prefix: 'b/' }, { Prefix: 'f/' }]);
      const items = await listed(pages.items());
      expect(items.map(({ Key }) => Key)).toEqual(keys.filter((key) => !key.includes('/')));
    },
  );

  test('a list begins where it is told and ends after as many items as are wanted', async () => {
    const after = client.paginate.listObjectsV2(
      { Bucket, StartAfter: 'b/1' },
      { pageSize, maxItems: 3 },
    );
    expect((await listed(after.items())).map(({ Key }) => Key)).toEqual(keys.slice(2, 5));
    const pages = await listed(after);
    expect(pages.map(({ Contents }) => Contents?.length)).toEqual([2, 1]);
  });

  test('keys stay encoded for who asks for that, and the list goes on all the same', async () => {
    for (const list of ['listObjects', 'listObjectsV2'] as const) {
      const pages = client.paginate[list]({ Bucket, EncodingType: 'url' }, { pageSize: 1 });
      const found = (await listed(pages.items())).map(({ Key }) => Key!);
      expect(found.map(decodeURIComponent)).toEqual(keys);
      expect(found).toContain('e%01');
    }
  });

  test('versions and markers of deletions are told apart', async () => {
    const versioned = uniqueBucketName();
    await client.createBucket({ Bucket: versioned });
    await client.putBucketVersioning({
      Bucket: versioned,
      VersioningConfiguration: { Status: 'Enabled' },
    });
    for (const Key of ['a\u0002', 'b']) {
      await client.putObject({ Bucket: versioned, Key, Body: '1' });
      await client.putObject({ Bucket: versioned, Key, Body: '22' });
      await client.deleteObject({ Bucket: versioned, Key });
    }
    const pages = client.paginate.listObjectVersions({ Bucket: versioned }, { pageSize: 1 });
    const all = (await listed(pages.items())).map((item) => [
      item.Key,
      item.DeleteMarker ? 'deleted' : item.Size,
    ]);
    expect(all).toEqual([
      ['a\u0002', 'deleted'],
      ['a\u0002', 2],
      ['a\u0002', 1],
      ['b', 'deleted'],
      ['b', 2],
      ['b', 1],
    ]);
    expect(await listed(pages)).toHaveLength(6);
    expect(await listed(pages.items('DeleteMarkers'))).toHaveLength(2);
  });

  test('uploads, their parts, annotations and configurations are listed to their end', async () => {
    const UploadIds: string[] = [];
    for (const Key of ['u\u0003', 'u\u0003', 'v']) {
      UploadIds.push((await client.createMultipartUpload({ Bucket, Key })).UploadId!);
    }
    const uploads = await listed(
      client.paginate.listMultipartUploads({ Bucket }, { pageSize: 1 }).items(),
    );
    expect(uploads.map(({ Key }) => Key)).toEqual(['u\u0003', 'u\u0003', 'v']);
    expect(uploads.map(({ UploadId }) => UploadId!).sort()).toEqual(UploadIds.sort());

    const upload = { Bucket, Key: 'v', UploadId: uploads.at(-1)!.UploadId! };
    for (const PartNumber of [1, 3, 10, 200]) {
      await client.uploadPart({ ...upload, PartNumber, Body: 'x' });
    }
    const parts = client.paginate.listParts(upload, { pageSize: 1 });
    expect((await listed(parts.items())).map(({ PartNumber }) => PartNumber)).toEqual([
      1, 3, 10, 200,
    ]);

    const noted = { Bucket, Key: 'a' };
    for (const AnnotationName of ['x', 'y', 'z']) {
      await client.putObjectAnnotation({ ...noted, AnnotationName, AnnotationPayload: 'n' });
    }
    const notes = client.paginate.listObjectAnnotations(noted, { pageSize: 1 });
    const names = (await listed(notes.items())).map(({ AnnotationName }) => AnnotationName);
    expect(names).toEqual(['x', 'y', 'z']);

    const Ids = Array.from({ length: 101 }, (_, at) => `report-${String(at).padStart(3, '0')}`);
    for (const Id of Ids) {
      const InventoryConfiguration = configuration(Id, Bucket);
      await client.putBucketInventoryConfiguration({ Bucket, Id, InventoryConfiguration });
    }
    const reports = client.paginate.listBucketInventoryConfigurations({ Bucket });
    expect(await listed(reports)).toHaveLength(2);
    expect((await listed(reports.items())).map(({ Id }) => Id)).toEqual(Ids);
  });

  test('buckets are listed to their end', async () => {
    const theirs = typescriptClient(server.port, { signatureVersion }, tenant);
    const names = [1, 2, 3].map(() => uniqueBucketName());
    for (const name of names) await theirs.createBucket({ Bucket: name });
    const pages = theirs.paginate.listBuckets({}, { pageSize: 1 });
    const found = (await listed(pages.items())).map(({ Name }) => Name!);
    expect(found).toEqual(expect.arrayContaining(names));
    expect(await listed(pages)).toHaveLength(found.length);
    for (const name of names) await theirs.deleteBucket({ Bucket: name });
  });

  test('a list that is refused is that refusal', async () => {
    const missing = client.paginate.listObjectsV2({ Bucket: uniqueBucketName() });
    await expect(listed(missing.items())).rejects.toMatchObject({ code: 'NoSuchBucket' });
    const stopped = client.paginate.listObjectsV2({ Bucket }, { signal: AbortSignal.abort('why') });
    await expect(listed(stopped.items())).rejects.toBe('why');
  });
});
