/**
 * What the system under the store says when it cannot go on, told apart by what an operator would do about
 * it. Adapters wrap such errors in their own; the reason is somewhere down the causes.
 */

/** `full`: no room; `read-only`: no writing at all; `io`: the device fails; `descriptors`: too many open files. */
export type StorageFault = 'full' | 'read-only' | 'io' | 'descriptors';

/** By code of Node's errors. EFBIG is a limit on file sizes, which is room to the one who meets it. */
const faultsByCode: Readonly<Record<string, StorageFault>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EFBIG: 'full',
  EROFS: 'read-only',
  EIO: 'io',
  EMFILE: 'descriptors',
  ENFILE: 'descriptors',
};

/** lmdb-js gives the system's number, or LMDB's own: MDB_MAP_FULL, and MDB_PANIC after a failed header. */
const faultsByNumber: Readonly<Record<number, StorageFault>> = {
  28: 'full',
  122: 'full',
  27: 'full',
  30: 'read-only',
  5: 'io',
  24: 'descriptors',
  23: 'descriptors',
  [-30792]: 'full',
  [-30795]: 'io',
};

/** How deep causes may nest. */
const maxCauses = 8;

export function storageFault(error: unknown): StorageFault | undefined {
  let reason = error;
  for (let depth = 0; depth < maxCauses && reason instanceof Error; depth++) {
    if ('code' in reason) {
      const { code } = reason;
      const fault = typeof code === 'number' ? faultsByNumber[code] : faultsByCode[String(code)];
      if (fault !== undefined) return fault;
    }
    reason = reason.cause;
  }
  return undefined;
}
