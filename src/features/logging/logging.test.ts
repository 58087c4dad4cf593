import { describe, expect, it } from 'vitest';
import type { LoggingEnabled } from '../../model/types.gen.ts';
import { type AccessRecord, formatAccessRecord } from './access-record.ts';
import { loggingRecordOf, logObjectAcl, logObjectKey, partitionedBy } from './configuration.ts';
import { loggedLifecycleAction, loggedOperation } from './operation-names.ts';

const source = { owner: 'owner', region: 'eu-central-1', bucket: 'source' };
const at = Date.parse('2019-02-06T07:08:09Z');
const delivery = { at, unique: 'A1B2C3D4E5F60718' };
const asked: LoggingEnabled = { TargetBucket: 'target', TargetPrefix: 'logs/' };

describe('a log object', () => {
  it.each<readonly [LoggingEnabled['TargetObjectKeyFormat'], string]>([
    [undefined, 'logs/2019-02-06-07-08-09-A1B2C3D4E5F60718'],
    [{ SimplePrefix: {} }, 'logs/2019-02-06-07-08-09-A1B2C3D4E5F60718'],
    [
      { PartitionedPrefix: {} },
      'logs/owner/eu-central-1/source/2019/02/06/2019-02-06-07-08-09-A1B2C3D4E5F60718',
    ],
    [
      { PartitionedPrefix: { PartitionDateSource: 'EventTime' } },
      'logs/owner/eu-central-1/source/2019/02/06/2019-02-06-00-00-00-A1B2C3D4E5F60718',
    ],
  ])('under %o is called %s', (TargetObjectKeyFormat, key) => {
    const record = loggingRecordOf({ ...asked, TargetObjectKeyFormat }, [], source);
    expect(logObjectKey(record, source, delivery)).toBe(key);
  });

  it("is the target owner's, and whose the grants say, unless ACLs are disabled", () => {
    const grant = { grantee: { account: 'auditor' }, permission: 'READ' } as const;
    const own = { grantee: { account: 'owner' }, permission: 'FULL_CONTROL' };
    const record = loggingRecordOf(asked, [grant], source);
    expect(logObjectAcl(record, 'owner', undefined).grants).toEqual([own, grant]);
    expect(logObjectAcl(record, 'owner', 'BucketOwnerEnforced').grants).toEqual([own]);
  });
});

describe('a configuration', () => {
  it('is refused with two key formats or with none of them', () => {
    const both = { SimplePrefix: {}, PartitionedPrefix: {} };
    for (const TargetObjectKeyFormat of [both, {}]) {
      expect(() => loggingRecordOf({ ...asked, TargetObjectKeyFormat }, [], source)).toThrow(
        expect.objectContaining({ code: 'MalformedXML' }),
      );
    }
  });

  it('is refused with a prefix that leaves no room for a key', () => {
    const long = { ...asked, TargetPrefix: 'p'.repeat(1000) };
    expect(() => loggingRecordOf(long, [], source)).toThrow(
      expect.objectContaining({ code: 'InvalidArgument' }),
    );
    loggingRecordOf({ ...asked, TargetPrefix: 'p'.repeat(900) }, [], source);
  });

  it('partitions by the time of delivery unless it says otherwise', () => {
    const record = { targetBucket: 'target', targetPrefix: '', grants: [] };
    expect(partitionedBy(record)).toBeUndefined();
    expect(partitionedBy({ ...record, keyFormat: { PartitionedPrefix: {} } })).toBe('DeliveryTime');
  });
});

describe('an access record', () => {
  const record: AccessRecord = {
    bucketOwner: 'owner',
    bucket: 'source',
    time: Date.parse('2019-02-06T00:00:38.900Z'),
    remoteIp: '192.0.2.3',
    requester: 'reader',
    requestId: '3E57427F3EXAMPLE',
    operation: 'REST.GET.OBJECT',
    key: 'a b/ü"',
    requestUri: 'GET /source/a%20b HTTP/1.1',
    status: 200,
    bytesSent: 113,
    objectSize: 200,
    totalTime: 7.4,
    turnAroundTime: 6.5,
    referer: 'http://www.example.com/',
    userAgent: 'agent "1.0"\n\u00fc',
    versionId: '3HL4',
    hostId: 's9lz=',
    signatureVersion: 'SigV4',
    cipherSuite: 'ECDHE-RSA-AES128-GCM-SHA256',
    authenticationType: 'AuthHeader',
    hostHeader: 's3.example.com',
    tlsVersion: 'TLSv1.2',
    aclRequired: true,
  };

  it('has all fields in the documented order, and nothing of a client can end one', () => {
    expect(formatAccessRecord(record)).toBe(
      'owner source [06/Feb/2019:00:00:38 +0000] 192.0.2.3 reader 3E57427F3EXAMPLE REST.GET.OBJECT ' +
        'a%20b/%C3%BC%22 "GET /source/a%20b HTTP/1.1" 200 - 113 200 7 7 "http://www.example.com/" ' +
        '"agent %221.0%22%0A%FC" 3HL4 s9lz= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader ' +
        's3.example.com TLSv1.2 - Yes',
    );
  });

  it('has a dash for what is unknown or doesn’t apply', () => {
    const { bucketOwner, bucket, time, operation } = record;
    const line = formatAccessRecord({ bucketOwner, bucket, time, operation, bytesSent: 0 });
    expect(line).toBe(
      'owner source [06/Feb/2019:00:00:38 +0000] - - - REST.GET.OBJECT - "-" - - - - - - "-" "-" ' +
        '- - - - - - - - -',
    );
  });
});

it.each([
  ['GetObject', 'GET', 'key', 'REST.GET.OBJECT'],
  ['ListObjectsV2', 'GET', undefined, 'REST.GET.BUCKET'],
  ['GetBucketVersioning', 'GET', undefined, 'REST.GET.VERSIONING'],
  ['CopyObject', 'PUT', 'key', 'REST.COPY.OBJECT'],
  ['DeleteObjects', 'POST', undefined, 'REST.POST.MULTI_OBJECT_DELETE'],
  ['Website', 'GET', 'key', 'WEBSITE.GET.OBJECT'],
  [undefined, 'PATCH', 'key', 'REST.PATCH.OBJECT'],
])('%s by %s is logged as %s %s', (operation, method, key, name) => {
  expect(loggedOperation({ operation, method, key })).toBe(name);
});

it('what the lifecycle does is logged by what becomes of the object', () => {
  expect(loggedLifecycleAction('expire', false)).toBe('S3.EXPIRE.OBJECT');
  expect(loggedLifecycleAction('expire', true)).toBe('S3.CREATE.DELETEMARKER');
  expect(loggedLifecycleAction('remove-noncurrent', true)).toBe('S3.EXPIRE.OBJECT');
  expect(loggedLifecycleAction('abort-upload', false)).toBe('S3.DELETE.UPLOAD');
});
