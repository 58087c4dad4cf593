/**
 * The records of one moment as files, in the order of their keys. Integers are little-endian.
 *
 * Each file: `KISTRECS`, format version (4); then frames: length of the payload (4), its CRC32C (4), the payload; a
 * frame of length 0 ends the file. A payload is whole records: length of the key (2), of the value (4), sequence
 * number (8, a double), key, value; keys as docs/on-disk-format.md has them.
 */
import { BackupError } from './backup-error.ts';
import type { Crc32c } from './durable-write.ts';

/** A record with the key of the whole store. */
export interface SnapshotRecord {
  readonly fullKey: Buffer;
  readonly record: { readonly value: Buffer; readonly seq: number };
}

const magic = Buffer.from('KISTRECS', 'latin1');
const formatVersion = 1;
const headBytes = 12;
const frameHeadBytes = 8;
const recordHeadBytes = 14;
/** A frame, and a file, take no more records from here on. */
const frameTargetBytes = 256 * 1024;
const fileTargetBytes = 8 * 1024 * 1024;

/** Files of a few MiB with whole frames, and how many records each has. */
export function* encodeRecordsFiles(
  records: Iterable<SnapshotRecord>,
  crc32c: Crc32c,
): Generator<{ readonly content: Buffer; readonly count: number }> {
  let frames: Buffer[] = [];
  let fileBytes = 0;
  let pieces: Buffer[] = [];
  let frameBytes = 0;
  let count = 0;
  const endFrame = () => {
    const payload = Buffer.concat(pieces, frameBytes);
    frames.push(frameHeadOf(payload, crc32c), payload);
    fileBytes += frameHeadBytes + frameBytes;
    pieces = [];
    frameBytes = 0;
  };
  const endFile = () => {
    if (frameBytes > 0) endFrame();
    const content = Buffer.concat([fileHead(), ...frames, frameHeadOf(Buffer.alloc(0), crc32c)]);
    const file = { content, count };
    frames = [];
    fileBytes = 0;
    count = 0;
    return file;
  };
  for (const { fullKey, record } of records) {
    const recordHead = Buffer.alloc(recordHeadBytes);
    recordHead.writeUInt16LE(fullKey.length, 0);
    recordHead.writeUInt32LE(record.value.length, 2);
    recordHead.writeDoubleLE(record.seq, 6);
    pieces.push(recordHead, fullKey, record.value);
    frameBytes += recordHeadBytes + fullKey.length + record.value.length;
    count++;
    if (frameBytes >= frameTargetBytes) endFrame();
    if (fileBytes >= fileTargetBytes) yield endFile();
  }
  if (count > 0) yield endFile();
}

function fileHead(): Buffer {
  const head = Buffer.alloc(headBytes);
  magic.copy(head);
  head.writeUInt32LE(formatVersion, magic.length);
  return head;
}

function frameHeadOf(payload: Buffer, crc32c: Crc32c): Buffer {
  const head = Buffer.alloc(frameHeadBytes);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt32LE(crc32c(payload), 4);
  return head;
}

/**
 * The records of a file, a frame at a time, each verified before any of it is given out.
 *
 * @param title how messages name the file
 */
export function* decodeRecordsFile(
  content: Buffer,
  title: string,
  crc32c: Crc32c,
): Generator<SnapshotRecord[]> {
  const damaged = (what: string) => new BackupError(`${title} is damaged: ${what}.`);
  if (content.length < headBytes || !content.subarray(0, magic.length).equals(magic)) {
    throw damaged('it has no head');
  }
  const version = content.readUInt32LE(magic.length);
  if (version > formatVersion) {
    throw new BackupError(`${title} is in format ${version}. Use a newer Kist.`);
  }
  for (let at = headBytes; ; ) {
    const payloadAt = at + frameHeadBytes;
    if (payloadAt > content.length) throw damaged(`no frame at ${at}`);
    const end = payloadAt + content.readUInt32LE(at);
    const payload = content.subarray(payloadAt, end);
    if (end > content.length || crc32c(payload) !== content.readUInt32LE(at + 4)) {
      throw damaged(`the frame at ${at} differs from its checksum`);
    }
    if (payload.length === 0) return;
    yield recordsOf(payload);
    at = end;
  }
}

function recordsOf(payload: Buffer): SnapshotRecord[] {
  const records: SnapshotRecord[] = [];
  for (let at = 0; at < payload.length; ) {
    const keyAt = at + recordHeadBytes;
    const valueAt = keyAt + payload.readUInt16LE(at);
    const end = valueAt + payload.readUInt32LE(at + 2);
    const record = { value: payload.subarray(valueAt, end), seq: payload.readDoubleLE(at + 6) };
    records.push({ fullKey: payload.subarray(keyAt, valueAt), record });
    at = end;
  }
  return records;
}
