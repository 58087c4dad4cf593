import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import {
  DeleteBucketInventoryConfigurationCommand,
  GetBucketInventoryConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type InventoryConfiguration,
  type InventoryS3BucketDestination,
  ListBucketInventoryConfigurationsCommand,
  ListObjectsV2Command,
  PutBucketInventoryConfigurationCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { alt, main as mainAccount } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { codeOf } from '../support/s3-client.ts';
import { until } from '../support/start-server.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer({ lifecycleDaySeconds: 3600 });
const { main } = server;

const arnOf = (bucket: string): string => `arn:aws:s3:::${bucket}`;

function configuration(
  destination: string,
  change: Partial<InventoryConfiguration> = {},
  place: Partial<InventoryS3BucketDestination> = {},
): InventoryConfiguration {
  return {
    Id: 'report',
    IsEnabled: true,
    IncludedObjectVersions: 'Current',
    Schedule: { Frequency: 'Daily' },
    Destination: {
      S3BucketDestination: { Bucket: arnOf(destination), Format: 'CSV', ...place },
    },
    ...change,
  };
}

function configure(Bucket: string, asked: InventoryConfiguration, client = main, Id = asked.Id) {
  return client.send(
    new PutBucketInventoryConfigurationCommand({ Bucket, Id, InventoryConfiguration: asked }),
  );
}

async function configured(Bucket: string, Id: string, client = main) {
  const asked = new GetBucketInventoryConfigurationCommand({ Bucket, Id });
  return (await client.send(asked)).InventoryConfiguration;
}

describe('a configuration', () => {
  test('is returned as it was given, replaced and deleted', async () => {
    const [Bucket, destination] = [await server.createBucket(), await server.createBucket()];
    const full = configuration(
      destination,
      {
        IsEnabled: false,
        IncludedObjectVersions: 'All',
        Schedule: { Frequency: 'Weekly' },
        Filter: { Prefix: 'a/' },
        OptionalFields: ['Size', 'ETag', 'ObjectOwner'],
      },
      { AccountId: mainAccount.accountId, Prefix: 'lists', Encryption: { SSES3: {} } },
    );
    await configure(Bucket, full);
    expect(await configured(Bucket, 'report')).toEqual(full);
    const plain = configuration(destination, { IsEnabled: false });
    await configure(Bucket, plain);
    expect(await configured(Bucket, 'report')).toEqual(plain);
    const removal = new DeleteBucketInventoryConfigurationCommand({ Bucket, Id: 'report' });
    expect((await main.send(removal)).$metadata.httpStatusCode).toBe(204);
    expect(await codeOf(configured(Bucket, 'report'))).toBe('404 NoSuchConfiguration');
    expect(await codeOf(main.send(removal))).toBe('404 NoSuchConfiguration');
  });

  test('is for the owner of the bucket', async () => {
    const [Bucket, destination] = [await server.createBucket(), await server.createBucket()];
    const asked = configuration(destination);
    await configure(Bucket, asked);
    const { alt: client } = server;
    for (const request of [
      () => configure(Bucket, asked, client),
      () => configured(Bucket, 'report', client),
      () => client.send(new DeleteBucketInventoryConfigurationCommand({ Bucket, Id: 'report' })),
      () => client.send(new ListBucketInventoryConfigurationsCommand({ Bucket })),
    ]) {
      expect(await codeOf(request())).toBe('403 AccessDenied');
    }
  });

  test.each<
    readonly [
      string,
      Partial<InventoryConfiguration>,
      Partial<InventoryS3BucketDestination>,
      string,
    ]
  >([
    ['an id of spaces', { Id: 'a b' }, {}, '400 InvalidArgument'],
    ['an id of 65 characters', { Id: 'i'.repeat(65) }, {}, '400 InvalidArgument'],
    ['a name in place of an ARN', {}, { Bucket: 'some-bucket' }, '400 InvalidS3DestinationBucket'],
    [
      'a destination that is missing',
      {},
      { Bucket: arnOf('nowhere-to-be-found') },
      '400 InvalidS3DestinationBucket',
    ],
    [
      'the account of somebody else',
      {},
      { AccountId: alt.accountId },
      '400 InvalidS3DestinationBucket',
    ],
    ['the format ORC', {}, { Format: 'ORC' }, '501 NotImplemented'],
    ['the format Parquet', {}, { Format: 'Parquet' }, '501 NotImplemented'],
    ['an unknown format', {}, { Format: 'JSON' as 'CSV' }, '400 MalformedXML'],
    [
      'a field that Kist does not have',
      { OptionalFields: ['Size', 'ReplicationStatus'] },
      {},
      '501 NotImplemented',
    ],
    ['a field twice', { OptionalFields: ['Size', 'Size'] }, {}, '400 MalformedXML'],
    ['an unknown field', { OptionalFields: ['Colour' as 'Size'] }, {}, '400 MalformedXML'],
    ['no schedule', { Schedule: undefined }, {}, '400 MalformedXML'],
    [
      'an unknown schedule',
      { Schedule: { Frequency: 'Hourly' as 'Daily' } },
      {},
      '400 MalformedXML',
    ],
    ['no versions', { IncludedObjectVersions: undefined }, {}, '400 MalformedXML'],
    [
      'two encryptions',
      {},
      { Encryption: { SSES3: {}, SSEKMS: { KeyId: 'k' } } },
      '400 MalformedXML',
    ],
    [
      'a key that is not there',
      {},
      { Encryption: { SSEKMS: { KeyId: 'nowhere' } } },
      '400 KMS.NotFoundException',
    ],
    ['a prefix that leaves no room', {}, { Prefix: 'p'.repeat(1000) }, '400 InvalidArgument'],
  ])('is refused with %s', async (_, change, place, expected) => {
    const [Bucket, destination] = [await server.createBucket(), await server.createBucket()];
    const asked = configuration(destination, change, place);
    expect(await codeOf(configure(Bucket, asked))).toBe(expected);
    const { InventoryConfigurationList } = await main.send(
      new ListBucketInventoryConfigurationsCommand({ Bucket }),
    );
    expect(InventoryConfigurationList).toBeUndefined();
  });

  test('is refused with a destination of another owner, and under another id than its own', async () => {
    const Bucket = await server.createBucket();
    const foreign = configuration(await server.createBucket(server.alt));
    expect(await codeOf(configure(Bucket, foreign))).toBe('400 InvalidS3DestinationBucket');
    const own = configuration(await server.createBucket());
    expect(await codeOf(configure(Bucket, own, main, 'another'))).toBe('400 IdMismatch');
  });
});

test('configurations are listed in pages of a hundred, in order of id', async () => {
  const [Bucket, destination] = [await server.createBucket(), await server.createBucket()];
  const list = (ContinuationToken?: string) =>
    main.send(new ListBucketInventoryConfigurationsCommand({ Bucket, ContinuationToken }));
  expect(await list()).toMatchObject({ IsTruncated: false });
  const ids = Array.from({ length: 103 }, (_, index) => `id-${String(index).padStart(3, '0')}`);
  for (const Id of ids)
    await configure(Bucket, configuration(destination, { Id, IsEnabled: false }));
  const first = await list();
  expect(first.IsTruncated).toBe(true);
  expect(first.InventoryConfigurationList).toHaveLength(100);
  const second = await list(first.NextContinuationToken);
  expect(second).toMatchObject({
    IsTruncated: false,
    ContinuationToken: first.NextContinuationToken,
  });
  expect(second.NextContinuationToken).toBeUndefined();
  const listed = [first, second].flatMap((page) => page.InventoryConfigurationList!);
  expect(listed.map(({ Id }) => Id)).toEqual(ids);
  expect(await codeOf(list('not a token'))).toBe('400 InvalidArgument');
});

test('configurations put at once are all kept', async () => {
  const [Bucket, destination] = [await server.createBucket(), await server.createBucket()];
  const ids = ['a', 'b', 'c', 'd', 'e'];
  await Promise.all(
    ids.map((Id) => configure(Bucket, configuration(destination, { Id, IsEnabled: false }))),
  );
  const { InventoryConfigurationList: listed = [] } = await main.send(
    new ListBucketInventoryConfigurationsCommand({ Bucket }),
  );
  expect(listed.map(({ Id }) => Id)).toEqual(ids);
});

test('a report is delivered to the destination', async () => {
  const quick = await startTestServer({ lifecycleDaySeconds: 1 });
  const client = quick.main;
  const [Bucket, destination] = [await quick.createBucket(), await quick.createBucket()];
  for (const key of ['a', 'b/ü']) await put(client, Bucket, key, 'hello');
  const asked = configuration(
    destination,
    { OptionalFields: ['Size', 'ETag', 'EncryptionStatus'] },
    { Prefix: 'lists', Encryption: { SSES3: {} } },
  );
  await configure(Bucket, asked, client);
  const folder = `lists/${Bucket}/report/`;
  const find = async (name: string) => {
    const listing = new ListObjectsV2Command({ Bucket: destination, Prefix: folder });
    const { Contents = [] } = await client.send(listing);
    return Contents.map(({ Key }) => Key!).find((key) => key.endsWith(name));
  };
  await until(
    async () => (await find('/manifest.checksum')) !== undefined,
    'a report is delivered',
  );
  const read = async (Key: string) => {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: destination, Key }));
    return Buffer.from(await Body!.transformToByteArray());
  };
  const checksumKey = (await find('/manifest.checksum'))!;
  expect(checksumKey).toMatch(new RegExp(`^${folder}\\d{4}-\\d\\d-\\d\\dT\\d\\d-\\d\\dZ/`));
  // The next report of the same minute has the same place: both are of one moment at last.
  await until(async () => {
    const manifest = await read(checksumKey.replace('.checksum', '.json'));
    const checksum = await read(checksumKey);
    return checksum.toString() === createHash('md5').update(manifest).digest('hex');
  }, 'the checksum fits the manifest');
  const manifest = JSON.parse((await read(checksumKey.replace('.checksum', '.json'))).toString());
  expect(manifest).toMatchObject({
    sourceBucket: Bucket,
    destinationBucket: arnOf(destination),
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, Size, ETag, EncryptionStatus',
  });
  const [{ key, size, MD5checksum }] = manifest.files;
  const list = await read(key);
  expect([list.length, createHash('md5').update(list).digest('hex')]).toEqual([size, MD5checksum]);
  const etag = '5d41402abc4b2a76b9719d911017c592';
  expect(gunzipSync(list).toString()).toBe(
    `"${Bucket}","a","5","${etag}","NOT-SSE"\n"${Bucket}","b/%C3%BC","5","${etag}","NOT-SSE"\n`,
  );
  const head = await client.send(new HeadObjectCommand({ Bucket: destination, Key: key }));
  expect(head.ServerSideEncryption).toBe('AES256');
  expect(await find('/symlink.txt')).toMatch(/\/hive\/dt=\d{4}-\d\d-\d\d-\d\d-\d\d\/symlink.txt$/);
});
