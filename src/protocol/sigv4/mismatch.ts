/**
 * `SignatureDoesNotMatch` as S3 answers it: with what the server signed, so that a client's author
 * can compare. Both signature versions and signed chunks.
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

function asText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function asHex(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('hex').replace(/../g, '$& ').trimEnd();
}
