/**
 * What a request's headers say of its aws-chunked body.
 *
 * API reference, "Transferring Payload in Multiple Chunks" and "Including Trailing Headers".
 */

import { checksumNames, checksums } from '../checksum-headers.ts';
import { S3Error } from '../errors.ts';
import type { WireHeaders } from '../request.ts';
import type { PayloadDeclaration } from '../sigv4/payload.ts';
import type { SigningContext } from '../sigv4/verify.ts';
import { type AwsChunkedOptions, maxTrailers } from './decode.ts';

const trailerNames: ReadonlySet<string> = new Set(
  checksumNames.map((name) => checksums[name].header),
);

/**
 * Throws MissingContentLength without a valid x-amz-decoded-content-length and InvalidRequest for
 * trailers that are no checksums. `signing` is what the signature's verification gave.
 */
export function awsChunkedOptions(
  headers: WireHeaders,
  payload: PayloadDeclaration & { readonly kind: 'stream' },
  signing: SigningContext | undefined,
): AwsChunkedOptions {
  if (payload.signed && signing === undefined) {
    throw new TypeError('a signed stream needs its signing context');
  }
  return {
    decodedLength: parseDecodedLength(headers['x-amz-decoded-content-length']),
    trailerNames: parseTrailerNames(headers['x-amz-trailer']),
    signing: payload.signed ? signing : undefined,
    signedTrailer: payload.signed && payload.trailer,
  };
}

function parseDecodedLength(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/.test(text)) throw new S3Error('MissingContentLength');
  return Number(text);
}

function parseTrailerNames(text: string | undefined): readonly string[] {
  if (text === undefined || text === '') return [];
  const names = [
    ...new Set(
      text
        .toLowerCase()
        .split(',')
        .map((name) => name.trim()),
    ),
  ];
  if (names.length > maxTrailers || !names.every((name) => trailerNames.has(name))) {
    throw new S3Error('InvalidRequest', {
      message: 'The value specified in the x-amz-trailer header is not supported',
    });
  }
  return names;
}
