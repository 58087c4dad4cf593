/** Each operation that Kist has, through the client: in both signature versions, the bucket in path and host. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client, S3Error } from '../../src/client/index.ts';
import { allUsers, alt, main } from '../support/accounts.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import { failureOf, localDomain, typescriptClient, ways } from '../support/typescript-clients.ts';

const server = await startTestServer({
  ...localDomain,
  kmsKeyIds: ['first', 'second'],
  websiteDomain: ['sites.example.com'],
  lifecycleDaySeconds: 3600,
});
const partBytes = 5 * 1024 * 1024;
const dayMs = 86_400_000;

/** As the compatibility page lists them. */
const built = readFileSync(join(import.meta.dirname, '../../docs/compatibility.md'), 'utf8')
  .split('\n')
  .find((line) => line.startsWith('[AbortMultipartUpload]'))!
  .split(' · ')
  .map((link) => /\[(\w+)\]/.exec(link)![1]!);

const isRefusal = (code: string, status: number) =>
  expect.objectContaining({ name: 'S3Error', code, status });

test('who signs nothing uploads a stream as it is', async () => {
  const owner = typescriptClient(server.port);
  const anonymous = typescriptClient(server.port, {}, null);
  const Bucket = uniqueBucketName();
  await owner.createBucket({ Bucket, ACL: 'public-read-write', ObjectOwnership: 'ObjectWriter' });
  const at = { Bucket, Key: 'k' };
  const Body = new Blob(['some ', 'text']);
  await anonymous.putObject({ ...at, Body, ChecksumAlgorithm: 'SHA256', ACL: 'public-read' });
  const got = await owner.getObject(at);
  expect(await got.Body.text()).toBe('some text');
  expect(got.ContentEncoding).toBeUndefined();
  expect(got.ChecksumSHA256).toMatch(/=$/);
  await expect(anonymous.listBuckets()).rejects.toEqual(isRefusal('AccessDenied', 403));
});

describe.each(ways)('$signatureVersion, bucket in the $addressingStyle:', (way) => {
  const client = typescriptClient(server.port, way);
  const done = new Set<string>();
  let Bucket: string;

  beforeAll(async () => {
    const { send } = client;
    const counting: Client['send'] = async (operation, input, options) => {
      const output = await send(operation, input, options);
      done.add(operation.name);
      return output;
    };
    Object.assign(client, { send: counting });
    Bucket = await newBucket();
  });

  async function newBucket(more: { readonly ObjectLockEnabledForBucket?: boolean } = {}) {
    const name = uniqueBucketName();
    await client.createBucket({ Bucket: name, ObjectOwnership: 'ObjectWriter', ...more });
    return name;
  }

  test('buckets are made, found, listed and deleted', async () => {
    const made = uniqueBucketName();
    const { Location, $metadata } = await client.createBucket({ Bucket: made });
    expect(Location).toContain(made);
    expect($metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
    expect($metadata.requestId).toMatch(/\w+/);
    expect((await client.headBucket({ Bucket: made })).BucketRegion).toBe('us-east-1');
    expect((await client.getBucketLocation({ Bucket: made })).LocationConstraint).toBeUndefined();
    const { Buckets, Owner } = await client.listBuckets();
    expect(Buckets).toContainEqual(expect.objectContaining({ Name: made }));
    expect(Buckets![0]!.CreationDate).toBeInstanceOf(Date);
    expect(Owner?.ID).toBe(main.accountId);
    await client.deleteBucket({ Bucket: made });
    await expect(client.headBucket({ Bucket: made })).rejects.toEqual(isRefusal('NotFound', 404));
  });

  test('configurations of a bucket are read as they were put, and deleted', async () => {
    const target = await newBucket();
    const CORSRules = [
      { AllowedMethods: ['GET'], AllowedOrigins: ['https://example.com'], MaxAgeSeconds: 5 },
    ];
    await client.putBucketCors({ Bucket, CORSConfiguration: { CORSRules } });
    expect((await client.getBucketCors({ Bucket })).CORSRules).toEqual(CORSRules);
    await client.deleteBucketCors({ Bucket });
    await expect(client.getBucketCors({ Bucket })).rejects.toEqual(
      isRefusal('NoSuchCORSConfiguration', 404),
    );

    const ServerSideEncryptionConfiguration = {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
          BucketKeyEnabled: false,
        },
      ],
    } as const;
    await client.putBucketEncryption({ Bucket, ServerSideEncryptionConfiguration });
    expect(await client.getBucketEncryption({ Bucket })).toMatchObject({
      ServerSideEncryptionConfiguration,
    });
    await client.deleteBucketEncryption({ Bucket });

    const InventoryConfiguration = {
      Id: 'report',
      IsEnabled: false,
      IncludedObjectVersions: 'Current',
      Schedule: { Frequency: 'Daily' },
      Destination: {
        S3BucketDestination: { Bucket: `arn:aws:s3:::${target}`, Format: 'CSV' },
      },
    } as const;
    const report = { Bucket, Id: 'report' };
    await client.putBucketInventoryConfiguration({ ...report, InventoryConfiguration });
    expect(await client.getBucketInventoryConfiguration(report)).toMatchObject({
      InventoryConfiguration,
    });
    const { InventoryConfigurationList, IsTruncated } =
      await client.listBucketInventoryConfigurations({ Bucket });
    expect(InventoryConfigurationList).toMatchObject([InventoryConfiguration]);
    expect(IsTruncated).toBe(false);
    await client.deleteBucketInventoryConfiguration(report);

    const Rules = [
      { ID: 'r', Status: 'Enabled', Filter: { Prefix: 'tmp/' }, Expiration: { Days: 3 } },
    ] as const;
    await client.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration: { Rules } });
    expect((await client.getBucketLifecycleConfiguration({ Bucket })).Rules).toEqual(Rules);
    await client.deleteBucketLifecycle({ Bucket });

    const LoggingEnabled = { TargetBucket: target, TargetPrefix: 'logs/' };
    await client.putBucketAcl({ Bucket: target, ACL: 'log-delivery-write' });
    await client.putBucketLogging({ Bucket, BucketLoggingStatus: { LoggingEnabled } });
    expect(await client.getBucketLogging({ Bucket })).toMatchObject({ LoggingEnabled });
    await client.putBucketLogging({ Bucket, BucketLoggingStatus: {} });

    await client.putBucketNotificationConfiguration({ Bucket, NotificationConfiguration: {} });
    expect(await client.getBucketNotificationConfiguration({ Bucket })).toEqual({
      $metadata: expect.anything(),
    });

    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] } as const;
    await client.putBucketOwnershipControls({ Bucket, OwnershipControls });
    expect(await client.getBucketOwnershipControls({ Bucket })).toMatchObject({
      OwnershipControls,
    });
    await client.deleteBucketOwnershipControls({ Bucket });

    const TagSet = [{ Key: 'größe', Value: 'a + b = c' }];
    await client.putBucketTagging({ Bucket, Tagging: { TagSet } });
    expect((await client.getBucketTagging({ Bucket })).TagSet).toEqual(TagSet);
    await client.deleteBucketTagging({ Bucket });

    const WebsiteConfiguration = {
      IndexDocument: { Suffix: 'index.html' },
      ErrorDocument: { Key: 'error.html' },
    };
    await client.putBucketWebsite({ Bucket, WebsiteConfiguration });
    expect(await client.getBucketWebsite({ Bucket })).toMatchObject(WebsiteConfiguration);
    await client.deleteBucketWebsite({ Bucket });

    const RequestPaymentConfiguration = { Payer: 'Requester' } as const;
    await client.putBucketRequestPayment({ Bucket, RequestPaymentConfiguration });
    expect((await client.getBucketRequestPayment({ Bucket })).Payer).toBe('Requester');

    expect((await client.getBucketAccelerateConfiguration({ Bucket })).Status).toBeUndefined();
    const accelerated = client.putBucketAccelerateConfiguration({
      Bucket,
      AccelerateConfiguration: { Status: 'Suspended' },
    });
    await expect(accelerated).rejects.toEqual(isRefusal('InvalidRequest', 400));
    done.add('PutBucketAccelerateConfiguration');
  });

  test('who may is said by lists and policies', async () => {
    const bucket = await newBucket();
    await client.putBucketAcl({ Bucket: bucket, ACL: 'public-read' });
    const { Grants, Owner } = await client.getBucketAcl({ Bucket: bucket });
    expect(Owner?.ID).toBe(main.accountId);
    expect(Grants).toContainEqual({
      Grantee: { Type: 'Group', URI: allUsers },
      Permission: 'READ',
    });
    await client.putObject({ Bucket: bucket, Key: 'k', Body: 'x' });
    await client.putObjectAcl({
      Bucket: bucket,
      Key: 'k',
      AccessControlPolicy: {
        Owner: { ID: main.accountId },
        Grants: [
          { Grantee: { Type: 'CanonicalUser', ID: alt.accountId }, Permission: 'FULL_CONTROL' },
        ],
      },
    });
    const { Grants: ofObject } = await client.getObjectAcl({ Bucket: bucket, Key: 'k' });
    expect(ofObject).toMatchObject([
      { Grantee: { Type: 'CanonicalUser', ID: alt.accountId }, Permission: 'FULL_CONTROL' },
    ]);

    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 's3:GetObject',
          Resource: `arn:aws:s3:::${bucket}/*`,
        },
      ],
    });
    await client.putBucketPolicy({ Bucket: bucket, Policy });
    expect(JSON.parse((await client.getBucketPolicy({ Bucket: bucket })).Policy!)).toEqual(
      JSON.parse(Policy),
    );
    expect(await client.getBucketPolicyStatus({ Bucket: bucket })).toMatchObject({
      PolicyStatus: { IsPublic: true },
    });
    await client.deleteBucketPolicy({ Bucket: bucket });

    const PublicAccessBlockConfiguration = { BlockPublicAcls: true, BlockPublicPolicy: false };
    await client.putPublicAccessBlock({ Bucket: bucket, PublicAccessBlockConfiguration });
    expect(await client.getPublicAccessBlock({ Bucket: bucket })).toMatchObject({
      PublicAccessBlockConfiguration,
    });
    await client.deletePublicAccessBlock({ Bucket: bucket });
  });

  test('objects are put, read, copied, renamed, listed and deleted', async () => {
    const Key = 'a key/with ö+&?#%/./..//end';
    const { ETag } = await client.putObject({
      Bucket,
      Key,
      Body: 'some text',
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'no-cache',
      Metadata: { colour: 'größer', Case: 'Kept' },
      Tagging: 'a=1&b=2',
    });
    expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
    const head = await client.headObject({ Bucket, Key });
    expect(head).toMatchObject({
      ETag,
      ContentLength: 9,
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'no-cache',
      Metadata: { colour: 'größer', case: 'Kept' },
    });
    expect(head.LastModified).toBeInstanceOf(Date);
    const got = await client.getObject({ Bucket, Key });
    expect(got).toMatchObject({ ETag, TagCount: 2, Metadata: { colour: 'größer' } });
    expect(await got.Body.text()).toBe('some text');
    const part = await client.getObject({ Bucket, Key, Range: 'bytes=5-' });
    expect([part.ContentRange, await part.Body.text()]).toEqual(['bytes 5-8/9', 'text']);
    expect(part.$metadata.httpStatusCode).toBe(206);
    const attributes = await client.getObjectAttributes({
      Bucket,
      Key,
      ObjectAttributes: ['ETag', 'ObjectSize', 'StorageClass'],
    });
    expect(attributes).toMatchObject({ ObjectSize: 9, StorageClass: 'STANDARD' });

    const CopySource = encodeURIComponent(`${Bucket}/${Key}`);
    const { CopyObjectResult } = await client.copyObject({ Bucket, Key: 'copy', CopySource });
    expect(CopyObjectResult).toMatchObject({ ETag, LastModified: expect.any(Date) });
    await client.renameObject({ Bucket, Key: 'renamed', RenameSource: 'copy' });
    const control = 'control \u0001\n&';
    await client.putObject({ Bucket, Key: control, Body: new Uint8Array(3) });
    const keys = [Key, control, 'renamed'];
    const v2 = await client.listObjectsV2({ Bucket });
    expect(v2.Contents?.map((one) => one.Key)).toEqual(keys);
    expect(v2).toMatchObject({ KeyCount: 3, IsTruncated: false, Name: Bucket });
    const v1 = await client.listObjects({ Bucket, Delimiter: '/' });
    expect(v1.Contents?.map((one) => one.Key)).toEqual(keys.slice(1));
    expect(v1.CommonPrefixes).toEqual([{ Prefix: 'a key/' }]);

    await client.deleteObject({ Bucket, Key });
    const { Deleted, Errors } = await client.deleteObjects({
      Bucket,
      Delete: { Objects: [{ Key: control }, { Key: 'renamed' }, { Key: 'missing' }] },
    });
    expect(Deleted?.map((one) => one.Key)).toEqual([control, 'renamed', 'missing']);
    expect(Errors).toBeUndefined();
    await expect(client.getObject({ Bucket, Key })).rejects.toMatchObject({
      code: 'NoSuchKey',
      status: 404,
      operation: 'GetObject',
      fields: { Key },
      requestId: expect.stringMatching(/\w+/),
    });
  });

  test('objects have tags, annotations and classes', async () => {
    const at = { Bucket, Key: 'noted' };
    await client.putObject({ ...at, Body: 'x' });
    const TagSet = [{ Key: 'k', Value: 'v' }];
    await client.putObjectTagging({ ...at, Tagging: { TagSet } });
    expect((await client.getObjectTagging(at)).TagSet).toEqual(TagSet);
    await client.deleteObjectTagging(at);

    const note = { ...at, AnnotationName: 'labels' };
    await client.putObjectAnnotation({ ...note, AnnotationPayload: '{"cat": 0.9}' });
    const { AnnotationPayload } = await client.getObjectAnnotation(note);
    expect(await AnnotationPayload.json()).toEqual({ cat: 0.9 });
    const { Annotations } = await client.listObjectAnnotations(at);
    expect(Annotations).toMatchObject([{ AnnotationName: 'labels', Size: 12 }]);
    await client.deleteObjectAnnotation(note);

    const restored = client.restoreObject({ ...at, RestoreRequest: { Days: 1 } });
    await expect(restored).rejects.toEqual(isRefusal('InvalidObjectState', 403));
    done.add('RestoreObject');

    await client.putObject({ ...at, Body: 'x', ServerSideEncryption: 'AES256' });
    await client.updateObjectEncryption({
      ...at,
      ObjectEncryption: { SSEKMS: { KMSKeyArn: 'second' } },
    });
    expect(await client.headObject(at)).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'second',
    });
  });

  test('rows of an object are selected', async () => {
    const at = { Bucket, Key: 'rows.csv' };
    await client.putObject({ ...at, Body: 'name,size\na,1\nb,22\n' });
    const { Payload } = await client.selectObjectContent({
      ...at,
      Expression: 'SELECT s.name FROM S3Object s WHERE CAST(s.size AS INT) > 10',
      ExpressionType: 'SQL',
      InputSerialization: { CSV: { FileHeaderInfo: 'USE' } },
      OutputSerialization: { JSON: {} },
    });
    let text = '';
    let scanned: number | undefined;
    for await (const { Records, Stats } of Payload) {
      text += new TextDecoder().decode(Records?.Payload);
      scanned = Stats?.Details?.BytesScanned ?? scanned;
    }
    expect(text).toBe('{"name":"b"}\n');
    expect(scanned).toBe(19);
  });

  test('versions are kept, listed and locked', async () => {
    const bucket = await newBucket({ ObjectLockEnabledForBucket: true });
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.putBucketVersioning({ Bucket: bucket, VersioningConfiguration });
    expect((await client.getBucketVersioning({ Bucket: bucket })).Status).toBe('Enabled');
    const Rule = { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled', Rule } as const;
    await client.putObjectLockConfiguration({ Bucket: bucket, ObjectLockConfiguration });
    expect(await client.getObjectLockConfiguration({ Bucket: bucket })).toMatchObject({
      ObjectLockConfiguration,
    });
    const at = { Bucket: bucket, Key: 'k' };
    const { VersionId } = await client.putObject({ ...at, Body: 'one' });
    await client.putObjectLegalHold({ ...at, LegalHold: { Status: 'ON' } });
    expect(await client.getObjectLegalHold(at)).toMatchObject({ LegalHold: { Status: 'ON' } });
    await client.putObjectLegalHold({ ...at, LegalHold: { Status: 'OFF' } });
    const RetainUntilDate = new Date(Math.floor(Date.now() / 1000) * 1000 + 2 * dayMs);
    const Retention = { Mode: 'GOVERNANCE', RetainUntilDate } as const;
    await client.putObjectRetention({ ...at, Retention });
    expect((await client.getObjectRetention(at)).Retention).toEqual(Retention);
    const { DeleteMarker } = await client.deleteObject(at);
    expect(DeleteMarker).toBe(true);
    const locked = await failureOf(client.deleteObject({ ...at, VersionId }));
    expect(locked).toEqual(isRefusal('AccessDenied', 403));
    const { Versions, DeleteMarkers } = await client.listObjectVersions({ Bucket: bucket });
    expect(Versions).toMatchObject([{ Key: 'k', VersionId, IsLatest: false }]);
    expect(DeleteMarkers).toMatchObject([{ Key: 'k', IsLatest: true }]);
    await client.deleteObject({ ...at, VersionId, BypassGovernanceRetention: true });
  });

  test('objects are uploaded in parts', async () => {
    const at = { Bucket, Key: 'parts' };
    const { UploadId } = await client.createMultipartUpload({ ...at, ContentType: 'x/y' });
    const upload = { ...at, UploadId: UploadId! };
    const first = await client.uploadPart({
      ...upload,
      PartNumber: 1,
      Body: new Uint8Array(partBytes).fill(1),
    });
    await client.putObject({ Bucket, Key: 'source', Body: 'the end' });
    const second = await client.uploadPartCopy({
      ...upload,
      PartNumber: 2,
      CopySource: `${Bucket}/source`,
    });
    const { Parts } = await client.listParts(upload);
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, partBytes],
      [2, 7],
    ]);
    const { Uploads } = await client.listMultipartUploads({ Bucket });
    expect(Uploads).toMatchObject([{ Key: 'parts', UploadId }]);
    const completed = await client.completeMultipartUpload({
      ...upload,
      MultipartUpload: {
        Parts: [
          { PartNumber: 1, ETag: first.ETag },
          { PartNumber: 2, ETag: second.CopyPartResult?.ETag },
        ],
      },
    });
    expect(completed.ETag).toMatch(/-2"$/);
    expect(await client.headObject(at)).toMatchObject({
      ContentLength: partBytes + 7,
      ContentType: 'x/y',
    });
    const again = await client.createMultipartUpload(at);
    await client.abortMultipartUpload({ ...at, UploadId: again.UploadId! });
    const gone = (await failureOf(
      client.listParts({ ...at, UploadId: again.UploadId! }),
    )) as S3Error;
    expect(gone).toEqual(isRefusal('NoSuchUpload', 404));
  });

  afterAll(() => {
    expect(built.filter((name) => !done.has(name))).toEqual([]);
  });
});
