import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { chunkBytes, SealBrokenError } from '../features/encryption/sealed-bytes.ts';
import { bytesOf, type House, openHouse, streamOf } from './contract/house.ts';

const Bucket = 'vault';
let house: House;

beforeEach(async () => {
  house = openHouse();
  await house.run('CreateBucket', { Bucket });
  await (await house.keyRing).ensure('ring-key');
});

const md5 = (bytes: Buffer, encoding: 'hex' | 'base64') =>
  createHash('md5').update(bytes).digest(encoding);

function customer(key = randomBytes(32)) {
  const SSECustomerKeyMD5 = md5(key, 'base64');
  const SSECustomerKey = key.toString('base64');
  return { SSECustomerAlgorithm: 'AES256', SSECustomerKey, SSECustomerKeyMD5 };
}

function sourceOf(key: ReturnType<typeof customer>) {
  return {
    CopySourceSSECustomerAlgorithm: key.SSECustomerAlgorithm,
    CopySourceSSECustomerKey: key.SSECustomerKey,
    CopySourceSSECustomerKeyMD5: key.SSECustomerKeyMD5,
  };
}

const key = customer();
/** mode → what a request for it says, and what reading it takes. */
const modes = {
  none: { asks: {}, reads: {} },
  'SSE-C': { asks: key, reads: key },
  'SSE-S3': { asks: { ServerSideEncryption: 'AES256' }, reads: {} },
  'SSE-KMS': {
    asks: { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'ring-key' },
    reads: {},
  },
} as const;
type Mode = keyof typeof modes;
const modeNames = Object.keys(modes) as Mode[];
const plainETag = (mode: Mode) => mode === 'none' || mode === 'SSE-S3';

async function get(Key: string, more: object = {}): Promise<Buffer> {
  return bytesOf((await house.run('GetObject', { Bucket, Key, ...more })).Body);
}

/** The stored bytes, as they are. */
async function stored(Key: string): Promise<Buffer> {
  const object = await house.object(Bucket, Key);
  const chunks: Buffer[] = [];
  const length = object.size + 16 * Math.ceil(object.size / chunkBytes);
  const bytes = await house.store.objects.read(object, 0, length);
  if (Buffer.isBuffer(bytes)) return bytes;
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function putInParts(Key: string, mode: Mode, parts: readonly Buffer[]): Promise<string> {
  const { asks, reads } = modes[mode];
  const upload = await house.run('CreateMultipartUpload', { Bucket, Key, ...asks });
  const UploadId = upload.UploadId!;
  const Parts = [];
  for (const [index, Body] of parts.entries()) {
    const PartNumber = index + 1;
    const part = { Bucket, Key, UploadId, PartNumber, Body, ...reads };
    Parts.push({ PartNumber, ETag: (await house.run('UploadPart', part)).ETag! });
  }
  const done = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
  return (await house.run('CompleteMultipartUpload', done)).ETag!;
}

describe('encrypted objects', () => {
  it.each(modeNames)('come back as they were put, of any size: %s', async (mode) => {
    const { asks, reads } = modes[mode];
    for (const size of [0, 1, 16, 17, chunkBytes, chunkBytes + 1, 1024 * 1024 + 5]) {
      const body = randomBytes(size);
      for (const Body of [body, streamOf([body.subarray(0, 7), body.subarray(7)])]) {
        const { ETag } = await house.run('PutObject', { Bucket, Key: 'a', Body, ...asks });
        expect(ETag === `"${md5(body, 'hex')}"`).toBe(plainETag(mode));
        expect(ETag).toMatch(/^"[0-9a-f]{32}"$/);
        expect((await get('a', reads)).equals(body)).toBe(true);
        expect((await house.object(Bucket, 'a')).size).toBe(size);
      }
    }
  });

  it.each(['SSE-C', 'SSE-S3', 'SSE-KMS'] as const)(
    'are not stored as they are: %s',
    async (mode) => {
      const body = Buffer.alloc(100_000, 'secret');
      const { asks } = modes[mode];
      await house.run('PutObject', { Bucket, Key: 'a', Body: body, ...asks });
      const first = await stored('a');
      expect(first.includes('secret')).toBe(false);
      await house.run('PutObject', { Bucket, Key: 'a', Body: body, ...asks });
      expect((await stored('a')).equals(first)).toBe(false);
    },
  );

  it.each(['SSE-C', 'SSE-S3', 'SSE-KMS'] as const)(
    'made of parts give every range back: %s',
    async (mode) => {
      const sizes = [chunkBytes * 2 + 3, 5, chunkBytes, 0, 70_000];
      const parts = sizes.filter((size) => size > 0).map((size) => randomBytes(size));
      const whole = Buffer.concat(parts);
      const ETag = await putInParts('parts', mode, parts);
      expect(ETag).toMatch(/^"[0-9a-f]{32}-4"$/);
      const { reads } = modes[mode];
      expect((await get('parts', reads)).equals(whole)).toBe(true);
      let at = 0;
      for (const [index, part] of parts.entries()) {
        const read = await get('parts', { ...reads, PartNumber: index + 1 });
        expect(read.equals(part)).toBe(true);
        at += part.length;
      }
      expect(at).toBe(whole.length);
      const position = fc.integer({ min: 0, max: whole.length - 1 });
      await fc.assert(
        fc.asyncProperty(position, position, async (one, other) => {
          const [first, last] = [Math.min(one, other), Math.max(one, other)];
          const read = await get('parts', { ...reads, Range: `bytes=${first}-${last}` });
          expect(read.equals(whole.subarray(first, last + 1))).toBe(true);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('that were tampered with are an error, never data', async () => {
    const asks = modes['SSE-S3'].asks;
    const body = randomBytes(300_000);
    await house.run('PutObject', { Bucket, Key: 'a', Body: body, ...asks });
    const bytes = await stored('a');
    bytes[200_000]! ^= 1;
    const object = await house.object(Bucket, 'a');
    const { headers, metadata, storageClass, acl, encryption, etag } = object;
    const same = { headers, metadata, storageClass, acl, encryption, etag };
    const staged = await house.store.objects.stage(bytes);
    const tampered = { ...staged, length: object.size, storedLength: bytes.length };
    await house.store.objects.put(await house.bucket(Bucket), 'a', tampered, same);
    await expect(get('a')).rejects.toThrow(SealBrokenError);
    expect((await get('a', { Range: 'bytes=0-99' })).equals(body.subarray(0, 100))).toBe(true);
  });

  it('count in the bucket with the size of what was put', async () => {
    await putInParts('parts', 'SSE-S3', [randomBytes(100), randomBytes(50)]);
    await house.run('PutObject', { Bucket, Key: 'a', Body: randomBytes(30), ...key });
    const usage = await house.store.usage.of(await house.bucket(Bucket));
    expect(usage).toMatchObject({ objects: 2, bytes: 180, parts: 0, partBytes: 0, uploads: 0 });
  });

  it('are read with the versions of their key, and not at all while it is disabled', async () => {
    const ring = await house.keyRing;
    const { asks } = modes['SSE-KMS'];
    await house.run('PutObject', { Bucket, Key: 'a', Body: Buffer.from('old'), ...asks });
    await ring.rotate('ring-key');
    await house.run('PutObject', { Bucket, Key: 'b', Body: Buffer.from('new'), ...asks });
    expect(String(await get('a'))).toBe('old');
    expect(String(await get('b'))).toBe('new');
    await ring.setState('ring-key', 'Disabled');
    await house.refused('GetObject', { Bucket, Key: 'a' }, 'KMS.DisabledException');
    await house.refused('PutObject', { Bucket, Key: 'a', ...asks }, 'KMS.DisabledException');
    await house.run('HeadObject', { Bucket, Key: 'a' });
  });

  it('with keys of the ring are not for anonymous callers', async () => {
    const { asks } = modes['SSE-KMS'];
    const anonymous = { as: 'anonymous' } as const;
    await house.run('PutObject', { Bucket, Key: 'a', Body: Buffer.from('old'), ...asks });
    await house.refused('GetObject', { Bucket, Key: 'a' }, 'InvalidArgument', anonymous);
    await house.refused('PutObject', { Bucket, Key: 'a', ...asks }, 'InvalidArgument', anonymous);
    const note = { Bucket, Key: 'a', AnnotationName: 'note' };
    const put = { ...note, AnnotationPayload: Buffer.from('text') };
    await house.run('PutObjectAnnotation', put);
    await house.refused('PutObjectAnnotation', put, 'InvalidArgument', anonymous);
    await house.refused('GetObjectAnnotation', note, 'InvalidArgument', anonymous);
    await house.run('GetObjectAnnotation', note);
  });
});

describe('copies', () => {
  const body = randomBytes(100_000);
  const ways = modeNames.flatMap((from) => modeNames.map((to) => [from, to] as const));

  it.each(ways)('go from %s to %s', async (from, to) => {
    const put = { Bucket, Key: 'source', Body: body, ...modes[from].asks };
    await house.run('PutObject', put);
    await putInParts('in-parts', from, [body, body.subarray(5)]);
    const { asks, reads } = modes[to];
    const opens = from === 'SSE-C' ? sourceOf(key) : {};
    const copy = (CopySource: string) =>
      house.run('CopyObject', { Bucket, Key: 'copy', CopySource, ...asks, ...opens });
    const { CopyObjectResult } = await copy(`${Bucket}/source`);
    expect(CopyObjectResult?.ETag === `"${md5(body, 'hex')}"`).toBe(plainETag(to));
    expect((await get('copy', reads)).equals(body)).toBe(true);
    expect((await house.object(Bucket, 'copy')).size).toBe(body.length);

    await copy(`${Bucket}/in-parts`);
    const whole = Buffer.concat([body, body.subarray(5)]);
    expect((await get('copy', reads)).equals(whole)).toBe(true);
    const range = await get('copy', { ...reads, Range: 'bytes=99990-100010' });
    expect(range.equals(whole.subarray(99_990, 100_011))).toBe(true);
  });

  it.each(ways)('of ranges go from %s into a part of %s', async (from, to) => {
    await putInParts('source', from, [body, body.subarray(5)]);
    const whole = Buffer.concat([body, body.subarray(5)]);
    const { asks, reads } = modes[to];
    const Key = 'target';
    const { UploadId = '' } = await house.run('CreateMultipartUpload', { Bucket, Key, ...asks });
    const Parts = [];
    const opens = from === 'SSE-C' ? sourceOf(key) : {};
    for (const [PartNumber, CopySourceRange] of [
      [1, 'bytes=65530-140000'],
      [2, undefined],
    ] as const) {
      const part = { Bucket, Key, UploadId, PartNumber, CopySource: `${Bucket}/source` };
      const asked = { ...part, CopySourceRange, ...opens, ...reads };
      const { CopyPartResult } = await house.run('UploadPartCopy', asked);
      Parts.push({ PartNumber, ETag: CopyPartResult!.ETag! });
    }
    const done = { Bucket, Key, UploadId, MultipartUpload: { Parts } };
    await house.run('CompleteMultipartUpload', done);
    const expected = Buffer.concat([whole.subarray(65_530, 140_001), whole]);
    expect((await get(Key, reads)).equals(expected)).toBe(true);
  });

  it('between keys of the server share what is stored', async () => {
    const asks = modes['SSE-S3'].asks;
    await house.run('PutObject', { Bucket, Key: 'source', Body: body, ...asks });
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/source` };
    await house.run('CopyObject', { ...copy, ...modes['SSE-KMS'].asks });
    const [source, copied] = [
      await house.object(Bucket, 'source'),
      await house.object(Bucket, 'copy'),
    ];
    expect(copied.blob).toBe(source.blob);
    expect(copied.encryption?.dataKey).not.toBe(source.encryption?.dataKey);
    await house.run('DeleteObject', { Bucket, Key: 'source' });
    expect((await get('copy')).equals(body)).toBe(true);
  });

  it('may go from one customer key to another, and onto the object itself', async () => {
    await house.run('PutObject', { Bucket, Key: 'a', Body: body, ...key });
    const other = customer();
    const onto = { Bucket, Key: 'a', CopySource: `${Bucket}/a` };
    await house.run('CopyObject', { ...onto, ...sourceOf(key), ...other });
    expect((await get('a', other)).equals(body)).toBe(true);
    await house.refused('GetObject', { Bucket, Key: 'a', ...key }, 'AccessDenied');
  });

  it('of a customer key want that key', async () => {
    await house.run('PutObject', { Bucket, Key: 'a', Body: body, ...key });
    const copy = { Bucket, Key: 'b', CopySource: `${Bucket}/a` };
    await house.refused('CopyObject', copy, 'InvalidRequest');
    const wrong = { ...copy, ...sourceOf(customer()) };
    await house.refused('CopyObject', wrong, 'AccessDenied');
  });

  it('with a new checksum have it, encrypted or not', async () => {
    const asks = modes['SSE-S3'].asks;
    await putInParts('source', 'SSE-S3', [body, body]);
    const copy = { Bucket, Key: 'copy', CopySource: `${Bucket}/source`, ...asks };
    const output = await house.run('CopyObject', { ...copy, ChecksumAlgorithm: 'SHA256' });
    const whole = Buffer.concat([body, body]);
    const sha256 = createHash('sha256').update(whole).digest('base64');
    expect(output.CopyObjectResult?.ChecksumSHA256).toBe(sha256);
    expect((await get('copy')).equals(whole)).toBe(true);
  });
});

describe('what a request may ask for', () => {
  const put = (more: object) => ({ Bucket, Key: 'a', Body: Buffer.from('a'), ...more });

  it('is a customer key with algorithm and MD5, and errors never repeat it', async () => {
    const { SSECustomerAlgorithm, SSECustomerKey, SSECustomerKeyMD5 } = key;
    const errors = [
      await house.refused('PutObject', put({ SSECustomerAlgorithm }), 'InvalidArgument'),
      await house.refused(
        'PutObject',
        put({ SSECustomerAlgorithm, SSECustomerKey }),
        'InvalidArgument',
      ),
      await house.refused(
        'PutObject',
        put({ SSECustomerKey, SSECustomerKeyMD5 }),
        'InvalidArgument',
      ),
      await house.refused(
        'PutObject',
        put({ ...key, SSECustomerAlgorithm: 'AES192' }),
        'InvalidEncryptionAlgorithmError',
      ),
      await house.refused(
        'PutObject',
        put({ ...key, SSECustomerKeyMD5: customer().SSECustomerKeyMD5 }),
        'InvalidArgument',
      ),
      await house.refused(
        'PutObject',
        put({ ...key, SSECustomerKey: SSECustomerKey.slice(4) }),
        'InvalidArgument',
      ),
      await house.refused(
        'PutObject',
        put({ ...key, ServerSideEncryption: 'AES256' }),
        'InvalidArgument',
      ),
    ];
    for (const { message, fields } of errors) {
      expect(JSON.stringify([message, fields])).not.toContain(SSECustomerKey.slice(4, 20));
    }
  });

  it('is a key that the ring has, and a context that is a map of strings', async () => {
    const kms = { ServerSideEncryption: 'aws:kms' } as const;
    const unknown = put({ ...kms, SSEKMSKeyId: 'nobody' });
    await house.refused('PutObject', unknown, 'KMS.NotFoundException');
    const bad = put({ ...kms, SSEKMSEncryptionContext: 'e30x' });
    await house.refused('PutObject', bad, 'InvalidArgument');
    await house.refused('PutObject', put({ SSEKMSKeyId: 'ring-key' }), 'InvalidArgument');
    const output = await house.run('PutObject', put({ ...kms, BucketKeyEnabled: true }));
    expect(output).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'alias/aws/s3',
      BucketKeyEnabled: true,
    });
  });

  it('is no encryption of other services', async () => {
    for (const ServerSideEncryption of ['aws:kms:dsse', 'aws:fsx', 'aws:backup']) {
      await house.refused('PutObject', put({ ServerSideEncryption }), 'NotImplemented');
    }
  });

  it('is the same customer key for every part', async () => {
    const upload = await house.run('CreateMultipartUpload', { Bucket, Key: 'a', ...key });
    const UploadId = upload.UploadId!;
    const part = { Bucket, Key: 'a', UploadId, PartNumber: 1, Body: Buffer.from('part') };
    await house.refused('UploadPart', part, 'InvalidRequest');
    await house.refused('UploadPart', { ...part, ...customer() }, 'InvalidRequest');
    await house.run('UploadPart', { ...part, ...key });
    await house.refused(
      'ListParts',
      { Bucket, Key: 'a', UploadId, ...customer() },
      'InvalidRequest',
    );
    const checked = {
      Bucket,
      Key: 'b',
      ChecksumAlgorithm: 'CRC32',
      ChecksumType: 'FULL_OBJECT',
    } as const;
    const { UploadId: checkedId = '' } = await house.run('CreateMultipartUpload', {
      ...checked,
      ...key,
    });
    const { ETag } = await house.run('UploadPart', {
      ...part,
      ...key,
      Key: 'b',
      UploadId: checkedId,
    });
    const complete = {
      Bucket,
      Key: 'b',
      UploadId: checkedId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag: ETag! }] },
    };
    await house.refused('CompleteMultipartUpload', complete, 'InvalidRequest');
    await house.run('CompleteMultipartUpload', { ...complete, ...key });
    const plain = await house.run('CreateMultipartUpload', { Bucket, Key: 'a' });
    const other = { ...part, UploadId: plain.UploadId!, ...key };
    await house.refused('UploadPart', other, 'InvalidRequest');
  });

  it('is left to the bucket where the request says nothing', async () => {
    const rule = (SSEAlgorithm: string, KMSMasterKeyID?: string, BucketKeyEnabled?: boolean) => ({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: SSEAlgorithm as 'AES256',
              KMSMasterKeyID,
            },
            BucketKeyEnabled,
          },
        ],
      },
    });
    await house.run('PutBucketEncryption', rule('AES256'));
    expect(await house.run('PutObject', put({}))).toMatchObject({ ServerSideEncryption: 'AES256' });
    await house.run('PutBucketEncryption', rule('aws:kms', 'ring-key', true));
    expect(await house.run('PutObject', put({}))).toMatchObject({
      ServerSideEncryption: 'aws:kms',
      SSEKMSKeyId: 'ring-key',
      BucketKeyEnabled: true,
    });
    expect(await house.run('PutObject', put(key))).not.toHaveProperty('ServerSideEncryption');
    await house.refused('PutBucketEncryption', rule('aws:kms:dsse'), 'NotImplemented');
    await house.refused('PutBucketEncryption', rule('AES256', 'ring-key'), 'InvalidArgument');
    await house.run('DeleteBucketEncryption', { Bucket });
    expect(await house.run('PutObject', put({}))).not.toHaveProperty('ServerSideEncryption');
  });
});
