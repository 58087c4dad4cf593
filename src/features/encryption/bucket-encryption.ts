/** A bucket's default encryption: the document of PutBucketEncryption and its record. */
import type { ServerSideEncryptionConfiguration } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';

/** The subresource's name in the store. */
export const encryptionConfig = 'encryption';

export interface BucketEncryption {
  readonly algorithm: 'AES256' | 'aws:kms';
  /** As given. */
  readonly keyId?: string | undefined;
  readonly bucketKey?: boolean | undefined;
}

/** @throws S3Error MalformedXML, InvalidArgument, NotImplemented */
export function bucketEncryptionOf({ Rules }: ServerSideEncryptionConfiguration): BucketEncryption {
  const [rule, ...more] = Rules;
  const applied = rule?.ApplyServerSideEncryptionByDefault;
  if (rule?.BlockedEncryptionTypes !== undefined) throw notBuilt('BlockedEncryptionTypes');
  if (rule === undefined || more.length > 0 || applied === undefined) {
    throw new S3Error('MalformedXML');
  }
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId } = applied;
  const bucketKey = rule.BucketKeyEnabled;
  switch (algorithm) {
    case 'aws:kms':
      return { algorithm, keyId, bucketKey };
    case 'AES256':
      if (keyId === undefined) return { algorithm, bucketKey };
      throw new S3Error('InvalidArgument', {
        message:
          'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
        fields: { ArgumentName: 'ApplyServerSideEncryptionByDefault' },
      });
    default:
      throw notBuilt(`Encryption with ${algorithm}`);
  }
}

export function encryptionDocument({
  algorithm,
  keyId,
  bucketKey = false,
}: BucketEncryption): ServerSideEncryptionConfiguration {
  return {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId },
        BucketKeyEnabled: bucketKey,
      },
    ],
  };
}

function notBuilt(what: string): S3Error {
  return new S3Error('NotImplemented', { message: `${what} is not implemented` });
}
