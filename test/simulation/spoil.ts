/**
 * Stores with a fault put in: each would lose what was acknowledged, show it by halves or never give space back,
 * and the simulation must find it out.
 */
import type { FileSystem, StoreFile } from '../../src/store/blob/file-system.ts';
import type { FileBlobStore } from '../../src/store/blob/files.ts';
import { encodeLocator } from '../../src/store/blob/layout.ts';
import type { MetaOp, MetaStore } from '../../src/store/meta/port.ts';
import { decodeBlobRecord, encodeBlobRecord } from '../../src/store/record-codec.ts';
import { packBlobMaxBytes } from './acts.ts';

/** What a simulation has instead of the right thing. */
export interface Spoil {
  fileSystem?(right: FileSystem): FileSystem;
  meta?(right: MetaStore): MetaStore;
  blobs?(right: FileBlobStore): FileBlobStore;
  /** Of the compactor only. */
  compactedBlobs?(right: FileBlobStore): FileBlobStore;
  /** How much younger bytes may be than the grace of the orphan sweep demands. */
  readonly sweepAheadMs?: number;
}

const hour = 3_600_000;

export const spoils: Readonly<Record<string, Spoil>> = {
  'does not flush files': {
    fileSystem: (right) => withFiles(right, { datasync: async () => {} }),
  },
  'does not flush names': {
    fileSystem: (right) => withFiles(right, { sync: async () => {} }),
  },
  'does not remove files': {
    fileSystem: (right) => ({ ...right, unlink: async () => {} }),
  },
  'takes a failed flush for a success': {
    fileSystem: (right) => ({
      ...right,
      async open(path, flags) {
        const file = await right.open(path, flags);
        return { ...file, datasync: () => file.datasync().catch(() => {}) };
      },
    }),
  },
  'commits the record before the bytes are written': {
    blobs: (right) => ({
      ...right,
      async write(bytes, hint = {}) {
        const written = right.write(bytes, hint);
        const { id, length = 0 } = hint;
        if (id === undefined || length <= packBlobMaxBytes) return await written;
        written.catch(() => {});
        return { locator: encodeLocator({ home: 'file', id: id.toString('hex') }), length };
      },
    }),
  },
  'does not count a reference': {
    meta: (right) => ({ ...right, commit: (ops) => right.commit(ops.map(withoutShare)) }),
  },
  'commits by halves': {
    meta: (right) => ({
      ...right,
      async commit(ops) {
        const middle = ops.length >> 1;
        if (middle === 0) return await right.commit(ops);
        const outcome = await right.commit(ops.slice(0, middle));
        return outcome.committed ? await right.commit(ops.slice(middle)) : outcome;
      },
    }),
  },
  'removes bodies before their records have moved': {
    compactedBlobs: (right) => ({
      ...right,
      async read(locator, ...range) {
        const bytes = await right.read(locator, ...range);
        await right.remove(locator);
        return bytes;
      },
    }),
  },
  'sweeps bytes whose record is on its way': { sweepAheadMs: hour },
};

function withFiles(right: FileSystem, change: Partial<StoreFile>): FileSystem {
  return {
    ...right,
    open: async (path, flags) => ({ ...(await right.open(path, flags)), ...change }),
  };
}

function withoutShare(op: MetaOp): MetaOp {
  if (op.op !== 'put' || op.at.table !== 'blob') return op;
  const blob = decodeBlobRecord(op.value);
  if (blob.references < 2) return op;
  return { ...op, value: encodeBlobRecord({ ...blob, references: blob.references - 1 }) };
}
