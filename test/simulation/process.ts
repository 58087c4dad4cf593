/** A process of the simulated server: the real store, opened on the machine's disk. */
import { crc32cOf } from '../../src/digest/digest.ts';
import type { FileSystem } from '../../src/store/blob/file-system.ts';
import { type FileBlobStore, openFileBlobStore } from '../../src/store/blob/files.ts';
import { type Compactor, createCompactor } from '../../src/store/compaction.ts';
import { createStore } from '../../src/store/create-store.ts';
import type { GarbageCollector } from '../../src/store/garbage.ts';
import type { MetaStore } from '../../src/store/meta/port.ts';
import type { Store } from '../../src/store/store.ts';
import { inlineMaxBytes, packBlobMaxBytes } from './acts.ts';
import { Difference } from './look.ts';
import type { Machine } from './machine.ts';
import type { Random } from './random.ts';
import type { Spoil } from './spoil.ts';

export const packMaxBytes = 24 * 1024;
const gatherMaxBytes = 1024;
export const compaction = { maxLiveRatio: 0.8, maxRunBytes: 1024 * 1024 };

/** Two that clients talk to, and one that keeps house. */
export const processNames = ['worker-0', 'worker-1', 'jobs'] as const;

export interface Process {
  readonly blobs: FileBlobStore;
  readonly store: Store & { readonly garbage: GarbageCollector };
  readonly compactor: Compactor;
}

export async function openProcess(
  name: (typeof processNames)[number],
  deps: {
    readonly machine: Machine;
    readonly fileSystem: FileSystem;
    readonly meta: MetaStore;
    readonly chance: Random;
    readonly spoil: Spoil;
  },
): Promise<Process> {
  const { meta, spoil } = deps;
  const { now } = deps.machine;
  const randomBytes = deps.chance.bytes;
  let elapsed = 0;
  /** Some reads are slow, so that the next ones don't wait in place. */
  const stopwatch = () => {
    if (deps.chance.chance(0.02)) elapsed += 10;
    return elapsed;
  };
  const opened = await openFileBlobStore({
    dir: '/data/blobs',
    writerId: name,
    packBlobMaxBytes,
    packMaxBytes,
    deps: {
      crc32c: crc32cOf,
      now,
      randomBytes,
      fileSystem: deps.fileSystem,
      stopwatch,
    },
  });
  const blobs = spoil.blobs?.(opened) ?? opened;
  const store = createStore({
    meta,
    blobs,
    now,
    randomBytes,
    writer: processNames.indexOf(name),
    limits: { inlineMaxBytes, gatherMaxBytes },
  });
  const compactor = createCompactor({
    meta,
    blobs: spoil.compactedBlobs?.(blobs) ?? blobs,
    now,
    randomBytes,
    settings: compaction,
    onDamaged(blob, error) {
      throw new Difference(`compaction finds ${blob} damaged`, { cause: error });
    },
  });
  return { blobs, store, compactor };
}
