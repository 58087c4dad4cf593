/**
 * A request → the input of its operation, in AWS's shapes.
 *
 * Walks the shape tables: names from host and path, headers, query parameters, then the payload. Query
 * parameters without a value count as absent, but for strings. `response-*` parameters become headers of the
 * answer, so they mustn't hold control characters.
 */
import { type OperationName, operations } from '../model/operations.gen.ts';
import type { Member } from '../model/shape.ts';
import type { StreamingBody } from '../model/streaming-body.ts';
import type { OperationTypes } from '../model/types.gen.ts';
import { assertIntegerBounds, invalidArgument } from './argument-errors.ts';
import { type Bindings, bindingsOf, type HeaderMember, structureOf, wireName } from './bindings.ts';
import { decodeDocument } from './decode-xml.ts';
import { S3Error } from './errors.ts';
import { decodeHeaderText, decodeMetadataValue } from './header-text.ts';
import { type HeaderLookup, headersOf } from './hoisted-headers.ts';
import { assertMetadataSize } from './metadata.ts';
import { maxXmlPayloadBytes } from './payload.ts';
import { queryValue } from './query.ts';
import type { RequestTarget, WireRequest } from './request.ts';
import { parseMember } from './values.ts';

type Input = Record<string, unknown>;

/** RFC 9110 has recipients ignore a date they can't read in these. */
const dateConditions: ReadonlySet<string> = new Set([
  'if-modified-since',
  'if-unmodified-since',
  'x-amz-copy-source-if-modified-since',
  'x-amz-copy-source-if-unmodified-since',
]);

const controlCharacter = /\p{Cc}/u;

/**
 * @param payload the body: bytes where `payloadOf` says `xml` or `text`, a stream where it says `stream`
 * @throws S3Error for whatever the client got wrong
 */
export function decodeInput<Name extends OperationName>(
  name: Name,
  request: WireRequest,
  target: RequestTarget,
  payload: Buffer | StreamingBody | undefined,
): OperationTypes[Name]['input'] {
  const bindings = bindingsOf(operations[name].input);
  const input: Input = {};
  for (const member of bindings.labels) {
    input[member.name] = member.name === 'Bucket' ? target.bucket : target.key;
  }
  const headers = headersOf(request);
  decodeHeaders(input, bindings, headers);
  if (bindings.prefixed !== undefined) decodePrefixed(input, bindings.prefixed, headers);
  if (request.query.length > 0 || bindings.needsQuery) {
    for (const member of bindings.queries) decodeQuery(input, member, request);
  }
  decodePayload(input, bindings, payload, maxXmlPayloadBytes(name));
  return input as OperationTypes[Name]['input'];
}

function decodeHeaders(input: Input, bindings: Bindings, headers: HeaderLookup): void {
  const { sent } = headers;
  if (sent === undefined) {
    for (const header of bindings.headers) {
      const raw = headers.get(header.lowerCase);
      if (raw !== undefined) decodeHeader(input, header, raw);
    }
  } else {
    // By what was sent, not by what may be: a request has few of the forty headers that PutObject knows.
    for (const name in sent) {
      const header = bindings.headerByWire.get(name);
      const raw = sent[name];
      if (header !== undefined && raw !== undefined) decodeHeader(input, header, raw);
    }
  }
  for (const { wire, lowerCase } of bindings.requiredHeaders) {
    if (headers.get(lowerCase) !== undefined) continue;
    throw new S3Error('InvalidRequest', {
      message: `Missing required header for this request: ${wire}`,
    });
  }
}

function decodeHeader(input: Input, { member, wire, lowerCase }: HeaderMember, raw: string): void {
  if (member.kind === 'list') {
    input[member.name] = raw.split(',').map((item) => readArgument(member, wire, item.trim()));
  } else if (member.kind === 'string' && member.enum === undefined) {
    input[member.name] = decodeHeaderText(raw);
  } else if (!dateConditions.has(lowerCase)) {
    input[member.name] = readArgument(member, wire, raw);
  } else {
    const date = parseMember(member, raw);
    if (date !== undefined) input[member.name] = date;
  }
}

function decodePrefixed(
  input: Input,
  { member, lowerCase }: HeaderMember,
  headers: HeaderLookup,
): void {
  let entries: Record<string, string> | undefined;
  headers.forEachWithPrefix(lowerCase, (name, value) => {
    if (name.length === lowerCase.length) return;
    // Without a prototype, so that any name is safe.
    entries ??= Object.create(null) as Record<string, string>;
    entries[name.slice(lowerCase.length)] = decodeMetadataValue(value);
  });
  if (entries === undefined) return;
  assertMetadataSize(entries);
  input[member.name] = entries;
}

function decodeQuery(input: Input, member: Member, { query }: WireRequest): void {
  const wire = wireName(member);
  const text = query.length === 0 ? undefined : queryValue(query, wire);
  const isText = member.kind === 'string' && member.enum === undefined;
  if (text === undefined || (text === '' && !isText)) {
    if (!member.required) return;
    throw new S3Error('InvalidArgument', {
      message: `Missing required query parameter: ${wire}`,
      fields: { ArgumentName: wire, ArgumentValue: '' },
    });
  }
  if (wire === 'versionId' && text === '') {
    throw new S3Error('InvalidArgument', {
      message: 'Version id cannot be the empty string',
      fields: { ArgumentName: wire, ArgumentValue: text },
    });
  }
  if (wire.startsWith('response-') && controlCharacter.test(text)) {
    throw invalidArgument(member, wire, text);
  }
  input[member.name] = readArgument(member, wire, text);
}

function readArgument(member: Member, wire: string, text: string): unknown {
  const value = parseMember(member, text);
  if (value === undefined) throw invalidArgument(member, wire, text);
  if (typeof value === 'number') assertIntegerBounds(wire, value);
  return value;
}

function decodePayload(
  input: Input,
  { shape, root, payload: member, elements }: Bindings,
  payload: Buffer | StreamingBody | undefined,
  maxBytes: number,
): void {
  if (member?.kind === 'stream') {
    if (payload !== undefined) input[member.name] = payload;
    return;
  }
  if (member === undefined && elements.length === 0) return;
  if (payload !== undefined && !Buffer.isBuffer(payload)) {
    throw new Error('a payload that is decoded must have been read');
  }
  if (payload === undefined || payload.length === 0) {
    if (member === undefined || member.required) throw new S3Error('MissingRequestBodyError');
    return;
  }
  if (member === undefined) {
    Object.assign(input, decodeDocument(shape, root, payload, maxBytes));
  } else if (member.kind === 'string') {
    if (payload.length > maxBytes) throw new S3Error('MaxMessageLengthExceeded');
    input[member.name] = payload.toString('utf8');
  } else {
    const document = structureOf(member);
    const rootName = member.wire ?? bindingsOf(document).root;
    input[member.name] = decodeDocument(document, rootName, payload, maxBytes);
  }
}
