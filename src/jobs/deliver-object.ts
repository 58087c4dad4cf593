/**
 * Writing an object in the server's own name: log objects and inventory reports. It is the bucket owner's, has
 * the checksum that every object has, and the encryption and retention that the bucket gives new objects.
 */
import { openDigest } from '../digest/digest.ts';
import {
  type BucketEncryption,
  encryptionConfig,
} from '../features/encryption/bucket-encryption.ts';
import type { Encryption, Sealer, WantedEncryption } from '../features/encryption/encryption.ts';
import {
  type DefaultRetention,
  defaultRetentionConfig,
  withDefault,
} from '../features/object-lock/rules.ts';
import type { Acl, Bucket, ObjectHeaders, ObjectLock } from '../store/records.ts';
import type { StagedBytes, Store } from '../store/store.ts';

export interface DeliveryDeps {
  readonly store: Store;
  readonly encryption: Pick<Encryption, 'seal' | 'sealer'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface DeliveredObject {
  readonly bucket: Bucket;
  readonly key: string;
  readonly headers: ObjectHeaders;
  readonly acl: Acl;
  /** Absent is the bucket's default. */
  readonly encryption?: WantedEncryption | undefined;
}

export interface Delivered {
  readonly size: number;
  readonly md5: string;
}

/** @throws S3Error KMS.NotFoundException, KMS.DisabledException, BucketGoneError */
export async function deliverObject(
  deps: DeliveryDeps,
  { bucket, key, headers, acl, encryption }: DeliveredObject,
  source: Buffer | AsyncIterable<Buffer>,
  signal?: AbortSignal,
): Promise<Delivered> {
  const { store } = deps;
  const wanted = encryption ?? (await defaultEncryption(deps, bucket));
  const sealed = wanted && (await deps.encryption.seal(wanted));
  const sealer = sealed && deps.encryption.sealer(sealed);
  const hashed = await hashing(source);
  const staged = await stage(store, hashed.chunks, sealer, signal);
  const { size, md5, crc64nvme } = hashed.result();
  await store.objects.put(
    bucket,
    key,
    { ...staged, length: size, ...(sealer && { storedLength: staged.length }) },
    {
      headers,
      metadata: {},
      storageClass: 'STANDARD',
      acl,
      lock: await defaultLock(deps, bucket),
      encryption: sealed && { ...sealed.encryption, nonce: sealer!.nonce },
      etag: sealer === undefined ? md5 : sealer.etag(md5),
      checksum: { algorithm: 'CRC64NVME', value: crc64nvme, type: 'FULL_OBJECT' },
    },
  );
  return { size, md5 };
}

function stage(
  { objects }: Store,
  chunks: AsyncIterable<Buffer>,
  sealer: Sealer | undefined,
  signal: AbortSignal | undefined,
): Promise<StagedBytes> {
  return objects.stage(sealer === undefined ? chunks : sealer.sealStream(chunks), { signal });
}

async function hashing(source: Buffer | AsyncIterable<Buffer>) {
  const md5 = await openDigest('MD5');
  const crc64nvme = await openDigest('CRC64NVME');
  let size = 0;
  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of Buffer.isBuffer(source) ? [source] : source) {
      size += chunk.length;
      md5.update(chunk);
      crc64nvme.update(chunk);
      yield chunk;
    }
  }
  return {
    chunks: chunks(),
    result: () => ({
      size,
      md5: md5.digest().toString('hex'),
      crc64nvme: crc64nvme.digest().toString('base64'),
    }),
  };
}

async function defaultEncryption(
  { store }: DeliveryDeps,
  bucket: Bucket,
): Promise<WantedEncryption | undefined> {
  const config = await store.buckets.config<BucketEncryption>(bucket, encryptionConfig);
  if (config?.algorithm !== 'aws:kms') return config && { algorithm: config.algorithm };
  const { algorithm, keyId, bucketKey } = config;
  return { algorithm, keyId, bucketKey };
}

async function defaultLock(
  { store, now }: DeliveryDeps,
  bucket: Bucket,
): Promise<ObjectLock | undefined> {
  if (!bucket.objectLock) return undefined;
  const retention = await store.buckets.config<DefaultRetention>(bucket, defaultRetentionConfig);
  return withDefault(undefined, retention, now());
}
