/** Parameters that listings share: page sizes, markers, prefixes; and the tokens that continue them. */
import { S3Error } from '../protocol/errors.ts';
import { maxKeyBytes } from '../protocol/names.ts';

export const maxKeysPerPage = 1000;
export const maxPartsPerPage = 1000;
export const maxUploadsPerPage = 1000;

/** What a client asks for, and no more than a page holds. */
export function pageSize(asked: number | undefined, max: number): number {
  return Math.min(asked ?? max, max);
}

/** Empty means none. Nothing longer than a key can be part of one. */
export function keyParameter(given: string | undefined): string {
  if (given === undefined || given === '') return '';
  if (given.length * 3 <= maxKeyBytes) return given;
  const size = Buffer.byteLength(given);
  if (size <= maxKeyBytes) return given;
  throw new S3Error('KeyTooLongError', {
    fields: { Size: String(size), MaxSizeAllowed: String(maxKeyBytes) },
  });
}

/** As `keyParameter`, with nothing for none. */
export function keyMarker(given: string | undefined): string | undefined {
  const marker = keyParameter(given);
  return marker === '' ? undefined : marker;
}

const maxMarker = 2 ** 31 - 1;

/** The part number to list after; 0 where none is given. */
export function partNumberMarker(given: string | undefined, argument: string): number {
  if (given === undefined || given === '') return 0;
  const number = /^\d{1,10}$/.test(given) ? Number(given) : Number.NaN;
  if (number <= maxMarker) return number;
  throw new S3Error('InvalidArgument', {
    message: `Argument ${argument} must be an integer between 0 and ${maxMarker}`,
    fields: { ArgumentName: argument, ArgumentValue: given },
  });
}

/** First byte of a token, so that later ones may say more. */
const tokenVersion = 1;

/** An opaque token that continues a listing after a name. */
export function continuationToken(after: string): string {
  return Buffer.concat([Buffer.of(tokenVersion), Buffer.from(after)]).toString('base64url');
}

/**
 * What a token continues after; undefined for none, which is also what an empty one says.
 * @throws S3Error InvalidArgument for anything that isn't a token of ours
 */
export function afterToken(token: string | undefined): string | undefined {
  if (token === undefined || token === '') return undefined;
  const bytes = Buffer.from(token, 'base64url');
  const after = bytes.toString('utf8', 1);
  const isOurs =
    bytes[0] === tokenVersion &&
    bytes.length - 1 <= maxKeyBytes &&
    after !== '' &&
    continuationToken(after) === token;
  if (isOurs) return after;
  throw new S3Error('InvalidArgument', {
    message: 'The continuation token provided is incorrect',
    fields: { ArgumentName: 'continuation-token', ArgumentValue: token },
  });
}
