/**
 * A request's payload as its operation gets it: a document read whole and verified, or a stream with the
 * aws-chunked coding taken off.
 */
import type { OperationName } from '../model/operations.gen.ts';
import type { StreamingBody } from '../model/streaming-body.ts';
import type { PayloadDeclaration } from '../operations/operation.ts';
import { decodeAwsChunked } from '../protocol/aws-chunked/decode.ts';
import { awsChunkedOptions } from '../protocol/aws-chunked/headers.ts';
import { S3Error } from '../protocol/errors.ts';
import { announcedInHeaders, createIntegrity, trailerChecksum } from '../protocol/integrity.ts';
import { maxUploadBytes, maxXmlPayloadBytes } from '../protocol/payload.ts';
import type { WireRequest } from '../protocol/request.ts';
import type { Authentication } from './authenticate.ts';
import { declaredBody, type RequestBody, readWhole, transferEncodingRefused } from './body.ts';
import type { Exchange } from './exchange.ts';
import type { OperationParameters } from './parameters.ts';

interface Payload {
  readonly body: StreamingBody;
  readonly declaration: PayloadDeclaration;
}

export const noPayload: PayloadDeclaration = {
  sha256: undefined,
  trailerChecksum: undefined,
  trailer: () => undefined,
};

/**
 * The payload without its coding, unread.
 * @throws S3Error MissingContentLength, NotImplemented, InvalidRequest
 */
function openPayload(request: WireRequest, auth: Authentication, body: RequestBody): Payload {
  const { payload, signing } = auth;
  if (payload.kind !== 'stream') {
    const sha256 = payload.kind === 'hash' ? payload.sha256 : undefined;
    if (sha256 === undefined) return { body, declaration: noPayload };
    return { body, declaration: { ...noPayload, sha256 } };
  }
  const decoded = decodeAwsChunked(body, awsChunkedOptions(request.headers, payload, signing));
  return {
    body: decoded,
    declaration: {
      sha256: undefined,
      trailerChecksum: trailerChecksum(request.headers['x-amz-trailer']),
      trailer: (name) => decoded.trailers.get(name),
    },
  };
}

/**
 * For operations that take a stream: nothing is read yet.
 * @throws S3Error MissingContentLength, NotImplemented, EntityTooLarge, InvalidRequest
 */
function streamPayload(request: WireRequest, auth: Authentication, body: RequestBody): Payload {
  if (declaredBody(request.headers) === undefined) throw new S3Error('MissingContentLength');
  const payload = openPayload(request, auth, body);
  const { length } = payload.body;
  if (length === undefined) throw transferEncodingRefused();
  if (length > maxUploadBytes) {
    throw new S3Error('EntityTooLarge', {
      fields: { ProposedSize: String(length), MaxSizeAllowed: String(maxUploadBytes) },
    });
  }
  return payload;
}

/** Operations whose document must come with a digest ("DeleteObjects" in the API reference). */
const digestRequired: ReadonlySet<OperationName> = new Set<OperationName>(['DeleteObjects']);

/**
 * For operations that take a document: read whole and verified.
 * @throws S3Error MaxMessageLengthExceeded, BadDigest, XAmzContentSHA256Mismatch, InvalidRequest
 */
async function documentPayload(
  name: OperationName,
  { checksumsOfObject }: OperationParameters,
  request: WireRequest,
  auth: Authentication,
  body: RequestBody,
): Promise<Buffer> {
  const header = (wire: string) => request.headers[wire];
  const contentMd5 = header('content-md5');
  const checksum = checksumsOfObject ? undefined : announcedInHeaders(header);
  if (digestRequired.has(name) && contentMd5 === undefined && checksum === undefined) {
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: Content-MD5',
    });
  }
  const maxBytes = maxXmlPayloadBytes(name);
  const { body: source, declaration } = openPayload(request, auth, body);
  const integrity = await createIntegrity({
    contentMd5,
    sha256: declaration.sha256,
    checksum,
    trailer: declaration.trailer,
  });
  const bytes = await readWhole(
    source,
    maxBytes,
    () =>
      new S3Error('MaxMessageLengthExceeded', {
        fields: { MaxMessageLengthBytes: String(maxBytes) },
      }),
  );
  integrity.update(bytes);
  integrity.finish();
  return bytes;
}

interface ReadPayload {
  readonly bytes: Buffer | StreamingBody | undefined;
  readonly declaration: PayloadDeclaration;
}

const nothing: ReadPayload = { bytes: undefined, declaration: noPayload };

/** Documents are read and verified here; streams are left to their operation. */
export function readPayload(
  exchange: Exchange,
  request: WireRequest,
  name: OperationName,
  known: OperationParameters,
  auth: Authentication,
): ReadPayload | Promise<ReadPayload> {
  if (known.payload === 'none') return nothing;
  const body = exchange.openBody();
  if (known.payload === 'stream') {
    const { body: bytes, declaration } = streamPayload(request, auth, body);
    return { bytes, declaration };
  }
  return documentPayload(name, known, request, auth, body).then((bytes) => ({
    bytes,
    declaration: noPayload,
  }));
}
