/**
 * What a request says of its payload in `x-amz-content-sha256`.
 *
 * API reference, "Authenticating Requests: Using the Authorization Header", the header's values.
 */

import { S3Error } from '../errors.ts';

export type PayloadDeclaration =
  /** The body's SHA-256, 64 lower-case hex digits: whoever reads the body has to check it. */
  | { readonly kind: 'hash'; readonly sha256: string }
  | { readonly kind: 'unsigned' }
  /** An aws-chunked body, with or without a signature for each chunk. */
  | { readonly kind: 'stream'; readonly signed: boolean; readonly trailer: boolean };

export const unsignedPayload: PayloadDeclaration = { kind: 'unsigned' };

const declarations: Readonly<Record<string, PayloadDeclaration | undefined>> = {
  __proto__: null as never,
  'UNSIGNED-PAYLOAD': unsignedPayload,
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER': { kind: 'stream', signed: false, trailer: true },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD': { kind: 'stream', signed: true, trailer: false },
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER': { kind: 'stream', signed: true, trailer: true },
};

const notImplemented: readonly string[] = [
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
];

export function parsePayloadDeclaration(value: string): PayloadDeclaration {
  const declaration = declarations[value];
  if (declaration !== undefined) return declaration;
  if (isSha256Hex(value)) return { kind: 'hash', sha256: value };
  if (notImplemented.includes(value)) {
    throw new S3Error('NotImplemented', {
      message: `Signature Version 4A payloads (${value}) are not implemented.`,
    });
  }
  throw new S3Error('InvalidArgument', {
    message:
      'x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD, STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER or a valid sha256 value.',
    fields: { ArgumentName: 'x-amz-content-sha256', ArgumentValue: value },
  });
}

/**
 * The declaration of a request without Signature Version 4: optional, and without a seed signature
 * there can be no signed chunks.
 */
export function parseUnseededPayload(value: string | undefined): PayloadDeclaration {
  if (value === undefined) return unsignedPayload;
  const declaration = parsePayloadDeclaration(value);
  if (declaration.kind === 'stream' && declaration.signed) {
    throw new S3Error('InvalidRequest', {
      message:
        "Requests without Signature Version 4 don't support this x-amz-content-sha256 value. Please use UNSIGNED-PAYLOAD or STREAMING-UNSIGNED-PAYLOAD-TRAILER.",
    });
  }
  return declaration;
}

export function isSha256Hex(value: string): boolean {
  if (value.length !== 64) return false;
  for (let at = 0; at < 64; at++) {
    const code = value.charCodeAt(at);
    const isHex = (code >= 0x30 && code <= 0x39) || (code >= 0x61 && code <= 0x66);
    if (!isHex) return false;
  }
  return true;
}
