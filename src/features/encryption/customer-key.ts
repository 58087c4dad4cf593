/**
 * The customer's key as SSE-C headers bring it ("Using server-side encryption with customer-provided keys" in
 * the user guide): algorithm, key and the key's MD5, all three or none. Errors never repeat the key.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { S3Error } from '../../protocol/errors.ts';
import { keyBytes } from './wrapped-key.ts';

export interface CustomerKey {
  readonly key: Buffer;
  /** Base64. */
  readonly md5: string;
}

/** The three headers' values. */
export interface CustomerKeyHeaders {
  readonly algorithm: string | undefined;
  readonly key: string | undefined;
  readonly md5: string | undefined;
}

/**
 * Undefined where there are no such headers.
 * @throws S3Error InvalidArgument, InvalidEncryptionAlgorithmError
 */
export function customerKeyOf({
  algorithm,
  key,
  md5,
}: CustomerKeyHeaders): CustomerKey | undefined {
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined;
  if (algorithm === undefined) throw invalid('provide a valid encryption algorithm.');
  if (algorithm !== 'AES256') {
    throw new S3Error('InvalidEncryptionAlgorithmError', {
      message: 'The Encryption request you specified is not valid. Supported value: AES256.',
      fields: { ArgumentName: 'x-amz-server-side-encryption', ArgumentValue: algorithm },
    });
  }
  if (key === undefined) throw invalid('provide an appropriate secret key.');
  if (md5 === undefined) throw invalid('provide the client calculated MD5 of the secret key.');
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length !== keyBytes || bytes.toString('base64') !== key) {
    throw invalidArgument('The secret key was invalid for the specified algorithm.', {
      name: 'x-amz-server-side-encryption-customer-key',
    });
  }
  const computed = createHash('md5').update(bytes).digest('base64');
  if (!sameText(computed, md5)) {
    throw invalidArgument(
      'The calculated MD5 hash of the key did not match the hash that was provided.',
      { name: 'x-amz-server-side-encryption-customer-key-MD5', value: md5 },
    );
  }
  return { key: bytes, md5: computed };
}

/** Takes as long wherever two texts of the same length differ. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function invalid(must: string): S3Error {
  return invalidArgument(
    `Requests specifying Server Side Encryption with Customer provided keys must ${must}`,
    { name: 'x-amz-server-side-encryption', value: 'null' },
  );
}

function invalidArgument(
  message: string,
  { name, value }: { readonly name: string; readonly value?: string },
): S3Error {
  const fields = { ArgumentName: name, ...(value === undefined ? {} : { ArgumentValue: value }) };
  return new S3Error('InvalidArgument', { message, fields });
}
