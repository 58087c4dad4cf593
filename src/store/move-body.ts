/**
 * Moves a stored body: it is written again under the same blob id, and one commit changes the place in its
 * record and leaves the old one to the garbage collector, as if it had been deleted: a reader that has the old
 * place still finds it.
 *
 * What is written was verified when it was read: a body that differs from its checksum stays where it is, as
 * moving it would give it a checksum that is right.
 */
import { BlobCorruptError, type BlobStore } from './blob/port.ts';
import { transact } from './commit.ts';
import { storageFault } from './faults.ts';
import { garbageOp } from './garbage.ts';
import type { IdSource } from './ids.ts';
import { blobKey } from './keyspace.ts';
import type { MetaOp, MetaStore } from './meta/port.ts';
import { decodeBlobRecord, encodeBlobRecord } from './record-codec.ts';
import type { BlobRecord } from './records.ts';

/** A body as its record has it. */
export interface StoredBody {
  readonly id: Buffer;
  readonly locator: Buffer;
  readonly length: number;
}

/**
 * The old place stays for this long beyond the garbage grace, which may be set to nothing. Who read the record
 * before and comes later than that reads it again (`blobs.ts`); who has opened the pack needs no name of it.
 */
const movedGraceMs = 5_000;

/**
 * False if the body was removed or moved by another, which is as good.
 * @throws BlobCorruptError if it cannot be read as it was written, RecordCorruptError
 */
export type MoveBody = (body: StoredBody) => Promise<boolean>;

export function createBodyMover(deps: {
  readonly meta: MetaStore;
  readonly blobs: Pick<BlobStore, 'read' | 'write' | 'remove'>;
  readonly ids: IdSource;
}): MoveBody {
  const { meta, blobs, ids } = deps;
  return async ({ id, locator: from, length }) => {
    const bytes = await readWhole(blobs, from, length);
    const { locator } = await blobs.write(bytes, { id, length });
    const at = blobKey(id.toString('hex'));
    // If this throws, nobody knows whether the record moved: the copy is left to the orphan sweep.
    const moved = await transact<boolean>(meta, async () => {
      const record = await meta.get(at);
      const blob = record && decodeBlobRecord(record.value);
      if (record === undefined || blob === undefined || !isAt(blob, from)) return { done: false };
      const value = encodeBlobRecord({ ...blob, home: { kind: 'stored', locator } });
      const put: MetaOp = { op: 'put', at, value, guard: { seq: record.seq } };
      const old = { kind: 'bytes', locator: from.toString('hex') } as const;
      return { ops: [put, garbageOp(ids, old, movedGraceMs)], result: true };
    });
    if (!moved) await blobs.remove(locator);
    return moved;
  };
}

export const isAt = ({ home }: BlobRecord, locator: Buffer): boolean =>
  home.kind === 'stored' && home.locator.equals(locator);

/** At most what a pack takes as one body. Read to its end before a byte of it is written. */
async function readWhole(
  blobs: Pick<BlobStore, 'read'>,
  locator: Buffer,
  length: number,
): Promise<Buffer> {
  try {
    const bytes = await blobs.read(locator, length, 0, length);
    if (Buffer.isBuffer(bytes)) return bytes;
    const chunks: Buffer[] = [];
    for await (const chunk of bytes) chunks.push(chunk);
    return Buffer.concat(chunks, length);
  } catch (error) {
    if (storageFault(error) !== 'io') throw error;
    throw new BlobCorruptError('the disk cannot read it', locator, { cause: error });
  }
}
