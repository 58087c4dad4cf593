/**
 * Recomputes what the engine keeps about itself and says where the two differ: references of every
 * blob, usage counters, and bytes in the BlobStore against records. For tests.
 */
import type { BlobStore } from '../blob/port.ts';
import type { GarbageEntry } from '../garbage.ts';
import { nullPointer, splitKeyAndId } from '../keyspace.ts';
import type { MetaRecord, MetaStore, MetaTable } from '../meta/port.ts';
import { keyAfter } from '../meta/port.ts';
import { decodeBlobRecord, decodeRecord } from '../record-codec.ts';
import type {
  AnnotationRecord,
  Bucket,
  ObjectRecord,
  PartRecord,
  VersionRecord,
} from '../records.ts';
import { createUsageStore } from '../usage.ts';

const noPart = Buffer.alloc(0);

async function all(meta: MetaStore, table: MetaTable, part: Buffer): Promise<MetaRecord[]> {
  const records: MetaRecord[] = [];
  let from: Buffer | undefined;
  for (;;) {
    const page = await meta.scan({ table, part, from, limit: 1000 });
    records.push(...page.entries);
    if (!page.more) return records;
    from = keyAfter(page.entries.at(-1)!.key);
  }
}

/** Empty if the store agrees with itself. */
export async function audit(
  meta: MetaStore,
  blobs: BlobStore,
  buckets: readonly Bucket[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const references = new Map<string, number>();
  const refer = (blob: string | undefined): void => {
    if (blob !== undefined) references.set(blob, (references.get(blob) ?? 0) + 1);
  };
  const locators = new Set<string>();

  for (const bucket of buckets) {
    const objects = (await all(meta, 'object', bucket.part)).map((record) =>
      decodeRecord<ObjectRecord>(record.value),
    );
    const markers = await all(meta, 'marker', bucket.part);
    const noncurrent: VersionRecord[] = [];
    const pointers: { key: string; order: string }[] = [];
    for (const record of await all(meta, 'version', bucket.part)) {
      const { key, id } = splitKeyAndId(record.key);
      if (id === nullPointer) {
        pointers.push({ key, ...decodeRecord<{ order: string }>(record.value) });
      } else noncurrent.push(decodeRecord<VersionRecord>(record.value));
    }
    const nulls = noncurrent.filter(({ versionId }) => versionId === 'null');
    const pointed = pointers.map(({ order }) => order).sort();
    if (JSON.stringify(nulls.map(({ order }) => order).sort()) !== JSON.stringify(pointed)) {
      faults.push(`null versions and pointers of ${bucket.name} differ`);
    }
    const kept = noncurrent.filter((one): one is ObjectRecord => !one.deleteMarker);
    const parts = (await all(meta, 'part', bucket.part)).map((record) =>
      decodeRecord<PartRecord>(record.value),
    );
    const uploads = await all(meta, 'upload', bucket.part);
    const annotations = await all(meta, 'annotation', bucket.part);
    for (const { blob } of [...objects, ...kept, ...parts]) refer(blob);
    for (const { value } of annotations) refer(decodeRecord<AnnotationRecord>(value).blob);
    const sets = new Map<string, number>();
    for (const { key } of annotations) {
      const set = key.toString('hex', 0, 16);
      sets.set(set, (sets.get(set) ?? 0) + 1);
    }
    for (const { annotations: held } of [...objects, ...kept]) {
      if (held !== undefined && (sets.get(held.set) ?? 0) !== held.count) {
        faults.push(`a version says ${held.count} annotations, counted ${sets.get(held.set) ?? 0}`);
      }
    }
    const expected = {
      objects: objects.length,
      bytes: objects.reduce((sum, { size }) => sum + size, 0),
      uploads: uploads.length,
      parts: parts.length,
      partBytes: parts.reduce((sum, { size }) => sum + size, 0),
      noncurrentVersions: kept.length,
      noncurrentBytes: kept.reduce((sum, { size }) => sum + size, 0),
      deleteMarkers: markers.length + noncurrent.length - kept.length,
    };
    const found = await createUsageStore(meta).of(bucket);
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      faults.push(
        `usage of ${bucket.name} is ${JSON.stringify(found)}, counted ${JSON.stringify(expected)}`,
      );
    }
  }
  for (const record of await all(meta, 'garbage', noPart)) {
    const entry = decodeRecord<GarbageEntry>(record.value);
    if (entry.kind === 'blob') refer(entry.blob);
    if (entry.kind === 'bytes') locators.add(entry.locator);
  }
  const records = new Map(
    (await all(meta, 'blob', noPart)).map((record) => [
      record.key.toString('hex'),
      decodeBlobRecord(record.value),
    ]),
  );
  for (const { home } of records.values()) {
    if (home.kind === 'extents') for (const extent of home.extents) refer(extent.blob);
    if (home.kind === 'stored') locators.add(home.locator.toString('hex'));
  }
  for (const [id, blob] of records) {
    const counted = references.get(id) ?? 0;
    if (blob.references !== counted) {
      faults.push(`blob ${id} says ${blob.references} references, counted ${counted}`);
    }
  }
  for (const id of references.keys()) {
    if (!records.has(id)) faults.push(`blob ${id} is referred to and not there`);
  }
  let cursor: string | undefined;
  const held = new Set<string>();
  do {
    const page = await blobs.list(cursor);
    for (const entry of page.entries) held.add(entry.locator.toString('hex'));
    cursor = page.next;
  } while (cursor !== undefined);
  for (const locator of held) {
    if (!locators.has(locator)) faults.push(`bytes at ${locator} have no record`);
  }
  for (const locator of locators) {
    if (!held.has(locator)) faults.push(`bytes at ${locator} are not there`);
  }
  return faults;
}
