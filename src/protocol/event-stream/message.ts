/**
 * One message of an event stream: API reference, "Appendix: SelectObjectContent Response".
 *
 * A message is total length, length of the headers, CRC32 of those two; headers; payload; CRC32 of all
 * before. Integers are big-endian. Only headers with text occur.
 */
import { digestOf } from '../../digest/digest.ts';

/** Names and values, in the order they are written. */
export type MessageHeaders = readonly (readonly [name: string, value: string])[];

const preludeBytes = 8;
const crcBytes = 4;
const overheadBytes = preludeBytes + 2 * crcBytes;
/** Header value type "string". */
const textType = 7;
const maxNameBytes = 255;
const maxValueBytes = 32_767;

export function encodeMessage(headers: MessageHeaders, payload: Buffer): Buffer {
  const head = Buffer.concat(headers.map(([name, value]) => encodeHeader(name, value)));
  const message = Buffer.allocUnsafe(overheadBytes + head.length + payload.length);
  message.writeUInt32BE(message.length, 0);
  message.writeUInt32BE(head.length, 4);
  writeCrc(message, preludeBytes);
  head.copy(message, preludeBytes + crcBytes);
  payload.copy(message, preludeBytes + crcBytes + head.length);
  writeCrc(message, message.length - crcBytes);
  return message;
}

function encodeHeader(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name, 'utf8');
  const valueBytes = Buffer.from(value, 'utf8').subarray(0, maxValueBytes);
  if (nameBytes.length > maxNameBytes) throw new Error(`the header name ${name} is too long`);
  const header = Buffer.allocUnsafe(1 + nameBytes.length + 3 + valueBytes.length);
  header.writeUInt8(nameBytes.length, 0);
  nameBytes.copy(header, 1);
  header.writeUInt8(textType, 1 + nameBytes.length);
  header.writeUInt16BE(valueBytes.length, 2 + nameBytes.length);
  valueBytes.copy(header, 4 + nameBytes.length);
  return header;
}

/** The CRC32 of what comes before it. */
function writeCrc(message: Buffer, at: number): void {
  const crc = digestOf('CRC32', message.subarray(0, at));
  if (crc instanceof Promise) throw new Error('CRC32 is computed at once');
  crc.copy(message, at);
}
