/**
 * Ids that order by time: 6 bytes of milliseconds, a 2-byte counter within the millisecond, 8 random
 * bytes. Never reused. The counter keeps ids of one process in the order they were made, so that
 * uploads initiated within a millisecond list in that order.
 */

export interface IdSource {
  /** 16 bytes as 32 hex digits: blobs, uploads, garbage. */
  next(): string;
  /** 8 random bytes as 16 hex digits: buckets. */
  short(): string;
}

const timeBytes = 6;
const counterBytes = 2;
const maxCounter = 0xffff;
const randomBytesPerId = 8;
const randomBlockBytes = 4096;

export function createIdSource(deps: {
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
}): IdSource {
  let block: Buffer = Buffer.alloc(0);
  let used = 0;
  let time = 0;
  let counter = 0;

  /** Copies the next random bytes to `target`; they are fetched a block at a time. */
  const random = (target: Buffer, at: number): void => {
    if (used + randomBytesPerId > block.length) {
      block = deps.randomBytes(randomBlockBytes);
      used = 0;
    }
    block.copy(target, at, used, used + randomBytesPerId);
    used += randomBytesPerId;
  };

  return {
    next() {
      const now = deps.now();
      if (now > time) {
        time = now;
        counter = 0;
      } else if (counter < maxCounter) {
        counter++;
      } else {
        time++;
        counter = 0;
      }
      const id = Buffer.allocUnsafe(timeBytes + counterBytes + randomBytesPerId);
      id.writeUIntBE(time, 0, timeBytes);
      id.writeUInt16BE(counter, timeBytes);
      random(id, timeBytes + counterBytes);
      return id.toString('hex');
    },
    short() {
      const id = Buffer.allocUnsafe(randomBytesPerId);
      random(id, 0);
      return id.toString('hex');
    },
  };
}

/** An id with the time moved on: of an entry that is not to be looked at before then. */
export function postponed(id: string, byMs: number): string {
  if (byMs === 0) return id;
  const digits = timeBytes * 2;
  const time = Number.parseInt(id.slice(0, digits), 16) + byMs;
  return time.toString(16).padStart(digits, '0') + id.slice(digits);
}

/** An id's complement: ids that order newest first. */
function newestFirst(id: string): string {
  const bytes = Buffer.from(id, 'hex');
  for (let i = 0; i < bytes.length; i++) bytes[i] = bytes[i]! ^ 0xff;
  return bytes.toString('hex');
}

/** The order just before another: for a version that must count as newer. */
function orderBefore(order: string): string {
  return (BigInt(`0x${order}`) - 1n).toString(16).padStart(order.length, '0');
}

/**
 * The order of what comes on top of what has the order `top`. Two processes may make ids in the same moment:
 * what is committed later counts as newer.
 */
export function orderOnTop(ids: IdSource, top: string | undefined): string {
  const order = newestFirst(ids.next());
  return top !== undefined && order >= top ? orderBefore(top) : order;
}

/** When an id was made. */
export const timeOfId = (id: Buffer): number => id.readUIntBE(0, timeBytes);

/** The least id made at or after a time. */
export const idAt = (time: number): string =>
  Math.max(0, time)
    .toString(16)
    .padStart(timeBytes * 2, '0')
    .padEnd(32, '0');
