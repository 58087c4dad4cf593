/**
 * Encryption of what PutObject, CopyObject and CreateMultipartUpload make: what the request asks for, else the
 * bucket's default, else none ("Protecting data with encryption" in the user guide). Kist encrypts by default
 * only where a bucket says so; S3 encrypts every object.
 *
 * `aws:kms:dsse` and the values of other services are refused by name. A bucket key spares calls to AWS KMS; the
 * local key ring has none to spare, so that asking for one changes nothing but the answers.
 */

import {
  type BucketEncryption,
  encryptionConfig,
} from '../features/encryption/bucket-encryption.ts';
import { type CustomerKey, customerKeyOf } from '../features/encryption/customer-key.ts';
import type { SealedKey, Sealer, WantedEncryption } from '../features/encryption/encryption.ts';
import { encryptionContextOf } from '../features/encryption/encryption-context.ts';
import type {
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
} from '../model/types.gen.ts';
import { S3Error } from '../protocol/errors.ts';
import type { ObjectEncryption } from '../store/records.ts';
import type { OperationContext } from './operation.ts';

/** For `accepts`. */
export const customerKeyMembers = [
  'SSECustomerAlgorithm',
  'SSECustomerKey',
  'SSECustomerKeyMD5',
] as const satisfies readonly (keyof CreateMultipartUploadRequest)[];

/** For `accepts`. */
export const encryptionMembers = [
  ...customerKeyMembers,
  'BucketKeyEnabled',
  'SSEKMSEncryptionContext',
  'SSEKMSKeyId',
  'ServerSideEncryption',
] as const satisfies readonly (keyof CreateMultipartUploadRequest)[];

export type CustomerKeyInput = Pick<
  CreateMultipartUploadRequest,
  (typeof customerKeyMembers)[number]
>;
export type EncryptionInput = Pick<
  CreateMultipartUploadRequest,
  (typeof encryptionMembers)[number]
>;

/** What a new object's record says, and what seals its bytes. */
export interface NewSeal {
  readonly encryption: ObjectEncryption;
  readonly sealer: Sealer;
}

/**
 * The key that the request brings, if it brings one.
 * @throws S3Error InvalidRequest over plain HTTP, InvalidArgument, InvalidEncryptionAlgorithmError
 */
export function customerKey(
  {
    SSECustomerAlgorithm: algorithm,
    SSECustomerKey: key,
    SSECustomerKeyMD5: md5,
  }: CustomerKeyInput,
  context: OperationContext,
): CustomerKey | undefined {
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  if (!context.settings.sseCOverHttp && !context.endpoint.startsWith('https:')) {
    throw new S3Error('InvalidRequest', {
      message:
        'Requests specifying Server Side Encryption with Customer provided keys must be made over a secure connection.',
    });
  }
  return customerKeyOf({ algorithm, key, md5 });
}

/**
 * Undefined where the new object is stored as it is; without a promise where nobody asks for encryption.
 * @throws S3Error for what can't be asked for
 */
export function wantedEncryption(
  input: EncryptionInput,
  context: OperationContext,
): WantedEncryption | undefined | Promise<WantedEncryption | undefined> {
  const key = customerKey(input, context);
  const { ServerSideEncryption: algorithm } = input;
  if (key !== undefined) {
    if (algorithm === undefined) return { algorithm: 'SSE-C', customerKey: key };
    throw invalidEncryption(
      'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
      algorithm,
    );
  }
  if (algorithm !== undefined) return managedEncryption(input, context);
  assertNoKmsMembers(input);
  const { bucket, store } = context;
  if (bucket.configured?.includes(encryptionConfig) !== true) return undefined;
  const found = store.buckets.config<BucketEncryption>(bucket, encryptionConfig);
  return found instanceof Promise
    ? found.then((config) => defaultEncryption(input, config, context))
    : defaultEncryption(input, found, context);
}

/** What `wantedEncryption` found out, with a data key; undefined where nothing is wanted. */
export function sealOfNew(
  input: EncryptionInput,
  context: OperationContext,
): Promise<NewSeal> | undefined | Promise<NewSeal | undefined> {
  const wanted = wantedEncryption(input, context);
  if (wanted === undefined) return undefined;
  return wanted instanceof Promise
    ? wanted.then((found) => found && newSeal(found, context))
    : newSeal(wanted, context);
}

export async function newSeal(
  wanted: WantedEncryption,
  { encryption }: OperationContext,
): Promise<NewSeal> {
  return sealWith(encryption.sealer, await encryption.seal(wanted));
}

function sealWith(sealer: (key: SealedKey) => Sealer, key: SealedKey): NewSeal {
  const made = sealer(key);
  return { encryption: { ...key.encryption, nonce: made.nonce }, sealer: made };
}

function managedEncryption(
  { ServerSideEncryption: algorithm, ...input }: EncryptionInput,
  context: OperationContext,
): WantedEncryption {
  switch (algorithm) {
    case 'AES256':
      assertNoKmsMembers(input);
      return { algorithm };
    case 'aws:kms': {
      assertKnownCaller(context);
      const { SSEKMSKeyId: keyId, SSEKMSEncryptionContext, BucketKeyEnabled: bucketKey } = input;
      // Read for its errors: it is bound to the data key as given.
      encryptionContextOf(SSEKMSEncryptionContext);
      return { algorithm, keyId, context: SSEKMSEncryptionContext, bucketKey };
    }
    default:
      throw new S3Error('NotImplemented', {
        message: `Encryption with ${algorithm} is not implemented`,
        fields: { Header: 'x-amz-server-side-encryption' },
      });
  }
}

function defaultEncryption(
  { BucketKeyEnabled }: EncryptionInput,
  config: BucketEncryption | undefined,
  context: OperationContext,
): WantedEncryption | undefined {
  if (config?.algorithm !== 'aws:kms') return config && { algorithm: config.algorithm };
  assertKnownCaller(context);
  const { algorithm, keyId, bucketKey } = config;
  return { algorithm, keyId, bucketKey: BucketKeyEnabled ?? bucketKey };
}

/** They mean something beside `aws:kms` only; a bucket key may also belong to the bucket's default. */
function assertNoKmsMembers({ SSEKMSKeyId, SSEKMSEncryptionContext }: EncryptionInput): void {
  if (SSEKMSKeyId === undefined && SSEKMSEncryptionContext === undefined) return;
  throw invalidEncryption(
    'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    'null',
  );
}

/** Keys of the ring serve callers who are known. */
export function assertKnownCaller({ caller }: OperationContext): void {
  if (caller.kind !== 'anonymous') return;
  throw new S3Error('InvalidArgument', {
    message:
      'Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.',
    fields: { ArgumentName: 'Authorization', ArgumentValue: 'null' },
  });
}

function invalidEncryption(message: string, value: string): S3Error {
  const fields = { ArgumentName: 'x-amz-server-side-encryption', ArgumentValue: value };
  return new S3Error('InvalidArgument', { message, fields });
}

type EncryptionOutput = Pick<
  CreateMultipartUploadOutput,
  Exclude<(typeof encryptionMembers)[number], 'SSECustomerKey'>
>;

const unencrypted: EncryptionOutput = {};

/** What answers say of it, where they have these members. */
export function encryptionOutput(encryption: ObjectEncryption | undefined): EncryptionOutput {
  if (encryption === undefined) return unencrypted;
  switch (encryption.algorithm) {
    case 'SSE-C':
      return { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: encryption.keyMd5 };
    case 'AES256':
      return { ServerSideEncryption: 'AES256' };
    case 'aws:kms':
      return {
        ServerSideEncryption: 'aws:kms',
        SSEKMSKeyId: encryption.keyId,
        SSEKMSEncryptionContext: encryption.context,
        BucketKeyEnabled: encryption.bucketKey,
      };
  }
}
