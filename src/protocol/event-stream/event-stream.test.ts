import { EventStreamCodec } from '@smithy/core/event-streams';
import { expect, test } from 'vitest';
import { SelectObjectContentEventStream } from '../../model/shapes.gen.ts';
import { S3Error } from '../errors.ts';
import { encodeEventStream } from './encode-stream.ts';
import { encodeErrorMessage, encodeEvent } from './events.ts';
import { encodeMessage } from './message.ts';

const union = SelectObjectContentEventStream;

/** AWS's own reader, which verifies lengths and checksums. */
const codec = new EventStreamCodec(
  (input) => Buffer.from(input as Uint8Array).toString('utf8'),
  (input) => Buffer.from(input, 'utf8'),
);

function decoded(message: Buffer) {
  const { headers, body } = codec.decode(message);
  const texts = Object.entries(headers).map(([name, { value }]) => [name, value]);
  return { headers: Object.fromEntries(texts), body: Buffer.from(body).toString() };
}

test('a message as the API reference draws it, to the byte', () => {
  const message = encodeMessage([['a', 'bc']], Buffer.from('xyz'));
  // total length, length of headers, CRC32 of both, header, payload, CRC32 of all
  const prelude = '0000001a00000007';
  expect(message.subarray(0, 8).toString('hex')).toBe(prelude);
  expect(message.subarray(12, 22).toString('hex')).toBe('0161070002626378797a');
  expect(message.length).toBe(0x1a);
  expect(decoded(message)).toEqual({ headers: { a: 'bc' }, body: 'xyz' });
});

test('records are bytes', () => {
  expect(decoded(encodeEvent(union, { Records: { Payload: Buffer.from('a,b\n') } }))).toEqual({
    headers: {
      ':message-type': 'event',
      ':event-type': 'Records',
      ':content-type': 'application/octet-stream',
    },
    body: 'a,b\n',
  });
});

test.each(['Stats', 'Progress'])('%s is a document without a namespace', (name) => {
  const Details = { BytesScanned: 5_000_000_000, BytesProcessed: 2, BytesReturned: 0 };
  expect(decoded(encodeEvent(union, { [name]: { Details } }))).toEqual({
    headers: { ':message-type': 'event', ':event-type': name, ':content-type': 'text/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<${name}><BytesScanned>5000000000</BytesScanned><BytesProcessed>2</BytesProcessed><BytesReturned>0</BytesReturned></${name}>`,
  });
});

test.each(['Cont', 'End'])('%s is empty', (name) => {
  expect(decoded(encodeEvent(union, { [name]: {} }))).toEqual({
    headers: { ':message-type': 'event', ':event-type': name },
    body: '',
  });
});

test('an error is a message of its own', () => {
  expect(decoded(encodeErrorMessage(new S3Error('CastFailed', { message: 'ä' })))).toEqual({
    headers: { ':error-code': 'CastFailed', ':error-message': 'ä', ':message-type': 'error' },
    body: '',
  });
});

async function messagesOf(events: AsyncIterable<object>): Promise<Buffer[]> {
  const messages: Buffer[] = [];
  for await (const message of encodeEventStream(union, events)) messages.push(message);
  return messages;
}

test('a stream that fails ends with the error; one that fails without S3’s words breaks', async () => {
  async function* failing(error: Error) {
    yield { Cont: {} };
    throw error;
  }
  const messages = await messagesOf(failing(new S3Error('Busy')));
  expect(messages.map((message) => decoded(message).headers[':message-type'])).toEqual([
    'event',
    'error',
  ]);
  await expect(messagesOf(failing(new Error('a bug')))).rejects.toThrow('a bug');
});

test('whoever stops reading stops the events, also before the first of them', async () => {
  let ended = 0;
  async function* endless() {
    try {
      for (;;) yield { Cont: {} };
    } finally {
      ended += 1;
    }
  }
  for await (const _ of encodeEventStream(union, endless())) break;
  expect(ended).toBe(1);
  const begun = endless();
  await begun.next();
  await encodeEventStream(union, begun)[Symbol.asyncIterator]().return?.();
  expect(ended).toBe(2);
});
