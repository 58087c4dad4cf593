/**
 * How far a job has come in a bucket: a record among the bucket's configurations, under a name that no
 * configuration has, so that a restart goes on where the last run ended and the record goes with its bucket.
 */
import { bucketKey, configKey } from '../store/keyspace.ts';
import type { MetaStore } from '../store/meta/port.ts';
import { decodeRecord, encodeRecord } from '../store/record-codec.ts';
import type { Bucket } from '../store/records.ts';

export interface Progress<T extends object> {
  load(bucket: Bucket): Promise<T | undefined>;
  /**
   * Undefined forgets it. Nothing happens, and the answer is false, if the bucket's record changed meanwhile,
   * or the bucket is gone: a run that starts over does the same work again and no harm.
   */
  save(bucket: Bucket, value: T | undefined): Promise<boolean>;
}

export function createProgress<T extends object>(
  meta: Pick<MetaStore, 'get' | 'commit'>,
  job: string,
): Progress<T> {
  const keyOf = (bucket: Bucket) => configKey(bucket.part, `job:${job}`);
  return {
    async load(bucket) {
      const record = await meta.get(keyOf(bucket));
      return record === undefined ? undefined : decodeRecord<T>(record.value);
    },
    async save(bucket, value) {
      const at = keyOf(bucket);
      const { committed } = await meta.commit([
        {
          op: 'check',
          at: bucketKey(bucket.namespace, bucket.name),
          guard: { seq: bucket.seq },
        },
        value === undefined ? { op: 'delete', at } : { op: 'put', at, value: encodeRecord(value) },
      ]);
      return committed;
    },
  };
}
