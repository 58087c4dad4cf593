/**
 * The full key of a record: table byte, part length byte, part, key. One ordered space holds every
 * table, a part is a contiguous range of it, and memcmp order within a part is the port's order.
 * Part of the on-disk format (docs/on-disk-format.md).
 */

import {
  keyAfterPrefix,
  type MetaKey,
  type MetaTable,
  maxMetaKeyBytes,
  maxPartBytes,
  maxScanLimit,
  metaTables,
} from './port.ts';

/** Longest bound of a scan: a key and what a caller appends to step over it. */
export const maxBoundBytes = maxMetaKeyBytes + 256;

const headBytes = 2;
const tableNames: ReadonlyMap<number, MetaTable> = new Map(
  Object.entries(metaTables).map(([name, byte]) => [byte, name as MetaTable]),
);

export function encodeMetaKey(at: MetaKey): Buffer {
  const { key } = at;
  if (key.length === 0) throw new RangeError(`empty key in table ${at.table}`);
  if (key.length > maxMetaKeyBytes) {
    throw new RangeError(
      `key of ${key.length} bytes in table ${at.table}; the limit is ${maxMetaKeyBytes}`,
    );
  }
  return encodeBound(at.table, at.part, key);
}

/** @throws RangeError if the table is none of this version */
export function decodeMetaKey(fullKey: Buffer): MetaKey {
  const table = tableNames.get(fullKey[0]!);
  if (table === undefined) throw new RangeError(`there is no table ${fullKey[0]}`);
  const keyAt = headBytes + fullKey[1]!;
  return { table, part: fullKey.subarray(headBytes, keyAt), key: fullKey.subarray(keyAt) };
}

/** Where the key starts within its full key. */
export function keyOffset(part: Buffer): number {
  return headBytes + part.length;
}

/** Full keys between which a range of a part lies: start inclusive, end exclusive. */
export function encodeRange(range: {
  readonly table: MetaTable;
  readonly part: Buffer;
  readonly from?: Buffer;
  readonly to?: Buffer;
}): { readonly start: Buffer; readonly end: Buffer } {
  const { table, part, from, to } = range;
  const head = encodeBound(table, part, Buffer.alloc(0));
  return {
    start: from === undefined ? head : encodeBound(table, part, from),
    // Table bytes are below 0xff, so that every part has a key after it.
    end: to === undefined ? keyAfterPrefix(head)! : encodeBound(table, part, to),
  };
}

export function checkScanLimit(limit: number): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > maxScanLimit) {
    throw new RangeError(`scan limit ${limit}; it must be 1 to ${maxScanLimit}`);
  }
}

/** The full key of a bound, which may be longer than a key, or empty. */
export function encodeBound(table: MetaTable, part: Buffer, key: Buffer): Buffer {
  if (part.length > maxPartBytes) {
    throw new RangeError(
      `part of ${part.length} bytes in table ${table}; the limit is ${maxPartBytes}`,
    );
  }
  if (key.length > maxBoundBytes) {
    throw new RangeError(`bound of ${key.length} bytes; the limit is ${maxBoundBytes}`);
  }
  const full = Buffer.allocUnsafe(headBytes + part.length + key.length);
  full[0] = metaTables[table];
  full[1] = part.length;
  full.set(part, headBytes);
  full.set(key, headBytes + part.length);
  return full;
}
