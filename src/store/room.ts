/**
 * Whether there is room for something, before its bytes are asked for. Only the commit says for sure: what it would
 * refuse now is refused early.
 */
import { partKey, quotaKey } from './keyspace.ts';
import type { MetaStore } from './meta/port.ts';
import { beyond, type QuotaUsage, quotaUsage } from './quota-ops.ts';
import { decodeRecord } from './record-codec.ts';
import type { Bucket, PartRecord, StoredUpload } from './records.ts';
import { findVersion, loadCurrent, nullVersionId } from './versions.ts';

export interface RoomStore {
  /** For an object of so many bytes. @throws QuotaExceededError */
  forObject(bucket: Bucket, key: string, bytes: number): Promise<void>;
  /** For a part. @throws QuotaExceededError */
  forPart(bucket: Bucket, upload: StoredUpload, number: number, bytes: number): Promise<void>;
}

const nothing: QuotaUsage = { bytes: 0, objects: 0 };

export function createRoomStore(meta: MetaStore): RoomStore {
  async function expect({ quotas = [] }: Bucket, more: QuotaUsage): Promise<void> {
    const counters = await meta.getMany(quotas.map(({ scope }) => quotaKey(scope)));
    for (const [i, quota] of quotas.entries()) {
      const refusal = beyond(quota, quotaUsage(counters[i]?.value), more);
      if (refusal !== undefined) throw refusal;
    }
  }

  /** What an object under the key replaces. */
  async function replaced(bucket: Bucket, key: string): Promise<QuotaUsage> {
    const { versioning } = bucket;
    if (versioning === 'Enabled') return nothing;
    const old =
      versioning === undefined
        ? (await loadCurrent(meta, bucket, key)).object
        : await findVersion(meta, bucket, key, nullVersionId);
    if (old === undefined) return nothing;
    return { bytes: old.deleteMarker ? 0 : old.size, objects: 1 };
  }

  return {
    async forObject(bucket, key, bytes) {
      if (bucket.quotas === undefined) return;
      const old = await replaced(bucket, key);
      await expect(bucket, { bytes: bytes - old.bytes, objects: 1 - old.objects });
    },

    async forPart(bucket, { uploadId }, number, bytes) {
      if (bucket.quotas === undefined) return;
      const found = await meta.get(partKey(bucket.part, uploadId, number));
      const old = found === undefined ? 0 : decodeRecord<PartRecord>(found.value).size;
      await expect(bucket, { bytes: bytes - old, objects: 0 });
    },
  };
}
