/** The census's part about quotas: what they say is held, and what the buckets that they hold for do hold. */

import type { MetaRecord } from './meta/port.ts';
import { countedOf, type QuotaUsage, quotaUsage } from './quota-ops.ts';
import { type QuotaRecord, quotaRecordPrefix } from './quota-records.ts';
import { decodeRecord } from './record-codec.ts';
import type { BucketRecord } from './records.ts';
import type { BucketUsage } from './usage.ts';

export interface QuotaFault {
  readonly kind: 'quota';
  readonly scope: string;
  readonly said: QuotaUsage;
  readonly counted: QuotaUsage;
}

export interface QuotaCensus {
  addBucket(bucket: BucketRecord): void;
  /** Of table `system`: quotas are among them. */
  addRecord(record: MetaRecord): void;
  addCounters(record: MetaRecord): void;
  /** @param usageOf what was counted in a bucket, by its id */
  finish(usageOf: (id: string) => BucketUsage): readonly QuotaFault[];
}

export function createQuotaCensus(): QuotaCensus {
  /** Those that hold; one that is being set is counted when it is. */
  const exact = new Set<string>();
  const said = new Map<string, QuotaUsage>();
  const bucketsOf = new Map<string, string[]>();

  return {
    addBucket({ id, quotas = [] }) {
      for (const { scope } of quotas) bucketsOf.set(scope, [...(bucketsOf.get(scope) ?? []), id]);
    },

    addRecord({ key, value }) {
      const name = key.toString();
      if (!name.startsWith(quotaRecordPrefix)) return;
      const scope = name.slice(quotaRecordPrefix.length);
      if (decodeRecord<QuotaRecord>(value).exact) exact.add(scope);
    },

    addCounters({ key, value }) {
      said.set(key.toString(), quotaUsage(value));
    },

    finish(usageOf) {
      return [...exact].flatMap((scope) => {
        const found = (bucketsOf.get(scope) ?? []).map((id) => countedOf(usageOf(id)));
        const counted: QuotaUsage = {
          bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
          objects: found.reduce((sum, { objects }) => sum + objects, 0),
        };
        const now = said.get(scope) ?? { bytes: 0, objects: 0 };
        const isSame = now.bytes === counted.bytes && now.objects === counted.objects;
        return isSame ? [] : [{ kind: 'quota', scope, said: now, counted } as const];
      });
    },
  };
}
