/**
 * `SignatureDoesNotMatch` as S3 answers it: with what the server signed, so that a client's author
 * can compare. Both signature versions and signed chunks. A customer's encryption key, which may be among the
 * headers that were signed, is left out.
 */

import { S3Error } from '../errors.ts';

export interface Mismatch {
  readonly accessKeyId: string;
  /** One character per byte. */
  readonly stringToSign: string;
  readonly signatureProvided: string;
  /** One character per byte; Signature Version 2 and chunks have none. */
  readonly canonicalRequest?: string;
}

export function signatureMismatch(mismatch: Mismatch): S3Error {
  const { accessKeyId, stringToSign, signatureProvided, canonicalRequest } = mismatch;
  return new S3Error('SignatureDoesNotMatch', {
    fields: {
      AWSAccessKeyId: accessKeyId,
      StringToSign: asText(stringToSign),
      SignatureProvided: signatureProvided,
      StringToSignBytes: asHex(stringToSign),
      ...(canonicalRequest !== undefined && {
        CanonicalRequest: asText(canonicalRequest),
        CanonicalRequestBytes: asHex(canonicalRequest),
      }),
    },
  });
}

/** As a header, or in the query of a presigned URL. */
const customerKey = /(x-amz-(?:copy-source-)?server-side-encryption-customer-key[:=])[^\n&]*/gi;

function withoutKeys(bytes: string): Buffer {
  return Buffer.from(bytes.replaceAll(customerKey, '$1(redacted)'), 'latin1');
}

function asText(bytes: string): string {
  return withoutKeys(bytes).toString('utf8');
}

function asHex(bytes: string): string {
  return withoutKeys(bytes).toString('hex').replace(/../g, '$& ').trimEnd();
}
