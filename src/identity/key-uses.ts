/**
 * When each access key was used last, as GetAccessKeyLastUsed tells: kept in memory by every process, and written at
 * most once a minute for each key. Sessions have keys of their own, and are not told of.
 */
import type { MetaKey, MetaStore } from '../store/meta/port.ts';
import { decodeRecord, encodeRecord } from '../store/record-codec.ts';

export interface LastUse {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `s3`, `iam`, `sts`. */
  readonly service: string;
  /** As signed for; empty with Signature Version 2, which names none. */
  readonly region: string;
}

/** Changed in place by whoever has verified a signature: nothing else is done on a request's way. */
export interface KeyUse {
  at: number;
  service: string;
  region: string;
}

/** How often uses are written. */
export const keyUseWriteIntervalMs = 60_000;
/** Most attempts where other processes write the same record. */
const maxAttempts = 10;
/** Records in one commit. */
const maxBatch = 100;

export const keyUseKey = (accessKeyId: string): MetaKey => ({
  table: 'system',
  part: Buffer.alloc(0),
  key: Buffer.from(`key-use/${accessKeyId}`),
});

export interface KeyUses {
  /** The one to change. */
  of(accessKeyId: string): KeyUse;
  /** Of any process as far as it was written, and of this one. */
  last(accessKeyId: string): Promise<LastUse | undefined>;
  /** Writes what was not written yet. */
  write(): Promise<void>;
}

export function createKeyUses(meta: Pick<MetaStore, 'get' | 'commit'>): KeyUses {
  const uses = new Map<string, { readonly use: KeyUse; writtenAt: number }>();

  async function stored(accessKeyId: string) {
    const record = await meta.get(keyUseKey(accessKeyId));
    return record && { use: decodeRecord<LastUse>(record.value), seq: record.seq };
  }

  /** A later use by another process stays. */
  async function writeOne(accessKeyId: string, { at, service, region }: KeyUse): Promise<void> {
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const before = await stored(accessKeyId);
      if (before !== undefined && before.use.at >= at) return;
      const guard = before === undefined ? ({ absent: true } as const) : { seq: before.seq };
      const value = encodeRecord({ at, service, region });
      const put = { op: 'put', at: keyUseKey(accessKeyId), value, guard } as const;
      if ((await meta.commit([put])).committed) return;
    }
  }

  return {
    of(accessKeyId) {
      const known = uses.get(accessKeyId);
      if (known !== undefined) return known.use;
      const use: KeyUse = { at: 0, service: '', region: '' };
      uses.set(accessKeyId, { use, writtenAt: 0 });
      return use;
    },
    async last(accessKeyId) {
      const written = (await stored(accessKeyId))?.use;
      const own = uses.get(accessKeyId)?.use;
      const newer = own !== undefined && own.at > (written?.at ?? 0) ? { ...own } : written;
      return newer;
    },
    async write() {
      const changed = [...uses].filter(([, { use, writtenAt }]) => use.at > writtenAt);
      for (let from = 0; from < changed.length; from += maxBatch) {
        await Promise.all(
          changed.slice(from, from + maxBatch).map(async ([accessKeyId, entry]) => {
            const use = { ...entry.use };
            await writeOne(accessKeyId, use);
            entry.writtenAt = use.at;
          }),
        );
      }
    },
  };
}
