/**
 * Server-side encryption: every object has a random data key, kept with it as the mode's own key has
 * wrapped it: the customer's (SSE-C), the server's master key (SSE-S3) or one of the key ring (SSE-KMS).
 *
 * So a copy between SSE-S3 and SSE-KMS needs the data key wrapped anew and no byte moved, and a key of the
 * ring can be rotated or disabled without touching what it protects.
 */
import { createHmac } from 'node:crypto';
import { S3Error } from '../../protocol/errors.ts';
import type { ObjectEncryption } from '../../store/records.ts';
import type { CustomerKey } from './customer-key.ts';
import { encryptionContextOf } from './encryption-context.ts';
import type { KeyRing } from './key-ring.ts';
import { sealBuffer, sealedLength, sealStream, streamKey } from './sealed-bytes.ts';
import { keyBytes, unwrapKey, wrapKey } from './wrapped-key.ts';
import { createWrapping, type MasterKeys } from './wrapping.ts';

/** What is asked for of a new object. */
export type WantedEncryption =
  | { readonly algorithm: 'SSE-C'; readonly customerKey: CustomerKey }
  | { readonly algorithm: 'AES256' }
  | {
      readonly algorithm: 'aws:kms';
      /** As the client names it: an id, or an ARN that ends in one; undefined is the default key. */
      readonly keyId?: string | undefined;
      /** Base64 of JSON, as the header has it. */
      readonly context?: string | undefined;
      readonly bucketKey?: boolean | undefined;
    };

/** A data key, and what the object's record says of it. */
export interface SealedKey {
  /** Without nonce. */
  readonly encryption: ObjectEncryption;
  readonly dataKey: Buffer;
}

/** Seals one stream of bytes: an object or a part. */
export interface Sealer {
  /** Belongs to the record of what was sealed, base64. */
  readonly nonce: string;
  /** What an object or part is tagged with whose plaintext has this MD5. */
  etag(md5Hex: string): string;
  sealedLength(length: number): number;
  sealBuffer(plain: Buffer): Buffer;
  sealStream(plain: AsyncIterable<Buffer>): AsyncIterable<Buffer>;
}

export interface Encryption {
  /**
   * Wraps a data key as asked; a new one if none is given.
   * @throws S3Error KMS.NotFoundException, KMS.DisabledException, InvalidArgument
   */
  seal(wanted: WantedEncryption, dataKey?: Buffer): Promise<SealedKey>;
  /**
   * The data key.
   * @throws S3Error AccessDenied, KMS.NotFoundException, KMS.DisabledException
   */
  open(encryption: ObjectEncryption, customerKey?: CustomerKey): Promise<Buffer>;
  sealer(key: SealedKey): Sealer;
}

/** The key of SSE-KMS where none is named, made when it is first used. */
export const defaultKmsKeyId = 'alias/aws/s3';

const nonceBytes = 32;

export function createEncryption(deps: {
  readonly masterKey: Buffer | MasterKeys;
  readonly keyRing: KeyRing;
  readonly randomBytes: (length: number) => Buffer;
}): Encryption {
  const { keyRing, randomBytes } = deps;
  const s3Key = createWrapping(deps.masterKey, 'SSE-S3');

  return {
    async seal(wanted, dataKey = randomBytes(keyBytes)) {
      const wrap = (key: Buffer, context: string) => wrapKey(key, dataKey, context, randomBytes);
      const { algorithm } = wanted;
      switch (algorithm) {
        case 'SSE-C': {
          const { key, md5 } = wanted.customerKey;
          return { dataKey, encryption: { algorithm, dataKey: wrap(key, algorithm), keyMd5: md5 } };
        }
        case 'AES256':
          return {
            dataKey,
            encryption: { algorithm, dataKey: s3Key.wrap(dataKey, algorithm, randomBytes) },
          };
        case 'aws:kms': {
          const { keyId = defaultKmsKeyId, context, bucketKey } = wanted;
          const id = ringIdOf(keyId);
          if (id === defaultKmsKeyId) await keyRing.ensure(id);
          const { version, key } = await keyRing.newest(id);
          const bound = kmsContext(id, version, context);
          return {
            dataKey,
            encryption: {
              algorithm,
              dataKey: wrap(key, bound),
              keyId,
              keyVersion: version,
              context,
              bucketKey: bucketKey === true ? true : undefined,
            },
          };
        }
      }
    },

    async open(encryption, customerKey) {
      const { algorithm, dataKey: wrapped, keyId = '', keyVersion = 0, context } = encryption;
      let dataKey: Buffer | undefined;
      switch (algorithm) {
        case 'SSE-C':
          if (customerKey === undefined) throw new Error('SSE-C was read without a key');
          dataKey = unwrapKey(customerKey.key, wrapped, algorithm);
          if (dataKey === undefined) throw new S3Error('AccessDenied');
          return dataKey;
        case 'AES256':
          dataKey = s3Key.unwrap(wrapped, algorithm);
          break;
        case 'aws:kms': {
          const id = ringIdOf(keyId);
          const key = await keyRing.version(id, keyVersion);
          dataKey = unwrapKey(key, wrapped, kmsContext(id, keyVersion, context));
        }
      }
      if (dataKey === undefined) throw new Error('a data key is damaged');
      return dataKey;
    },

    sealer({ encryption, dataKey }) {
      const nonce = randomBytes(nonceBytes);
      const key = streamKey(dataKey, nonce);
      return {
        nonce: nonce.toString('base64'),
        etag: (md5Hex) => sealedETag(encryption, dataKey, md5Hex),
        sealedLength,
        sealBuffer: (plain) => sealBuffer(key, plain),
        sealStream: (plain) => sealStream(key, plain),
      };
    },
  };
}

/**
 * With SSE-C and SSE-KMS an ETag is not the MD5 of the object's data ("Object" in the API reference): it
 * would tell what the encryption hides. It looks random, and is the same for the same bytes and data key.
 */
export function sealedETag(
  { algorithm }: ObjectEncryption,
  dataKey: Buffer,
  md5Hex: string,
): string {
  if (algorithm === 'AES256') return md5Hex;
  return createHmac('sha256', dataKey).update('etag').update(md5Hex).digest('hex').slice(0, 32);
}

/** `arn:aws:kms:REGION:ACCOUNT:key/ID` and `…:alias/NAME` name what the id or alias alone does. */
function ringIdOf(keyId: string): string {
  const [, key, alias] = /^arn:aws:kms:[^:]*:[^:]*:(?:key\/(.+)|(alias\/.+))$/.exec(keyId) ?? [];
  return key ?? alias ?? keyId;
}

function kmsContext(id: string, version: number, context: string | undefined): string {
  return JSON.stringify(['aws:kms', id, version, encryptionContextOf(context)]);
}
