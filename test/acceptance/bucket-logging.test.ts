import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketLoggingCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type LoggingEnabled,
  PutBucketAclCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketRequestPaymentCommand,
  PutBucketWebsiteCommand,
  PutObjectLockConfigurationCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { alt, main } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { exchange } from '../support/raw-http.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { startServer, until } from '../support/start-server.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer({
  logDeliverySeconds: 1,
  lifecycleDaySeconds: 1,
  websiteDomain: ['sites.example.com'],
});

interface Buckets {
  readonly source: string;
  readonly target: string;
}

async function makeBuckets(): Promise<Buckets> {
  return { source: await server.createBucket(), target: await server.createBucket() };
}

function setLogging(Bucket: string, enabled?: Partial<LoggingEnabled>, client = server.main) {
  const LoggingEnabled = enabled && { TargetBucket: undefined, TargetPrefix: '', ...enabled };
  return client.send(
    new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }),
  );
}

async function loggingOf(
  Bucket: string,
  client = server.main,
): Promise<LoggingEnabled | undefined> {
  return (await client.send(new GetBucketLoggingCommand({ Bucket }))).LoggingEnabled;
}

async function keysOf(Bucket: string, client = server.main): Promise<readonly string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket }));
  return Contents.map(({ Key }) => Key!);
}

async function textOf(Bucket: string, Key: string, client = server.main): Promise<string> {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return Body!.transformToString();
}

/** The fields of each line that was delivered, quoted ones whole. */
async function records(target: string, client = server.main): Promise<readonly string[][]> {
  const found: string[][] = [];
  for (const key of await keysOf(target, client)) {
    const lines = (await textOf(target, key, client)).trimEnd().split('\n');
    for (const line of lines) found.push(line.match(/\[[^\]]*\]|"[^"]*"|\S+/g) ?? []);
  }
  return found;
}

/** The first records of each of the operations, once all are delivered. */
async function recordsOf(target: string, ...operations: readonly string[]) {
  let found: readonly (string[] | undefined)[] = [];
  await until(
    async () => {
      const all = await records(target);
      found = operations.map((name) => all.find((fields) => fields[6] === name));
      return found.every((fields) => fields !== undefined);
    },
    `${operations.join(', ')} are delivered`,
  );
  return found as readonly string[][];
}

describe('the configuration', () => {
  test('is none at first, is returned as it was given, and is removed by an empty one', async () => {
    const { source, target: TargetBucket } = await makeBuckets();
    expect(await loggingOf(source)).toBeUndefined();
    const asked: LoggingEnabled = { TargetBucket, TargetPrefix: 'logs/' };
    for (const TargetObjectKeyFormat of [
      undefined,
      { SimplePrefix: {} },
      { PartitionedPrefix: { PartitionDateSource: 'EventTime' as const } },
    ]) {
      const enabled = { ...asked, ...(TargetObjectKeyFormat && { TargetObjectKeyFormat }) };
      await setLogging(source, enabled);
      expect(await loggingOf(source)).toEqual(enabled);
    }
    await setLogging(source);
    expect(await loggingOf(source)).toBeUndefined();
    await setLogging(source);
  });

  test('shows grants by canonical id', async () => {
    const { source, target: TargetBucket } = await makeBuckets();
    const Grantee = { Type: 'AmazonCustomerByEmail', EmailAddress: alt.email } as const;
    await setLogging(source, { TargetBucket, TargetGrants: [{ Grantee, Permission: 'READ' }] });
    expect((await loggingOf(source))?.TargetGrants).toEqual([
      {
        Grantee: { Type: 'CanonicalUser', ID: alt.accountId, DisplayName: alt.displayName },
        Permission: 'READ',
      },
    ]);
  });

  test('is for the owner of the bucket, whatever its policy says', async () => {
    const { source, target: TargetBucket } = await makeBuckets();
    expect(await codeOf(loggingOf(source, server.alt))).toBe('403 AccessDenied');
    const Statement = [
      {
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:PutBucketLogging', 's3:GetBucketLogging'],
        Resource: `arn:aws:s3:::${source}`,
      },
    ];
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement });
    await server.main.send(new PutBucketPolicyCommand({ Bucket: source, Policy }));
    expect(await loggingOf(source, server.alt)).toBeUndefined();
    const asked = setLogging(source, { TargetBucket }, server.alt);
    expect(await codeOf(asked)).toBe('403 AccessDenied');
    expect(await codeOf(setLogging(source, undefined, server.alt))).toBe('403 AccessDenied');
  });

  describe('is refused', () => {
    const expected = '400 InvalidTargetBucketForLogging';

    test('with a target that is missing, misnamed, of another owner or namespace', async () => {
      const source = await server.createBucket();
      const of = async (client: S3Client) => server.createBucket(client);
      for (const TargetBucket of [
        'nowhere-to-be-found',
        'No_Name',
        await of(server.alt),
        await of(server.tenant),
      ]) {
        expect(await codeOf(setLogging(source, { TargetBucket }))).toBe(expected);
      }
    });

    test('with a target where the requester pays, or with a default retention', async () => {
      const { source, target: Bucket } = await makeBuckets();
      const RequestPaymentConfiguration = { Payer: 'Requester' as const };
      await server.main.send(
        new PutBucketRequestPaymentCommand({ Bucket, RequestPaymentConfiguration }),
      );
      expect(await codeOf(setLogging(source, { TargetBucket: Bucket }))).toBe(expected);

      const locked = uniqueBucketName();
      await server.main.send(
        new CreateBucketCommand({ Bucket: locked, ObjectLockEnabledForBucket: true }),
      );
      await setLogging(source, { TargetBucket: locked });
      await server.main.send(
        new PutObjectLockConfigurationCommand({
          Bucket: locked,
          ObjectLockConfiguration: {
            ObjectLockEnabled: 'Enabled',
            Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 1 } },
          },
        }),
      );
      expect(await codeOf(setLogging(source, { TargetBucket: locked }))).toBe(expected);
    });

    test('with grants where ACLs are disabled', async () => {
      const { source, target: Bucket } = await makeBuckets();
      const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] };
      await server.main.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
      const Grantee = { Type: 'CanonicalUser', ID: alt.accountId } as const;
      const TargetGrants = [{ Grantee, Permission: 'READ' as const }];
      const asked = setLogging(source, { TargetBucket: Bucket, TargetGrants });
      expect(await codeOf(asked)).toBe('400 AccessControlListNotSupported');
      await setLogging(source, { TargetBucket: Bucket });
    });

    test.each<readonly [string, Partial<LoggingEnabled>, string]>([
      [
        'two formats of keys',
        { TargetObjectKeyFormat: { SimplePrefix: {}, PartitionedPrefix: {} } },
        '400 MalformedXML',
      ],
      [
        'an unknown source of dates',
        {
          TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: 'x' as 'EventTime' } },
        },
        '400 MalformedXML',
      ],
      ['no prefix', { TargetPrefix: undefined }, '400 MalformedXML'],
      ['a prefix that leaves no room', { TargetPrefix: 'p'.repeat(1020) }, '400 InvalidArgument'],
      [
        'an unknown permission',
        {
          TargetGrants: [
            { Grantee: { Type: 'CanonicalUser', ID: alt.accountId }, Permission: 'ALL' as 'READ' },
          ],
        },
        '400 MalformedXML',
      ],
      [
        'a grantee that is nobody',
        {
          TargetGrants: [{ Grantee: { Type: 'CanonicalUser', ID: 'nobody' }, Permission: 'READ' }],
        },
        '400 InvalidArgument',
      ],
    ])('with %s', async (_, change, code) => {
      const { source, target: TargetBucket } = await makeBuckets();
      expect(await codeOf(setLogging(source, { TargetBucket, ...change }))).toBe(code);
      expect(await loggingOf(source)).toBeUndefined();
    });
  });
});

describe('requests to the bucket', () => {
  test('are delivered in the format of server access logs', async () => {
    const { source, target } = await makeBuckets();
    await setLogging(source, { TargetBucket: target, TargetPrefix: 'logs/' });
    await put(server.main, source, 'a b', 'hello');
    await server.main.send(
      new GetObjectCommand({ Bucket: source, Key: 'a b', Range: 'bytes=0-1' }),
    );
    const [written, read] = await recordsOf(target, 'REST.PUT.OBJECT', 'REST.GET.OBJECT');
    for (const key of await keysOf(target)) {
      expect(key).toMatch(/^logs\/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}$/);
    }
    expect(read).toHaveLength(26);
    const [owner, bucket, time, ip, requester, requestId, , key, uri, ...rest] = read!;
    expect([owner, bucket, ip, requester, key]).toEqual([
      main.accountId,
      source,
      '127.0.0.1',
      main.accountId,
      'a%20b',
    ]);
    expect(time).toMatch(/^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\]$/);
    expect(requestId).toMatch(/^[0-9A-Z]{16}$/);
    expect(uri).toMatch(new RegExp(`^"GET /${source}/a%20b\\S* HTTP/1.1"$`));
    const [status, code, sent, size, total, turnAround, referer, agent, version, ...end] = rest;
    expect([status, code, sent, size, referer, version]).toEqual([
      '206',
      '-',
      '2',
      '5',
      '"-"',
      '-',
    ]);
    expect(Number(turnAround)).toBeLessThanOrEqual(Number(total));
    expect(agent).toMatch(/^"aws-sdk-js\//);
    const [hostId, signature, cipher, authentication, host, ...tls] = end;
    expect(hostId).toMatch(/^[\w+/]+=$/);
    expect([signature, cipher, authentication, host]).toEqual([
      'SigV4',
      '-',
      'AuthHeader',
      `127.0.0.1:${server.port}`,
    ]);
    expect(tls).toEqual(['-', '-', '-']);
    expect(written!.slice(9, 13)).toEqual(['200', '-', '-', '5']);
  });

  test('are logged if they are refused, even before anybody knows who asks', async () => {
    const { source, target } = await makeBuckets();
    await setLogging(source, { TargetBucket: target });
    const asked = new GetObjectCommand({ Bucket: source, Key: 'a' });
    expect(await codeOf(server.anonymous.send(asked))).toBe('403 AccessDenied');
    const forger = s3Client(server.endpoint, { ...main, secretAccessKey: 'x'.repeat(40) });
    expect(await codeOf(forger.send(asked))).toBe('403 SignatureDoesNotMatch');
    forger.destroy();
    await until(async () => (await records(target)).length >= 2, 'both are delivered');
    const seen = (await records(target)).map((fields) => [fields[4], fields[9], fields[10]]);
    expect(seen).toEqual([
      ['-', '403', 'AccessDenied'],
      ['-', '403', 'SignatureDoesNotMatch'],
    ]);
  });

  test('show no signature of a presigned URL', async () => {
    const { source, target } = await makeBuckets();
    await setLogging(source, { TargetBucket: target });
    const query =
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=deadbeef&X-Amz-Security-Token=token';
    await fetch(`${server.endpoint}/${source}/a?${query}`).then((answer) => answer.text());
    const [read] = await recordsOf(target, 'REST.GET.OBJECT');
    expect(read![8]).toContain('X-Amz-Signature=(hidden)&X-Amz-Security-Token=(hidden)');
    expect(read!.slice(19, 22)).toEqual(['SigV4', '-', 'QueryString']);
  });

  test('tell of a copy on both sides, and of each key of a batch of deletions', async () => {
    const { source, target } = await makeBuckets();
    await setLogging(source, { TargetBucket: target });
    const elsewhere = await server.createBucket();
    await put(server.main, source, 'a', 'hello');
    await server.main.send(
      new CopyObjectCommand({ Bucket: elsewhere, Key: 'b', CopySource: `${source}/a` }),
    );
    await server.main.send(
      new CopyObjectCommand({ Bucket: source, Key: 'c', CopySource: `${elsewhere}/b` }),
    );
    const Objects = [{ Key: 'a' }, { Key: 'c' }];
    await server.main.send(
      new DeleteObjectsCommand({ Bucket: source, Delete: { Objects, Quiet: true } }),
    );
    const [read, written] = await recordsOf(
      target,
      'REST.COPY.OBJECT_GET',
      'REST.COPY.OBJECT',
      'REST.POST.MULTI_OBJECT_DELETE',
      'BATCH.DELETE.OBJECT',
    );
    expect([read![7], read![9], read![12]]).toEqual(['a', '200', '5']);
    expect([written![7], written![9], written![12]]).toEqual(['c', '200', '5']);
    const batch = (await records(target)).filter((fields) => fields[6] === 'BATCH.DELETE.OBJECT');
    expect(batch.map((fields) => [fields[7], fields[9]])).toEqual([
      ['a', '204'],
      ['c', '204'],
    ]);
  });

  test('say whether an ACL was needed', async () => {
    const { source, target } = await makeBuckets();
    await setLogging(source, { TargetBucket: target });
    await server.main.send(new PutBucketAclCommand({ Bucket: source, ACL: 'public-read' }));
    await keysOf(source, server.anonymous);
    const [acl, listed] = await recordsOf(target, 'REST.PUT.ACL', 'REST.GET.BUCKET');
    expect([acl![4], acl![25]]).toEqual([main.accountId, '-']);
    expect([listed![4], listed![25]]).toEqual(['-', 'Yes']);
  });

  test('are logged as those to a website where they are', async () => {
    const { source, target } = await makeBuckets();
    await setLogging(source, { TargetBucket: target });
    const host = `${source}.sites.example.com`;
    await exchange(server.port, `GET /page HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const [visited] = await recordsOf(target, 'WEBSITE.GET.OBJECT');
    expect(visited!.slice(7, 11)).toEqual([
      'page',
      '"GET /page HTTP/1.1"',
      '404',
      'NoSuchWebsiteConfiguration',
    ]);
    expect(visited![22]).toBe(host);
  });

  test('are logged as needing an ACL where only it lets a visitor of a website read', async () => {
    const { source, target } = await makeBuckets();
    const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' } };
    await server.main.send(new PutBucketWebsiteCommand({ Bucket: source, WebsiteConfiguration }));
    await put(server.main, source, 'page', 'open', { ACL: 'public-read' });
    await setLogging(source, { TargetBucket: target });
    const host = `${source}.sites.example.com`;
    await exchange(server.port, `GET /page HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    const [visited] = await recordsOf(target, 'WEBSITE.GET.OBJECT');
    expect([visited![9], visited!.at(-1)]).toEqual(['200', 'Yes']);
  });

  test('are joined by what the lifecycle does', async () => {
    const { source, target } = await makeBuckets();
    await put(server.main, source, 'old', 'hello');
    await setLogging(source, { TargetBucket: target });
    const Rules = [{ Status: 'Enabled' as const, Filter: {}, Expiration: { Days: 1 } }];
    await server.main.send(
      new PutBucketLifecycleConfigurationCommand({
        Bucket: source,
        LifecycleConfiguration: { Rules },
      }),
    );
    const [expired] = await recordsOf(target, 'S3.EXPIRE.OBJECT');
    expect(expired!.slice(4, 9)).toEqual(['AmazonS3', '-', 'S3.EXPIRE.OBJECT', 'old', '"-"']);
    expect(expired![12]).toBe('5');
  });

  test('are logged no more once logging is turned off', async () => {
    const { source, target } = await makeBuckets();
    await setLogging(source, { TargetBucket: target });
    await put(server.main, source, 'logged');
    await setLogging(source);
    await put(server.main, source, 'not logged');
    await recordsOf(target, 'REST.PUT.OBJECT', 'REST.PUT.LOGGING_STATUS');
    expect((await records(target)).map((fields) => fields[7])).toEqual(['logged', '-']);
  });
});

test('log objects are partitioned by the date of delivery', async () => {
  const { source, target } = await makeBuckets();
  await setLogging(source, {
    TargetBucket: target,
    TargetPrefix: 'p/',
    TargetObjectKeyFormat: { PartitionedPrefix: {} },
  });
  await keysOf(source);
  await recordsOf(target, 'REST.GET.BUCKET');
  const [key] = await keysOf(target);
  const today = String.raw`\d{4}/\d\d/\d\d/\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d-[0-9A-F]{16}`;
  expect(key).toMatch(new RegExp(`^p/${main.accountId}/us-east-1/${source}/${today}$`));
});

test('log objects are for whom the grants name', async () => {
  const { source, target } = await makeBuckets();
  const Grantee = { Type: 'CanonicalUser', ID: alt.accountId } as const;
  await setLogging(source, {
    TargetBucket: target,
    TargetGrants: [{ Grantee, Permission: 'READ' }],
  });
  await keysOf(source);
  await recordsOf(target, 'REST.GET.BUCKET');
  const [key = ''] = await keysOf(target);
  expect(await textOf(target, key, server.alt)).toContain('REST.GET.BUCKET');
  expect(await codeOf(textOf(target, key, server.anonymous))).toBe('403 AccessDenied');
  const asked = new GetObjectAclCommand({ Bucket: target, Key: key });
  const { Owner } = await server.main.send(asked);
  expect(Owner?.ID).toBe(main.accountId);
});

test('every worker delivers what it has before it stops', async () => {
  const running = await startServer({ workers: 2, flags: ['--log-delivery-seconds', '3600'] });
  const [source, target] = [uniqueBucketName(), uniqueBucketName()];
  const client = s3Client(running.endpoint, main);
  let again: Awaited<ReturnType<typeof startServer>> | undefined;
  try {
    for (const Bucket of [source, target]) await client.send(new CreateBucketCommand({ Bucket }));
    await setLogging(source, { TargetBucket: target }, client);
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => {
        const one = s3Client(running.endpoint, main);
        return put(one, source, `key-${index}`).finally(() => one.destroy());
      }),
    );
    expect(await keysOf(target, client)).toEqual([]);
    await running.stop();
    again = await startServer({ dataDir: running.dataDir, workers: 1 });
    const after = s3Client(again.endpoint, main);
    const puts = (await records(target, after)).filter((one) => one[6] === 'REST.PUT.OBJECT');
    expect(new Set(puts.map((fields) => fields[7])).size).toBe(40);
    after.destroy();
  } finally {
    client.destroy();
    await again?.kill();
    await running.remove();
  }
});
