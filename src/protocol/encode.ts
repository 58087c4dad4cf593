/**
 * The output of an operation → status, headers and body.
 *
 * Outputs hold keys and ETags as the API shows them: keys as they are (percent-encoding asked for with
 * `EncodingType` happens here), ETags in quotes. Content-Length of documents is left to the listener.
 */

import type { OperationRow } from '../model/operation.ts';
import { type OperationName, operations } from '../model/operations.gen.ts';
import type { Member } from '../model/shape.ts';
import type { StreamingBody } from '../model/streaming-body.ts';
import type { OperationTypes } from '../model/types.gen.ts';
import { type Bindings, bindingsOf, structureOf } from './bindings.ts';
import { encodeDocument, encodeTextDocument } from './encode-xml.ts';
import { encodeEventStream } from './event-stream/encode-stream.ts';
import { formatScalar } from './format-scalar.ts';
import { encodeHeaderText, encodeMetadataValue } from './header-text.ts';

export interface EncodedResponse {
  readonly status: number;
  /** Names and values in turn, as `ServerResponse.writeHead` takes them. */
  readonly headers: readonly string[];
  readonly body: Buffer | StreamingBody | undefined;
}

type Output = Readonly<Record<string, unknown>>;

const partialContent = 206;

/** Where the API reference's sample response and S3 itself differ from the model. */
const statuses: { readonly [Name in OperationName]?: number } = { PutBucketPolicy: 204 };

const headerToken = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const plainText = /^[ -~]*$/;
const controlCharacters = /\p{Cc}/gu;

export function encodeOutput<Name extends OperationName>(
  name: Name,
  output: OperationTypes[Name]['output'],
): EncodedResponse {
  const row: OperationRow = operations[name];
  const headers: string[] = [];
  if (row.output === undefined) {
    return { status: statuses[name] ?? row.status, headers, body: undefined };
  }
  const bindings = bindingsOf(row.output);
  const value = output as Output;
  writeHeaders(headers, bindings, value);
  const body = encodeBody(headers, bindings, value);
  return {
    status: value.ContentRange === undefined ? row.status : partialContent,
    headers,
    body,
  };
}

function writeHeaders(headers: string[], bindings: Bindings, output: Output): void {
  // By what the output has, not by what its shape may have: few of GetObject's forty headers are ever there,
  // and to look for absent members by changing names is what V8 is slowest at (5 % of a small GET).
  for (const name in output) {
    const value = output[name];
    if (value === undefined) continue;
    const header = bindings.headerByName.get(name);
    if (header !== undefined) headers.push(header.wire, headerText(header.member, value));
  }
  if (bindings.prefixed === undefined) return;
  const { member, wire: prefix } = bindings.prefixed;
  const entries = output[member.name] as Readonly<Record<string, string>> | undefined;
  if (entries === undefined) return;
  let missing = 0;
  for (const name of Object.keys(entries)) {
    if (headerToken.test(name)) headers.push(prefix + name, encodeMetadataValue(entries[name]!));
    else missing += 1;
  }
  // S3 says how many entries no header can carry.
  if (missing > 0 && output.MissingMeta === undefined) {
    headers.push('x-amz-missing-meta', String(missing));
  }
}

/** Line breaks can't be in a header: whatever brought them into a value, they must not start another. */
function headerText(member: Member, value: unknown): string {
  if (member.kind === 'list') return (value as readonly string[]).join(',');
  if (member.kind !== 'string') return formatScalar(member.kind, value);
  const text = String(value);
  // Most is printable ASCII, and stays as it is.
  return plainText.test(text) ? text : encodeHeaderText(text.replace(controlCharacters, ' '));
}

function encodeBody(
  headers: string[],
  { shape, root, payload, elements }: Bindings,
  output: Output,
): Buffer | StreamingBody | undefined {
  if (payload !== undefined) return encodePayload(headers, payload, output[payload.name]);
  if (elements.length === 0) return undefined;
  headers.push('Content-Type', 'application/xml');
  if (shape.name === 'GetBucketLocationOutput') return encodeLocation(root, output);
  return Buffer.from(encodeDocument(shape, root, output));
}

function encodePayload(
  headers: string[],
  member: Member,
  value: unknown,
): Buffer | StreamingBody | undefined {
  if (value === undefined) return undefined;
  switch (member.kind) {
    case 'stream':
      return value as Buffer | StreamingBody;
    case 'string':
      headers.push('Content-Type', 'application/json');
      return Buffer.from(value as string, 'utf8');
    case 'structure':
      headers.push('Content-Type', 'application/xml');
      return Buffer.from(
        encodeDocument(
          structureOf(member),
          member.wire ?? bindingsOf(structureOf(member)).root,
          value as Output,
        ),
      );
    case 'events':
      headers.push('Content-Type', 'application/vnd.amazon.eventstream');
      return encodeEventStream(structureOf(member), value as AsyncIterable<object>);
    default:
      throw new Error(`a payload can't be of the kind ${member.kind}`);
  }
}

/** The one document whose root holds text; the first region is written as none. */
function encodeLocation(root: string, { LocationConstraint: location = '' }: Output): Buffer {
  return Buffer.from(
    encodeTextDocument(root, location === 'us-east-1' ? '' : (location as string)),
  );
}
