/** Puts the engine together: two ports in, S3's words out. */
import { createAnnotationStore } from './annotations.ts';
import type { BlobStore } from './blob/port.ts';
import { type BlobLimits, createBlobs } from './blobs.ts';
import { createBucketFinder } from './bucket-finder.ts';
import { createBucketStore, type OnLookup } from './buckets.ts';
import { createKeyedQueue } from './commit.ts';
import { createGarbageCollector, type GarbageCollector } from './garbage.ts';
import { createIdSource } from './ids.ts';
import { createListingStore } from './listing.ts';
import type { MetaStore } from './meta/port.ts';
import { createObjectStore } from './objects.ts';
import { createQuotaStore } from './quotas.ts';
import { createRename } from './rename.ts';
import { createRoomStore } from './room.ts';
import type { Store } from './store.ts';
import { createUploadStore } from './uploads.ts';
import { createUsageStore } from './usage.ts';

export interface StoreDeps {
  readonly meta: MetaStore;
  readonly blobs: BlobStore;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
  /** This process's slot: no two live processes on one store share it. */
  readonly writer: number;
  readonly limits?: Partial<BlobLimits>;
  readonly onLookup?: OnLookup;
}

export const defaultBlobLimits: BlobLimits = {
  inlineMaxBytes: 2 * 1024,
  gatherMaxBytes: 1024 * 1024,
};

export function createStore(deps: StoreDeps): Store & { readonly garbage: GarbageCollector } {
  const ids = createIdSource(deps);
  const limits = { ...defaultBlobLimits, ...deps.limits };
  const blobs = createBlobs({ meta: deps.meta, blobs: deps.blobs, ids, limits });
  const common = {
    meta: deps.meta,
    blobs,
    ids,
    now: deps.now,
    writer: deps.writer,
    queue: createKeyedQueue(),
  };
  const findBucket = createBucketFinder(deps.meta);
  const garbage = createGarbageCollector({ ...common, blobStore: deps.blobs, findBucket });
  return {
    annotations: createAnnotationStore(common),
    buckets: createBucketStore({ ...common, onLookup: deps.onLookup }),
    objects: { ...createObjectStore(common), ...createRename(common) },
    listing: createListingStore(deps.meta),
    uploads: createUploadStore({ ...common, removeParts: garbage.removeParts }),
    usage: createUsageStore(deps.meta),
    quotas: createQuotaStore(deps.meta),
    room: createRoomStore(deps.meta),
    garbage,
  };
}
