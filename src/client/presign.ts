/**
 * Presigned URLs: requests that others send, with the permission of who signed them.
 *
 * API reference, "Authenticating Requests: Using Query Parameters", and S3 User Guide, "Signing and authenticating
 * REST requests" for Version 2.
 */
import type { OperationName } from '../model/operations.gen.ts';
import { decodeHeaderText } from '../protocol/header-text.ts';
import { uriEncode } from '../protocol/sigv4/percent-encoding.ts';
import {
  asksForEncodedKeys,
  type EncodedInput,
  encodeInput,
  invalid,
} from './codec/encode-input.ts';
import { urlOf } from './endpoint.ts';
import { S3Error } from './s3-error.ts';
import type { Sender } from './sender.ts';
import type { ClientInput, Operation, StreamMember } from './types.ts';

export interface PresignOptions {
  /** Seconds from now; 3,600 if undefined. With Signature Version 4 604,800, a week, at most. */
  readonly expiresIn?: number | undefined;
}

/** An operation's input without its stream of bytes, which whoever opens the URL brings. */
export type PresignInput<Name extends OperationName> = Omit<ClientInput<Name>, StreamMember>;

/** All of a request that is signed: as `fetch(url, { method, headers, body })` sends it. */
export interface PresignedRequest {
  readonly url: string;
  readonly method: string;
  /** They are signed and can't be in the URL: to be sent as they are here. Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** The document of operations that have one, if it was in the input. */
  readonly body: string | undefined;
}

export const defaultExpirySeconds = 3600;
export const maxExpirySecondsV4 = 604_800;

/**
 * A URL that does the operation until it expires, whoever opens it:
 * `await presign(client, GetObject, { Bucket, Key }, { expiresIn: 900 })`
 *
 * In the URL are query parameters (`VersionId`, `ResponseContentDisposition`, …) and the headers that S3 takes from
 * there: those that begin with `x-amz-` (`ACL`, `Metadata`, `Tagging`, `StorageClass`, …). All other headers of the
 * input are signed, and whoever opens the URL has to send them with the same values: `ContentType`, `CacheControl`,
 * `ContentLength`, `ContentMD5`, `IfMatch`, `Range`, …, checksums, and what has to do with encryption. A document of
 * the input has to be sent, too, with its `Content-MD5`. `presignRequest` tells all of it.
 *
 * Version 2 signs no headers but `x-amz-*`, `Content-Type` and `Content-MD5`; an input with others is refused. Of these
 * it takes none that the input has not: `fetch` adds a `Content-Type` to text, and none to bytes.
 *
 * @throws S3Error InvalidInput, MissingCredentials
 */
export async function presign<Name extends OperationName>(
  sender: Sender,
  operation: Operation<Name>,
  input: PresignInput<Name>,
  options?: PresignOptions,
): Promise<string> {
  const { url } = await presignRequest(sender, operation, input, options);
  return url;
}

/** As `presign`, with what has to be sent beside the URL. */
export async function presignRequest<Name extends OperationName>(
  sender: Sender,
  operation: Operation<Name>,
  input: PresignInput<Name>,
  { expiresIn = defaultExpirySeconds }: PresignOptions = {},
): Promise<PresignedRequest> {
  const { name, method } = operation;
  const isV4 = sender.config.signatureVersion === 's3v4';
  assertExpiry(expiresIn, isV4);
  const values = input as Readonly<Record<string, unknown>>;
  const encoded = encodeInput(operation, values, { isWithoutBody: true });
  const { bucket, key } = encoded;
  const scope = await sender.scope(bucket);
  if (scope === undefined) throw missingCredentials(name);
  const target = sender.locate(bucket, key);
  const { origin, path, hostBucket } = target;
  // Keys are asked for encoded where the client decodes them; here it doesn't read the answer.
  const query = asksForEncodedKeys(name, operation.input, values)
    ? encoded.query.filter((pair) => pair !== 'encoding-type=url')
    : [...encoded.query];
  const headers = moveToQuery(encoded, query);
  const { body } = encoded;
  if (body?.kind === 'bytes') {
    headers['content-md5'] ??= sender.runtime.hashes.md5Base64(body.bytes);
  }
  if (!isV4) assertSignedByV2(name, headers);
  const request = {
    method,
    hostBucket,
    path,
    query,
    headers: { host: origin.host, ...headers },
  };
  const signed = sender.signer.presign(request, scope, expiresIn);
  return {
    url: `${urlOf(target)}?${signed}`,
    method,
    headers,
    body: body?.kind === 'bytes' ? utf8.decode(body.bytes) : undefined,
  };
}

const utf8 = new TextDecoder();

/** @throws S3Error InvalidInput */
export function assertExpiry(expiresIn: number, isV4: boolean): void {
  if (!Number.isInteger(expiresIn) || expiresIn < 1) {
    throw new S3Error('InvalidInput', `expiresIn must be whole seconds from 1, not ${expiresIn}`);
  }
  if (!isV4 || expiresIn <= maxExpirySecondsV4) return;
  throw new S3Error(
    'InvalidInput',
    `expiresIn must be ${maxExpirySecondsV4} seconds at most with Signature Version 4, not ${expiresIn}`,
  );
}

export const missingCredentials = (operation: string): S3Error =>
  new S3Error('MissingCredentials', `${operation}: without credentials nothing can be signed`, {
    operation,
  });

/** Headers that S3 takes from a signed URL's query, as it takes no checksum and nothing of encryption. */
const hoistable =
  /^x-amz-(?!checksum-|sdk-checksum-|server-side-encryption|copy-source-server-side-encryption)/;

/** @returns the headers that stay */
function moveToQuery({ headers }: EncodedInput, query: string[]): Record<string, string> {
  const stay: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (hoistable.test(name)) query.push(`${name}=${uriEncode(decodeHeaderText(value))}`);
    else stay[name] = value;
  }
  return stay;
}

const signedByV2 = /^(?:x-amz-.*|content-type|content-md5)$/;

function assertSignedByV2(operation: string, headers: Readonly<Record<string, string>>): void {
  const unsigned = Object.keys(headers).find((name) => !signedByV2.test(name));
  if (unsigned === undefined) return;
  throw invalid(operation, `a URL of Signature Version 2 can't say what the header ${unsigned} is`);
}
