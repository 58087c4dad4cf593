/**
 * The records of one moment as a file, in the order of their keys. Integers are little-endian.
 *
 * `KISTRECS`, format version (4); then frames: length of the payload (4), its CRC32C (4), the payload; a frame of
 * length 0 ends the file. A payload is whole records: length of the key (2), of the value (4), sequence
 * number (8, a double), key, value; keys as docs/on-disk-format.md has them.
 */
import { type FileHandle, open } from 'node:fs/promises';
import { BackupError } from './backup-error.ts';
import { type Crc32c, writeFully } from './durable-write.ts';

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
/** A frame takes no more records from here on. */
const frameTargetBytes = 256 * 1024;
/** The largest record fits. */
const maxFrameBytes = 32 * 1024 * 1024;

/** On disk when it resolves; how many records there are. */
export async function writeRecordsFile(
  path: string,
  records: Iterable<SnapshotRecord>,
  crc32c: Crc32c,
  signal: AbortSignal,
): Promise<number> {
  const file = await open(path, 'w', 0o600);
  try {
    const head = Buffer.alloc(headBytes);
    magic.copy(head);
    head.writeUInt32LE(formatVersion, magic.length);
    await writeFully(file, head, 0);
    let at = headBytes;
    let count = 0;
    let pieces: Buffer[] = [];
    let length = 0;
    const flush = async () => {
      const payload = Buffer.concat(pieces, length);
      const frameHead = Buffer.alloc(frameHeadBytes);
      frameHead.writeUInt32LE(length, 0);
      frameHead.writeUInt32LE(crc32c(payload), 4);
      await writeFully(file, Buffer.concat([frameHead, payload]), at);
      at += frameHeadBytes + length;
      pieces = [];
      length = 0;
    };
    for (const { fullKey, record } of records) {
      const recordHead = Buffer.alloc(recordHeadBytes);
      recordHead.writeUInt16LE(fullKey.length, 0);
      recordHead.writeUInt32LE(record.value.length, 2);
      recordHead.writeDoubleLE(record.seq, 6);
      pieces.push(recordHead, fullKey, record.value);
      length += recordHeadBytes + fullKey.length + record.value.length;
      count++;
      if (length < frameTargetBytes) continue;
      signal.throwIfAborted();
      await flush();
    }
    if (length > 0) await flush();
    await flush();
    await file.sync();
    return count;
  } finally {
    await file.close();
  }
}

/** The records, a frame at a time, each verified before any of it is given out. */
export async function* readRecordsFile(
  path: string,
  crc32c: Crc32c,
): AsyncGenerator<SnapshotRecord[]> {
  const damaged = (what: string) => new BackupError(`${path} is damaged: ${what}.`);
  const file = await open(path, 'r');
  try {
    const head = await readExactly(file, 0, headBytes);
    if (!head?.subarray(0, magic.length).equals(magic)) throw damaged('it has no head');
    const version = head.readUInt32LE(magic.length);
    if (version > formatVersion) {
      throw new BackupError(`${path} is in format ${version}. Use a newer Kist.`);
    }
    for (let at = headBytes; ; ) {
      const frameHead = await readExactly(file, at, frameHeadBytes);
      const length = frameHead?.readUInt32LE(0) ?? maxFrameBytes + 1;
      if (!frameHead || length > maxFrameBytes) throw damaged(`no frame at ${at}`);
      const payload = await readExactly(file, at + frameHeadBytes, length);
      if (!payload || crc32c(payload) !== frameHead.readUInt32LE(4)) {
        throw damaged(`the frame at ${at} differs from its checksum`);
      }
      if (length === 0) return;
      yield recordsOf(payload);
      at += frameHeadBytes + length;
    }
  } finally {
    await file.close();
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

/** Undefined where the file ends before. */
async function readExactly(
  file: FileHandle,
  position: number,
  length: number,
): Promise<Buffer | undefined> {
  const bytes = Buffer.allocUnsafe(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) return undefined;
    done += bytesRead;
  }
  return bytes;
}
