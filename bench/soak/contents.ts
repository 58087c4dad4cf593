/**
 * What objects hold: slices of one pool of random bytes, so that hours of load are verified to the last
 * byte without keeping any of it. Equal slices are unlikely, and a wrong byte is found by comparing.
 */
import { createHash, randomBytes } from 'node:crypto';
import { byShare } from './chance.ts';

const KiB = 1024;
const MiB = 1024 ** 2;
const poolBytes = 32 * MiB;
export const partBytes = 5 * MiB;
const largestBytes = 16 * MiB;
/** Hashing large bodies would hold up the load: they are taken from this many places, hashed once each. */
const largePlaces = 64;
const largeFrom = 256 * KiB;

/** Bytes of the pool. */
interface Slice {
  readonly offset: number;
  readonly length: number;
}

/** A body that was put or completed once; copies share it. */
export interface Content {
  readonly slices: readonly Slice[];
  readonly size: number;
  /** Without quotes, as S3 makes it. */
  readonly etag: string;
}

/** One of each home for bytes and their limits: records, packs, files. Share of all puts, in thousandths. */
const sizeMix: readonly (readonly [bytes: number, share: number])[] = [
  [KiB, 330],
  [4 * KiB, 330],
  [100 * KiB, 250],
  [MiB, 84],
  [largestBytes, 6],
];

export interface Pool {
  /** A body as long as one of the mix, or a little shorter. */
  content(): Content;
  /** A part of a multipart upload. */
  part(last: boolean): Content;
  completed(parts: readonly Content[]): Content;
  /** From `start` to before `end`. */
  range(content: Content, start: number, end: number): Content;
  bytes(content: Content): Buffer;
  holds(content: Content, body: Buffer): boolean;
}

export function createPool(): Pool {
  const pool = randomBytes(poolBytes);
  const etags = new Map<string, string>();
  const whole = (max: number) => Math.floor(Math.random() * max);

  function make(size: number): Content {
    const room = poolBytes - size;
    const large = size >= largeFrom;
    const offset = large ? Math.floor(room / largePlaces) * whole(largePlaces) : whole(room);
    const id = `${offset}:${size}`;
    const body = () => pool.subarray(offset, offset + size);
    const etag = etags.get(id) ?? createHash('md5').update(body()).digest('hex');
    if (large) etags.set(id, etag);
    return { slices: [{ offset, length: size }], size, etag };
  }

  return {
    content() {
      const bytes = byShare(sizeMix, 1000);
      return make(bytes >= largeFrom ? bytes : bytes - whole(bytes / 2));
    },
    part: (last) => make(last ? MiB : partBytes),
    completed(parts) {
      const hash = createHash('md5');
      for (const { etag } of parts) hash.update(etag, 'hex');
      return {
        slices: parts.flatMap(({ slices }) => slices),
        size: parts.reduce((sum, { size }) => sum + size, 0),
        etag: `${hash.digest('hex')}-${parts.length}`,
      };
    },
    range(content, start, end) {
      const slices: Slice[] = [];
      let at = 0;
      for (const { offset, length } of content.slices) {
        const from = Math.max(0, start - at);
        const to = Math.min(length, end - at);
        if (to > from) slices.push({ offset: offset + from, length: to - from });
        at += length;
      }
      return { slices, size: Math.max(0, end - start), etag: '' };
    },
    bytes: ({ slices }) =>
      slices.length === 1
        ? pool.subarray(slices[0]!.offset, slices[0]!.offset + slices[0]!.length)
        : Buffer.concat(slices.map(({ offset, length }) => pool.subarray(offset, offset + length))),
    holds({ slices, size }, body) {
      if (body.length !== size) return false;
      let at = 0;
      return slices.every(({ offset, length }) => {
        const same = body.compare(pool, offset, offset + length, at, at + length) === 0;
        at += length;
        return same;
      });
    },
  };
}
