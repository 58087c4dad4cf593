/**
 * The answer of SelectObjectContent: messages of AWS's event stream → events, by the model's tables.
 *
 * Amazon S3 API reference, "SelectObjectContent", response syntax: total length, length of the headers, checksum of
 * these, headers, payload, checksum of all.
 */
import type { Shape } from '../../model/shape.ts';
import { structureOf } from '../../protocol/bindings.ts';
import { concat } from '../body.ts';
import type { ResponseBody, Runtime } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import { readDocument } from './read-document.ts';

const preludeBytes = 12;
const checksumBytes = 4;
/** S3 sends records in messages of 128 KiB at most. */
const maxMessageBytes = 16 * 1024 * 1024;
/** The type of a header's value that S3 uses. */
const stringType = 7;

const utf8 = new TextDecoder();

const malformed = (why: string) => new S3Error('MalformedResponse', `the event stream ${why}`);

/** @param union the shape that lists the events */
export async function* readEvents(
  union: Shape,
  body: ResponseBody,
  runtime: Runtime,
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  let ended = false;
  for await (const message of messages(body, runtime)) {
    const event = eventOf(union, message);
    ended ||= message.headers[':event-type'] === 'End';
    if (event !== undefined) yield event;
  }
  // Without it results may be missing.
  if (!ended) throw malformed('has no end');
}

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
}

async function* messages(body: ResponseBody, runtime: Runtime): AsyncGenerator<Message> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of body) {
    rest = rest.length === 0 ? chunk : concat([rest, chunk], rest.length + chunk.length);
    while (rest.length >= preludeBytes) {
      const length = view(rest).getUint32(0);
      if (length < preludeBytes + checksumBytes || length > maxMessageBytes) {
        throw malformed('has a message of no length that can be');
      }
      if (rest.length < length) break;
      yield await readMessage(rest.subarray(0, length), runtime);
      rest = rest.subarray(length);
    }
  }
  if (rest.length > 0) throw malformed('was cut off');
}

const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

async function readMessage(bytes: Uint8Array, { hashes }: Runtime): Promise<Message> {
  const digest = await hashes.openDigest('CRC32');
  digest.update(bytes.subarray(0, bytes.length - checksumBytes));
  const checksum = view(digest.digest()).getUint32(0);
  if (checksum !== view(bytes).getUint32(bytes.length - checksumBytes)) {
    throw malformed('has a message that differs from its checksum');
  }
  const headersEnd = preludeBytes + view(bytes).getUint32(4);
  const payloadEnd = bytes.length - checksumBytes;
  if (headersEnd > payloadEnd) throw malformed('has a message with more headers than bytes');
  return {
    headers: readHeaders(bytes.subarray(preludeBytes, headersEnd)),
    payload: bytes.subarray(headersEnd, payloadEnd),
  };
}

function readHeaders(bytes: Uint8Array): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  const numbers = view(bytes);
  for (let at = 0; at < bytes.length; ) {
    const nameEnd = at + 1 + numbers.getUint8(at);
    const name = utf8.decode(bytes.subarray(at + 1, nameEnd));
    if (numbers.getUint8(nameEnd) !== stringType) throw malformed('has a header of another type');
    const start = nameEnd + 3;
    at = start + numbers.getUint16(nameEnd + 1);
    headers[name] = utf8.decode(bytes.subarray(start, at));
  }
  return headers;
}

/** Undefined for events that are newer than the model. */
function eventOf(union: Shape, { headers, payload }: Message): Record<string, unknown> | undefined {
  if (headers[':message-type'] === 'error') {
    throw new S3Error(
      headers[':error-code'] ?? 'InternalError',
      headers[':error-message'] ?? 'the server ended the event stream with an error',
    );
  }
  const member = union.members.find(({ name }) => name === headers[':event-type']);
  if (member === undefined) return undefined;
  const held = structureOf(member).members.find(({ in: place }) => place === 'payload');
  if (held === undefined || payload.length === 0) return { [member.name]: {} };
  const value =
    held.kind === 'blob'
      ? payload.slice()
      : readDocument(structureOf(held), utf8.decode(payload), false).value;
  return { [member.name]: { [held.name]: value } };
}
