/** The store of a process: records and bytes, on disk or in memory, with what is measured of them. */
import { join } from 'node:path';
import type { Config } from './config/schema.ts';
import { crc32cOf } from './digest/digest.ts';
import type { Metrics } from './observe/metrics.ts';
import type { OnSync } from './store/blob/durable-files.ts';
import { type FileBlobStore, openFileBlobStore } from './store/blob/files.ts';
import { createMemoryBlobStore } from './store/blob/memory.ts';
import type { BlobStore } from './store/blob/port.ts';
import { ensureFormat } from './store/format.ts';
import type { OnBatch } from './store/meta/group-commit.ts';
import { openLmdbMetaStore } from './store/meta/lmdb.ts';
import { measureCommits, type OnCommit } from './store/meta/measured.ts';
import { createMemoryMetaStore } from './store/meta/memory.ts';
import type { MetaStore } from './store/meta/port.ts';

export interface Engine {
  readonly meta: MetaStore;
  readonly blobs: BlobStore;
  /** The same, where bytes are in packs. */
  readonly packs?: FileBlobStore;
}

/** @param slot the process's own, which names what it writes */
export async function openEngine(config: Config, slot: number, metrics: Metrics): Promise<Engine> {
  const observed = observeEngine(metrics);
  if (config.memory) {
    const meta = measureCommits(createMemoryMetaStore(), observed.onCommit);
    return { meta, blobs: createMemoryBlobStore() };
  }
  const lmdb = await openLmdbMetaStore({
    path: join(config.dataDir, 'meta'),
    onBatch: observed.onBatch,
  });
  const meta = measureCommits(lmdb, observed.onCommit);
  try {
    await ensureFormat(meta, Date.now);
    const blobs = await openFileBlobStore({
      dir: join(config.dataDir, 'blobs'),
      writerId: String(slot),
      packBlobMaxBytes: config.packBlobMaxBytes,
      deps: {
        crc32c: crc32cOf,
        onSync: observed.onSync,
        onFileLookup: lookupCounter(metrics, 'file'),
      },
    });
    return { meta, blobs, packs: blobs };
  } catch (error) {
    await meta.close();
    throw error;
  }
}

function observeEngine(metrics: Metrics): {
  readonly onCommit: OnCommit;
  readonly onBatch: OnBatch;
  readonly onSync: OnSync;
} {
  const commitSeconds = metrics.histogram('commitSeconds');
  const commitOps = metrics.histogram('commitOps');
  const conflicts = metrics.counter('commitConflicts');
  const batchSeconds = metrics.histogram('batchSeconds');
  const batchCommits = metrics.histogram('batchCommits');
  const syncSeconds = metrics.histogram('syncSeconds');
  const syncWrites = metrics.histogram('syncWrites');
  return {
    onCommit: (ms, ops, committed) => {
      commitSeconds.observe(ms / 1000);
      commitOps.observe(ops);
      if (!committed) conflicts.add();
    },
    onBatch: (ms, commits) => {
      batchSeconds.observe(ms / 1000);
      batchCommits.observe(commits);
    },
    onSync: (ms, bodies) => {
      syncSeconds.observe(ms / 1000);
      syncWrites.observe(bodies);
    },
  };
}

/** Counts hits and misses of a cache: on every request's way, so with instruments at hand. */
export function lookupCounter(metrics: Metrics, cache: string): (hit: boolean) => void {
  const hits = metrics.counter('cacheLookups', cache, 'hit');
  const misses = metrics.counter('cacheLookups', cache, 'miss');
  return (hit) => (hit ? hits : misses).add();
}

export async function closeEngine({ meta, blobs }: Engine): Promise<void> {
  await blobs.close();
  await meta.close();
}
