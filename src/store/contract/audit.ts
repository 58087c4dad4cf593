/**
 * Says where a store does not agree with itself: references of every blob, usage counters, and bytes in the
 * BlobStore against records. For tests; the work is the doctor's.
 */
import { type BlobStore, listPages } from '../blob/port.ts';
import { createCensus } from '../census.ts';
import { describeFault, type Fault } from '../doctor.ts';
import type { GarbageEntry } from '../garbage.ts';
import { bucketKey } from '../keyspace.ts';
import { type MetaRecord, type MetaStore, type MetaTable, scanPages } from '../meta/port.ts';
import { decodeBlobRecord, decodeRecord } from '../record-codec.ts';
import { walkRecords } from '../record-walk.ts';
import type { Bucket } from '../records.ts';

const noPart = Buffer.alloc(0);

async function all(meta: MetaStore, table: MetaTable): Promise<MetaRecord[]> {
  const records: MetaRecord[] = [];
  for await (const page of scanPages(meta, { table, part: noPart, limit: 1000 })) {
    records.push(...page);
  }
  return records;
}

/** Empty if the store agrees with itself and has these buckets. Stricter than the doctor: no bytes wait for a sweep. */
export async function audit(
  meta: MetaStore,
  blobs: BlobStore,
  buckets: readonly Bucket[],
): Promise<readonly string[]> {
  const census = createCensus();
  for await (const page of walkRecords(meta)) census.add(page);
  const faults: Fault[] = [...census.finish()];
  const messages = faults.map(describeFault);
  for (const { namespace, name } of buckets) {
    if ((await meta.get(bucketKey(namespace, name))) === undefined) {
      messages.push(`bucket ${name} has no record`);
    }
  }

  const locators = new Set<string>();
  for (const { value } of await all(meta, 'blob')) {
    const { home } = decodeBlobRecord(value);
    if (home.kind === 'stored') locators.add(home.locator.toString('hex'));
  }
  for (const { value } of await all(meta, 'garbage')) {
    const entry = decodeRecord<GarbageEntry>(value);
    if (entry.kind === 'bytes') locators.add(entry.locator);
  }
  const held = new Set<string>();
  for await (const entries of listPages(blobs)) {
    for (const { locator } of entries) held.add(locator.toString('hex'));
  }
  for (const locator of held) {
    if (!locators.has(locator)) messages.push(`bytes at ${locator} have no record`);
  }
  for (const locator of locators) {
    if (!held.has(locator)) messages.push(`bytes at ${locator} are not there`);
  }
  return messages;
}
