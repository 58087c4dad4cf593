import {
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketLifecycleCommand,
  GetBucketLifecycleConfigurationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  type LifecycleRule,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutBucketLifecycleConfigurationCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { main as mainAccount } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { startServer, until } from '../support/start-server.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer({ lifecycleDaySeconds: 1 });
const { main } = server;
const dayMs = 86_400_000;
const soon: LifecycleRule = {
  ID: 'soon',
  Status: 'Enabled',
  Filter: { Prefix: 'old/' },
  Expiration: { Days: 1 },
};
const late: LifecycleRule = { ...soon, ID: 'late', Expiration: { Days: 365 } };

function configure(Bucket: string, Rules: LifecycleRule[], client = main) {
  return client.send(
    new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
  );
}

async function configured(Bucket: string): Promise<LifecycleRule[] | undefined> {
  const asked = new GetBucketLifecycleConfigurationCommand({ Bucket });
  return (await main.send(asked)).Rules;
}

async function keys(Bucket: string): Promise<(string | undefined)[]> {
  const { Contents = [] } = await main.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key);
}

describe('the configuration', () => {
  test('is returned as it was given, and deleted', async () => {
    const Bucket = await server.createBucket();
    const rules: LifecycleRule[] = [
      soon,
      {
        ID: 'all of it',
        Status: 'Disabled',
        Filter: {
          And: {
            Prefix: 'a/',
            Tags: [
              { Key: 'k', Value: 'v' },
              { Key: 'l', Value: '' },
            ],
            ObjectSizeGreaterThan: 1,
            ObjectSizeLessThan: 3,
          },
        },
        Expiration: { Date: new Date('2030-01-01T00:00:00Z') },
        NoncurrentVersionExpiration: { NoncurrentDays: 3, NewerNoncurrentVersions: 2 },
      },
      {
        ID: 'old form',
        Status: 'Enabled',
        Prefix: '',
        Expiration: { ExpiredObjectDeleteMarker: true },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
      },
    ];
    await configure(Bucket, rules);
    expect(await configured(Bucket)).toEqual(rules);
    await configure(Bucket, [late]);
    expect(await configured(Bucket)).toEqual([late]);
    const { $metadata } = await main.send(new DeleteBucketLifecycleCommand({ Bucket }));
    expect($metadata.httpStatusCode).toBe(204);
    expect(await codeOf(configured(Bucket))).toBe('404 NoSuchLifecycleConfiguration');
    await main.send(new DeleteBucketLifecycleCommand({ Bucket }));
  });

  test('gives rules without an id one of their own', async () => {
    const Bucket = await server.createBucket();
    const { ID: _, ...nameless } = late;
    await configure(Bucket, [nameless, nameless]);
    const [first, second] = (await configured(Bucket))!;
    expect(first!.ID).toBeTruthy();
    expect(second!.ID).toBeTruthy();
    expect(first!.ID).not.toBe(second!.ID);
  });

  test('is for the owner of the bucket', async () => {
    const Bucket = await server.createBucket();
    expect(await codeOf(configure(Bucket, [soon], server.alt))).toBe('403 AccessDenied');
    const read = new GetBucketLifecycleConfigurationCommand({ Bucket });
    expect(await codeOf(server.alt.send(read))).toBe('403 AccessDenied');
    const removal = new DeleteBucketLifecycleCommand({ Bucket });
    expect(await codeOf(server.alt.send(removal))).toBe('403 AccessDenied');
  });

  const tag = { Key: 'k', Value: 'v' };
  test.each<readonly [string, Partial<LifecycleRule>, string]>([
    ['no action', { Expiration: undefined }, '400 InvalidRequest'],
    ['an id of 256 characters', { ID: 'i'.repeat(256) }, '400 InvalidArgument'],
    ['another status', { Status: 'enabled' as 'Enabled' }, '400 MalformedXML'],
    ['neither filter nor prefix', { Filter: undefined }, '400 MalformedXML'],
    ['filter and prefix', { Prefix: '' }, '400 MalformedXML'],
    ['a filter of two kinds', { Filter: { Prefix: '', Tag: tag } }, '400 MalformedXML'],
    ['an empty And', { Filter: { And: {} } }, '400 MalformedXML'],
    ['a tag twice', { Filter: { And: { Tags: [tag, tag] } } }, '400 InvalidRequest'],
    [
      'sizes that exclude each other',
      { Filter: { And: { ObjectSizeGreaterThan: 5, ObjectSizeLessThan: 5 } } },
      '400 InvalidRequest',
    ],
    ['days and a date', { Expiration: { Days: 1, Date: new Date(0) } }, '400 MalformedXML'],
    ['an empty expiration', { Expiration: {} }, '400 MalformedXML'],
    ['zero days', { Expiration: { Days: 0 } }, '400 InvalidArgument'],
    ['a date within a day', { Expiration: { Date: new Date(3_600_000) } }, '400 InvalidArgument'],
    [
      'zero noncurrent days',
      { NoncurrentVersionExpiration: { NoncurrentDays: 0 } },
      '400 InvalidArgument',
    ],
    [
      'no noncurrent days',
      { NoncurrentVersionExpiration: { NewerNoncurrentVersions: 1 } },
      '400 MalformedXML',
    ],
    [
      'too many kept versions',
      { NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 101 } },
      '400 InvalidArgument',
    ],
    [
      'zero days for uploads',
      { AbortIncompleteMultipartUpload: { DaysAfterInitiation: 0 } },
      '400 InvalidArgument',
    ],
    [
      'tags for uploads',
      { Filter: { Tag: tag }, AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
      '400 InvalidRequest',
    ],
    [
      'sizes for delete markers',
      {
        Filter: { ObjectSizeGreaterThan: 1 },
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
      '400 InvalidRequest',
    ],
    ['a transition', { Transitions: [{ Days: 1, StorageClass: 'GLACIER' }] }, '501 NotImplemented'],
    [
      'a transition within a day',
      { Transitions: [{ Date: new Date(1), StorageClass: 'GLACIER' }] },
      '400 InvalidArgument',
    ],
    [
      'a transition of noncurrent versions',
      { NoncurrentVersionTransitions: [{ NoncurrentDays: 1, StorageClass: 'GLACIER' }] },
      '501 NotImplemented',
    ],
  ])('is refused for %s', async (_, change, expected) => {
    const Bucket = await server.createBucket();
    expect(await codeOf(configure(Bucket, [{ ...soon, ...change }]))).toBe(expected);
    expect(await codeOf(configured(Bucket))).toBe('404 NoSuchLifecycleConfiguration');
  });

  test('is refused for an id twice, no rule and more than a thousand', async () => {
    const Bucket = await server.createBucket();
    expect(await codeOf(configure(Bucket, [soon, soon]))).toBe('400 InvalidArgument');
    expect(await codeOf(configure(Bucket, []))).toBe('400 MalformedXML');
    const many = Array.from({ length: 1001 }, (_, index) => ({ ...soon, ID: String(index) }));
    expect(await codeOf(configure(Bucket, many))).toBe('400 MalformedXML');
    await configure(Bucket, many.slice(1));
  });

  test('with a least size for transitions is refused by name', async () => {
    const Bucket = await server.createBucket();
    const request = new PutBucketLifecycleConfigurationCommand({
      Bucket,
      LifecycleConfiguration: { Rules: [soon] },
      TransitionDefaultMinimumObjectSize: 'varies_by_storage_class',
    });
    expect(await codeOf(main.send(request))).toBe('501 NotImplemented');
  });
});

describe('answers tell when an object expires', () => {
  /** Of a whole day or more, at midnight. */
  function expectExpiry(header: string | undefined, days: number, rule: string): void {
    const [, date, ruleId] = /^expiry-date="([^"]+)", rule-id="([^"]+)"$/.exec(header ?? '') ?? [];
    expect(ruleId).toBe(rule);
    const left = Date.parse(date!) - Date.now();
    expect(left).toBeGreaterThan((days - 0.01) * dayMs);
    expect(left).toBeLessThanOrEqual((days + 1) * dayMs);
    expect(Date.parse(date!) % dayMs).toBe(0);
  }

  test('on put, copy, get and head, by the rule that comes first', async () => {
    const Bucket = await server.createBucket();
    await configure(Bucket, [late, { ...late, ID: 'a b', Expiration: { Days: 200 } }]);
    expectExpiry((await put(main, Bucket, 'old/a')).Expiration, 200, 'a%20b');
    const copied = new CopyObjectCommand({ Bucket, Key: 'old/b', CopySource: `${Bucket}/old/a` });
    expectExpiry((await main.send(copied)).Expiration, 200, 'a%20b');
    const asked = { Bucket, Key: 'old/a' };
    expectExpiry((await main.send(new HeadObjectCommand(asked))).Expiration, 200, 'a%20b');
    expectExpiry((await main.send(new GetObjectCommand(asked))).Expiration, 200, 'a%20b');
    expect((await put(main, Bucket, 'new')).Expiration).toBeUndefined();
  });

  test('and when an upload is given up', async () => {
    const Bucket = await server.createBucket();
    const AbortIncompleteMultipartUpload = { DaysAfterInitiation: 90 };
    await configure(Bucket, [{ ...late, AbortIncompleteMultipartUpload }]);
    const asked = { Bucket, Key: 'old/a' };
    const upload = await main.send(new CreateMultipartUploadCommand(asked));
    expect(upload.AbortRuleId).toBe('late');
    expect(upload.AbortDate!.getTime() % dayMs).toBe(0);
    const listed = await main.send(new ListPartsCommand({ ...asked, UploadId: upload.UploadId }));
    expect(listed.AbortRuleId).toBe('late');
    expect(listed.AbortDate).toEqual(upload.AbortDate);
  });
});

test('objects and uploads go when they are due', async () => {
  const Bucket = await server.createBucket();
  const AbortIncompleteMultipartUpload = { DaysAfterInitiation: 1 };
  await configure(Bucket, [{ ...soon, AbortIncompleteMultipartUpload }]);
  for (const key of ['new/a', 'old/a', 'old/b']) await put(main, Bucket, key);
  for (const Key of ['new/b', 'old/c']) {
    await main.send(new CreateMultipartUploadCommand({ Bucket, Key }));
  }
  const uploads = async () => {
    const { Uploads = [] } = await main.send(new ListMultipartUploadsCommand({ Bucket }));
    return Uploads.map(({ Key }) => Key);
  };
  await until(
    async () => (await keys(Bucket)).length === 1 && (await uploads()).length === 1,
    'what is due is gone',
  );
  expect(await keys(Bucket)).toEqual(['new/a']);
  expect(await uploads()).toEqual(['new/b']);
});

test('what is done is told by a log line each, and counted', async () => {
  const env = { KIST_LIFECYCLE_DAY_SECONDS: '1', KIST_LOG_FORMAT: 'json' };
  const running = await startServer({ workers: 1, env });
  const client = s3Client(running.endpoint, mainAccount);
  try {
    const Bucket = uniqueBucketName();
    await client.send(new CreateBucketCommand({ Bucket }));
    for (const key of ['old/a', 'old/b']) await put(client, Bucket, key);
    await configure(Bucket, [soon], client);
    const actions = () =>
      running
        .log()
        .split('\n')
        .filter((line) => line.includes('"lifecycle action"'))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
    await until(() => actions().length === 2, 'both have a line');
    expect(actions().map(({ bucket, action, key }) => [bucket, action, key])).toEqual([
      [Bucket, 'expire', 'old/a'],
      [Bucket, 'expire', 'old/b'],
    ]);
    const counted = /^kist_lifecycle_actions_total\{[^}]*action="expire"[^}]*\} 2$/m;
    await until(async () => {
      const metrics = await fetch(`http://127.0.0.1:${running.consolePort}/metrics`);
      return counted.test(await metrics.text());
    }, 'both are counted');
  } finally {
    client.destroy();
    await running.remove();
  }
});
