/**
 * Events in AWS's shapes → messages of an event stream, by the shape tables.
 *
 * An event's payload is bytes or an XML document, as its shape says; one without members has none. An error
 * after the answer has begun is a message of its own, and the last: headers `:error-code` and `:error-message`.
 */
import type { Shape } from '../../model/shape.ts';
import { structureOf } from '../bindings.ts';
import { encodePlainDocument } from '../encode-xml.ts';
import type { S3Error } from '../errors.ts';
import { encodeMessage, type MessageHeaders } from './message.ts';

type Structure = Readonly<Record<string, unknown>>;

const nothing = Buffer.alloc(0);

/** @param union the shape that lists the events */
export function encodeEvent(union: Shape, event: Structure): Buffer {
  for (const member of union.members) {
    const value = event[member.name];
    if (value === undefined) continue;
    return encodeOne(member.name, structureOf(member), value as Structure);
  }
  throw new Error(`an event of ${union.name} has no member that is known`);
}

export function encodeErrorMessage({ code, message }: S3Error): Buffer {
  const headers: MessageHeaders = [
    [':error-code', code],
    [':error-message', message],
    [':message-type', 'error'],
  ];
  return encodeMessage(headers, nothing);
}

function encodeOne(name: string, shape: Shape, value: Structure): Buffer {
  const member = shape.members.find((one) => one.in === 'payload');
  const held = member === undefined ? undefined : value[member.name];
  if (member === undefined || held === undefined) return message(name, undefined, nothing);
  if (member.kind === 'blob') return message(name, 'application/octet-stream', held as Buffer);
  const details = structureOf(member);
  const document = encodePlainDocument(details, details.name, held as Structure);
  return message(name, 'text/xml', Buffer.from(document));
}

function message(name: string, contentType: string | undefined, payload: Buffer): Buffer {
  const headers: MessageHeaders = [
    [':message-type', 'event'],
    [':event-type', name],
    ...(contentType === undefined ? [] : [[':content-type', contentType] as const]),
  ];
  return encodeMessage(headers, payload);
}
