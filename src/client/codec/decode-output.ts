/** An answer → the output of its operation, or its error: the other direction of the server's encoder. */
import type { Member, Shape } from '../../model/shape.ts';
import { type Bindings, bindingsOf, structureOf } from '../../protocol/bindings.ts';
import { decodeHeaderText, decodeMetadataValue } from '../../protocol/header-text.ts';
import { type BodyVerifier, ObjectBody } from '../object-body.ts';
import type { Runtime, TransportResponse } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import type { Operation } from '../types.ts';
import { parseScalar } from './parse-scalar.ts';
import { readDocument, readFlatDocument } from './read-document.ts';
import { type ChecksumMembers, objectChecksum, openVerifier } from './verify-body.ts';

type Output = Record<string, unknown>;

const utf8 = new TextDecoder();

export interface DecodingContext {
  readonly runtime: Runtime;
  /** The client asked for encoded keys without being told to: they are decoded. */
  readonly decodesKeys: boolean;
  readonly verifiesChecksums: boolean;
}

/** @throws S3Error for an error that came after a status that says otherwise, and for what can't be read */
export async function decodeOutput(
  operation: Operation,
  response: TransportResponse,
  context: DecodingContext,
): Promise<Output> {
  const output: Output = {};
  const shape = operation.output;
  if (shape === undefined) {
    await response.body.bytes();
    return output;
  }
  const bindings = bindingsOf(shape);
  decodeHeaders(output, bindings, response.headers);
  const { payload } = bindings;
  if (payload?.kind === 'stream') {
    const verifier = context.verifiesChecksums
      ? await openAnswerVerifier(response, output as ChecksumMembers, context.runtime)
      : undefined;
    output[payload.name] = new ObjectBody(response.body, verifier, context.runtime);
    return output;
  }
  if (payload?.kind === 'events') {
    const { readEvents } = await import('./read-events.ts');
    output[payload.name] = readEvents(structureOf(payload), response.body, context.runtime);
    return output;
  }
  const bytes = await response.body.bytes();
  if (payload?.kind === 'string') output[payload.name] = utf8.decode(bytes);
  else if (payload !== undefined || bindings.elements.length > 0) {
    const value = readAnswer(operation, shape, payload, utf8.decode(bytes), response, context);
    if (payload === undefined) Object.assign(output, value);
    else output[payload.name] = value;
  }
  return output;
}

/** Undefined where there is no checksum of just these bytes; that of the object is none of a range. */
async function openAnswerVerifier(
  { status, headers, body }: TransportResponse,
  members: ChecksumMembers,
  runtime: Runtime,
): Promise<BodyVerifier | undefined> {
  if (status !== 200) return undefined;
  const verifier = await openVerifier(objectChecksum(members), runtime, { status, headers });
  if (verifier === undefined) return undefined;
  return {
    update: verifier.update,
    end() {
      // The checksum is of what the platform has unpacked, and keeps to itself.
      if (!body.isDecoded) verifier.end();
    },
  };
}

function readAnswer(
  operation: Operation,
  shape: Shape,
  payload: Member | undefined,
  text: string,
  response: TransportResponse,
  { decodesKeys }: DecodingContext,
): Output {
  // Nobody may take it for done.
  if (text === '') throw malformed(operation, response, 'the answer has no document');
  const held = payload === undefined ? shape : structureOf(payload);
  // Servers that don't know encoded keys send them as they are.
  const isUrl = decodesKeys && encodingType.test(text);
  let root: string;
  let value: Output;
  try {
    if (shape.name === 'GetBucketLocationOutput') ({ root, value } = readLocation(text));
    else ({ root, value } = readDocument(held, text, isUrl));
  } catch (error) {
    throw malformed(operation, response, (error as S3Error).message);
  }
  // Long operations begin their answer before they know how they end.
  if (root === 'Error') throw errorOf(operation, response, text);
  const expected = payload?.wire ?? bindingsOf(held).root;
  // Servers call some roots otherwise; of a page of a proxy's nothing is known.
  if (root !== expected && Object.keys(value).length === 0) {
    throw malformed(operation, response, `the answer is a ${root} where a ${expected} should be`);
  }
  if (isUrl) delete value.EncodingType;
  return value;
}

/** The one document whose root holds text; the first region is written as none. */
function readLocation(document: string): { readonly root: string; readonly value: Output } {
  const { root, text } = readFlatDocument(document);
  const isRegion = root === 'LocationConstraint' && text !== '';
  return { root, value: isRegion ? { LocationConstraint: text } : {} };
}

const encodingType = /<(?:\w+:)?EncodingType>\s*url\s*</;

const malformed = (operation: Operation, response: TransportResponse, why: string): S3Error =>
  new S3Error('MalformedResponse', `${operation.name}: ${why}`, detailsOf(operation, response));

/** What an error says of the answer that it is about. */
const detailsOf = ({ name }: Operation, { status, headers }: TransportResponse) => ({
  status,
  headers,
  operation: name,
  requestId: headers['x-amz-request-id'],
  extendedRequestId: headers['x-amz-id-2'],
});

function decodeHeaders(
  output: Output,
  bindings: Bindings,
  headers: TransportResponse['headers'],
): void {
  const { headerByWire, prefixed } = bindings;
  const prefix = prefixed?.lowerCase;
  let entries: Record<string, string> | undefined;
  for (const name in headers) {
    const raw = headers[name];
    if (raw === undefined) continue;
    const header = headerByWire.get(name);
    if (header !== undefined) {
      const { member } = header;
      const value = headerValue(member, raw);
      if (value !== undefined) output[member.name] = value;
    } else if (prefix !== undefined && name.startsWith(prefix)) {
      // Without a prototype, so that any name is safe.
      entries ??= Object.create(null) as Record<string, string>;
      entries[name.slice(prefix.length)] = decodeMetadataValue(raw);
    }
  }
  if (prefixed !== undefined) output[prefixed.member.name] = entries ?? {};
}

function headerValue({ kind, of }: Member, raw: string): unknown {
  if (kind === 'list') {
    return raw.split(',').map((item) => parseScalar(of as string, item.trim()));
  }
  return kind === 'string' ? decodeHeaderText(raw) : parseScalar(kind, raw);
}

/** What codes there are for a status without a document, as for HEAD. */
const codes: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  304: 'NotModified',
  307: 'TemporaryRedirect',
  400: 'BadRequest',
  403: 'Forbidden',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  412: 'PreconditionFailed',
  416: 'InvalidRange',
  429: 'TooManyRequests',
  500: 'InternalError',
  503: 'ServiceUnavailable',
};

/** @param text the answer's body */
export function errorOf(operation: Operation, response: TransportResponse, text: string): S3Error {
  const details = detailsOf(operation, response);
  const fields = errorFields(text);
  if (fields === undefined) {
    const { status } = response;
    const code = codes[status] ?? `HTTP${status}`;
    return new S3Error(code, `${operation.name}: the server answered ${status}`, details);
  }
  const { Code: code, Message: message = '', Resource, RequestId, HostId, ...rest } = fields;
  return new S3Error(code!, message === '' ? code! : message, {
    ...details,
    requestId: RequestId ?? details.requestId,
    extendedRequestId: HostId ?? details.extendedRequestId,
    resource: Resource ?? rest.BucketName,
    fields: rest,
  });
}

/** Undefined if it is no error document of S3's: that of a proxy, or none. */
function errorFields(text: string): Readonly<Record<string, string>> | undefined {
  if (!text.includes('<')) return undefined;
  try {
    const { root, fields } = readFlatDocument(text);
    return root === 'Error' && fields.Code ? fields : undefined;
  } catch {
    return undefined;
  }
}
