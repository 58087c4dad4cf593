/**
 * Blobs: bytes with a record that says where they are and how many records refer to them.
 *
 * A blob lives in one of three homes by size: inline in its record, in a pack or file of the
 * BlobStore, or as a list of extents of other blobs (completed uploads, copied ranges). Bytes are
 * durable before a record mentions them.
 */
import { BlobCorruptError, type BlobStore, type ByteStream } from './blob/port.ts';
import { BlobMissingError } from './errors.ts';
import type { IdSource } from './ids.ts';
import { blobKey } from './keyspace.ts';
import type { MetaOp, MetaRecord, MetaStore } from './meta/port.ts';
import { decodeBlobRecord, encodeBlobRecord } from './record-codec.ts';
import type { BlobHome, BlobRecord, Extent } from './records.ts';
import type { BytesOut, StagedBytes } from './store.ts';

export interface BlobLimits {
  /** Bodies up to this many bytes live in their record: they fit a B-tree leaf. */
  readonly inlineMaxBytes: number;
  /** Bodies up to this many bytes are gathered in memory before they are written. */
  readonly gatherMaxBytes: number;
}

export interface Blobs {
  stage(
    source: Buffer | AsyncIterable<Buffer>,
    hint?: { readonly length?: number; readonly signal?: AbortSignal },
  ): Promise<StagedBytes>;
  discard(staged: StagedBytes): Promise<void>;
  /** The record of a blob with its sequence number; undefined if there is none. */
  get(id: string): Promise<(BlobRecord & { readonly seq: number }) | undefined>;
  /** Without a promise where the bytes are at hand; errors are rejections all the same. */
  read(id: string, start: number, end: number, signal?: AbortSignal): Buffer | Promise<BytesOut>;
}

/** The op that makes staged bytes known, with one reference. */
export function stagedBlobOps(staged: StagedBytes): MetaOp[] {
  if (staged.blob === undefined) return [];
  const { id, home } = staged.blob;
  return [newBlobOp(id, { length: staged.storedLength ?? staged.length, references: 1, home })];
}

export const newBlobOp = (id: string, record: BlobRecord): MetaOp => ({
  op: 'put',
  at: blobKey(id),
  value: encodeBlobRecord(record),
});

/** The op that adds references to a blob, if it is still as it was read. */
export const shareBlobOp = (
  id: string,
  blob: BlobRecord & { readonly seq: number },
  references = 1,
): MetaOp => ({
  op: 'put',
  at: blobKey(id),
  value: encodeBlobRecord({ ...blob, references: blob.references + references }),
  guard: { seq: blob.seq },
});

/** Records of blobs kept decoded; beyond, all are forgotten and read again. */
const maxKnownBlobs = 4096;

export function createBlobs(deps: {
  readonly meta: MetaStore;
  readonly blobs: BlobStore;
  readonly ids: IdSource;
  readonly limits: BlobLimits;
}): Blobs {
  const { meta, ids, limits } = deps;

  const stageBuffer = async (bytes: Buffer): Promise<StagedBytes> => {
    if (bytes.length === 0) return { length: 0 };
    const id = ids.next();
    if (bytes.length <= limits.inlineMaxBytes) {
      return { length: bytes.length, blob: { id, home: { kind: 'inline', bytes } } };
    }
    return stageStored(id, bytes, { length: bytes.length });
  };

  const stageStored = async (
    id: string,
    bytes: Buffer | AsyncIterable<Buffer>,
    { length, signal }: { readonly length?: number; readonly signal?: AbortSignal },
  ): Promise<StagedBytes> => {
    const written = await deps.blobs.write(bytes, { id: Buffer.from(id, 'hex'), length, signal });
    return {
      length: written.length,
      blob: { id, home: { kind: 'stored', locator: written.locator } },
    };
  };

  const get = async (id: string): Promise<(BlobRecord & { readonly seq: number }) | undefined> => {
    const record = await meta.get(blobKey(id));
    if (record === undefined) return undefined;
    return { ...decodeBlobRecord(record.value), seq: record.seq };
  };

  /**
   * Records of stored blobs by id, kept decoded and trusted unasked: an id is never used again, its bytes never
   * change, and where they have moved from is told by their absence (`readAgain`). Whether an object may be read
   * is its own record's to say.
   */
  const known = new Map<string, BlobRecord & { readonly seq: number }>();

  const decoded = (id: string, record: MetaRecord | undefined) => {
    if (record === undefined) {
      known.delete(id);
      throw new BlobMissingError(`blob ${id} has no record`);
    }
    const blob = { ...decodeBlobRecord(record.value), seq: record.seq };
    if (blob.home.kind === 'stored') {
      if (known.size >= maxKnownBlobs) known.clear();
      known.set(id, blob);
    }
    return blob;
  };

  const read: Blobs['read'] = (id, start, end, signal) => {
    try {
      const kept = known.get(id);
      if (kept !== undefined) return readBlob(id, kept, start, end, signal);
      const found = meta.get(blobKey(id));
      return found instanceof Promise
        ? found.then((record) => readBlob(id, decoded(id, record), start, end, signal))
        : readBlob(id, decoded(id, found), start, end, signal);
    } catch (error) {
      return Promise.reject(error);
    }
  };

  const readBlob = (
    id: string,
    { home, length, seq }: BlobRecord & { readonly seq: number },
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Buffer | Promise<BytesOut> => {
    switch (home.kind) {
      case 'inline':
        return home.bytes.subarray(start, end);
      case 'stored': {
        const bytes = deps.blobs.read(home.locator, length, start, end, signal);
        if (!(bytes instanceof Promise)) return bytes;
        const again = (error: unknown) => readAgain(error, id, seq, start, end, signal);
        return bytes.then(startReading).catch(again);
      }
      case 'extents': {
        const slices = sliceExtents(home.extents, start, end);
        if (slices.length === 1) {
          const only = slices[0]!;
          return read(only.blob, only.offset, only.offset + only.length, signal);
        }
        return startReading(readExtents(slices, signal));
      }
    }
  };

  /**
   * Bytes that are not where the record said: since it was read, compaction moved them, so long ago that the old
   * place is gone. A process that was held up goes by the record of now.
   */
  const readAgain = async (
    error: unknown,
    id: string,
    seq: number,
    start: number,
    end: number,
    signal: AbortSignal | undefined,
  ): Promise<BytesOut> => {
    if (!(error instanceof BlobCorruptError)) throw error;
    const record = await meta.get(blobKey(id));
    if (record?.seq === seq) throw error;
    return await readBlob(id, decoded(id, record), start, end, signal);
  };

  function readExtents(extents: readonly Extent[], signal: AbortSignal | undefined): ByteStream {
    let current: ByteStream | undefined;
    async function* readAll(): AsyncGenerator<Buffer> {
      for (const { blob, offset, length } of extents) {
        const bytes = await read(blob, offset, offset + length, signal);
        if (Buffer.isBuffer(bytes)) {
          yield bytes;
        } else {
          current = bytes;
          yield* bytes;
        }
      }
    }
    const chunks = readAll();
    return {
      // All streams of a store share their buffers, so it doesn't matter which extent a chunk is of.
      recycle: (chunk) => current?.recycle?.(chunk),
      [Symbol.asyncIterator]: () => chunks,
    };
  }

  return {
    async stage(source, hint = {}) {
      if (Buffer.isBuffer(source)) return stageBuffer(source);
      if (hint.length !== undefined && hint.length > limits.gatherMaxBytes) {
        return stageStored(ids.next(), source, hint);
      }
      const { gathered, rest } = await gather(source, limits.gatherMaxBytes);
      if (rest === undefined) return stageBuffer(gathered);
      return stageStored(ids.next(), joined(gathered, rest), hint);
    },

    async discard(staged) {
      if (staged.blob?.home.kind === 'stored') await deps.blobs.remove(staged.blob.home.locator);
    },

    get,
    read,
  };
}

/** The extents, or the pieces of them, that bytes [start, end) of their concatenation lie in. */
export function sliceExtents(
  extents: readonly Extent[],
  start: number,
  end: number,
): readonly Extent[] {
  const slices: Extent[] = [];
  let at = 0;
  for (const extent of extents) {
    const from = Math.max(start, at);
    const to = Math.min(end, at + extent.length);
    if (from < to) {
      slices.push({ blob: extent.blob, offset: extent.offset + from - at, length: to - from });
    }
    at += extent.length;
    if (at >= end) break;
  }
  return slices;
}

/** Reads up to `limit` bytes; `rest` is what goes on after them, where there is more. */
async function gather(
  source: AsyncIterable<Buffer>,
  limit: number,
): Promise<{ readonly gathered: Buffer; readonly rest: AsyncIterator<Buffer> | undefined }> {
  const iterator = source[Symbol.asyncIterator]();
  const chunks: Buffer[] = [];
  let length = 0;
  while (length <= limit) {
    const step = await iterator.next();
    if (step.done === true) {
      return {
        gathered: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length),
        rest: undefined,
      };
    }
    chunks.push(step.value);
    length += step.value.length;
  }
  return { gathered: Buffer.concat(chunks, length), rest: iterator };
}

async function* joined(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  let finished = false;
  try {
    yield first;
    for (;;) {
      const step = await rest.next();
      if (step.done === true) break;
      yield step.value;
    }
    finished = true;
  } finally {
    if (!finished) await rest.return?.();
  }
}

/** Waits for the first chunk, so that an error in it comes before an answer has begun. */
async function startReading(bytes: BytesOut): Promise<BytesOut> {
  if (Buffer.isBuffer(bytes)) return bytes;
  const iterator = bytes[Symbol.asyncIterator]();
  const first = await iterator.next();
  if (first.done === true) return Buffer.alloc(0);
  return { recycle: bytes.recycle, [Symbol.asyncIterator]: () => startingWith(first, iterator) };
}

function startingWith(
  first: IteratorResult<Buffer, unknown>,
  rest: AsyncIterator<Buffer, unknown>,
): AsyncIterator<Buffer, unknown> {
  let held: IteratorResult<Buffer, unknown> | undefined = first;
  return {
    next() {
      if (held === undefined) return rest.next();
      const result = held;
      held = undefined;
      return Promise.resolve(result);
    },
    async return() {
      held = undefined;
      await rest.return?.();
      return { value: undefined, done: true };
    },
  };
}

/** Homes whose bytes are in the BlobStore. */
export const locatorOf = (home: BlobHome): Buffer | undefined =>
  home.kind === 'stored' ? home.locator : undefined;
