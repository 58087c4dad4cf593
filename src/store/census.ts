/**
 * The census: goes through all records of one moment, counts anew what the engine counts about itself
 * (references of blobs, usage of buckets, annotations of versions), and says where the two differ.
 */
import type { GarbageEntry } from './garbage.ts';
import { nullPointer, splitKeyAndId } from './keyspace.ts';
import type { MetaKey, MetaRecord, MetaTable } from './meta/port.ts';
import { createQuotaCensus, type QuotaFault } from './quota-census.ts';
import { decodeBlobRecord, decodeRecord } from './record-codec.ts';
import { damageOfRecord, type RecordPage } from './record-walk.ts';
import type {
  AnnotationRecord,
  BucketRecord,
  ObjectRecord,
  PartRecord,
  VersionRecord,
} from './records.ts';
import { addUsage, type BucketUsage, sumUsage, type UsageChange } from './usage.ts';

/** Where the records contradict each other or themselves. */
export type RecordFault =
  /** A record differs from its checksum. */
  | {
      readonly kind: 'record';
      readonly table: MetaTable;
      readonly key: string;
      readonly why: string;
    }
  /** The null version of a key and the pointer to it don't agree. */
  | { readonly kind: 'null-version'; readonly bucket: string; readonly key: string }
  | {
      readonly kind: 'annotations';
      readonly set: string;
      /** Of the version's record. */
      readonly at: MetaKey;
      readonly said: number;
      readonly counted: number;
    }
  /** Annotations of a version that is not there. */
  | { readonly kind: 'stray-annotations'; readonly part: string; readonly set: string }
  | {
      readonly kind: 'usage';
      readonly bucket: string;
      /** The bucket's id in hex. */
      readonly part: string;
      readonly said: BucketUsage;
      readonly counted: BucketUsage;
    }
  /** The counters of a quota don't agree with what there is. */
  | QuotaFault
  | {
      readonly kind: 'references';
      readonly blob: string;
      readonly said: number;
      readonly counted: number;
    }
  /** Records refer to a blob that has none. */
  | { readonly kind: 'blob-missing'; readonly blob: string }
  /** Garbage that refers to nothing any more. */
  | { readonly kind: 'dangling-garbage'; readonly blob: string; readonly keys: readonly string[] };

export interface Census {
  add(page: RecordPage): void;
  /** Once, after the last page. */
  finish(): readonly RecordFault[];
  readonly counted: {
    readonly records: number;
    readonly blobs: number;
    /** Records that could not be read: nobody knows what they refer to. */
    readonly unreadable: number;
    /** Bodies outside the records, and their bytes. */
    readonly bodies: number;
    readonly bytes: number;
  };
}

const none = sumUsage([]);

export function createCensus(): Census {
  const faults: RecordFault[] = [];
  const counted = { records: 0, blobs: 0, unreadable: 0, bodies: 0, bytes: 0 };
  const names = new Map<string, string>();
  const quotas = createQuotaCensus();
  const usageCounted = new Map<string, UsageChange>();
  const usageSaid = new Map<string, Buffer[]>();
  const referencesCounted = new Map<string, number>();
  const referencesSaid = new Map<string, number>();
  /** Garbage by the blob that it refers to. */
  const garbage = new Map<string, string[]>();
  /** Annotations that a version says it has, less those that were found. */
  const annotations = new Map<
    string,
    { readonly at: MetaKey; readonly said: number; counted: number }
  >();
  /** Sets of annotations of no version, with their bucket's id; and those that wait in the garbage. */
  const strays = new Map<string, string>();
  const dropped = new Set<string>();
  /** The null version that waits for its pointer. */
  let pending: { part: string; key: string; order: string } | undefined;

  const refer = (blob: string | undefined): void => {
    if (blob !== undefined) referencesCounted.set(blob, (referencesCounted.get(blob) ?? 0) + 1);
  };
  const count = (part: string, change: UsageChange): void => {
    usageCounted.set(part, addUsage(usageCounted.get(part) ?? {}, change));
  };
  const addObject = ({ blob, annotations: held }: ObjectRecord, at: MetaKey): void => {
    refer(blob);
    if (held !== undefined) annotations.set(held.set, { at, said: held.count, counted: 0 });
  };
  /** Versions come before them. */
  const addAnnotation = (part: string, { key, value }: MetaRecord): void => {
    const { blob, size } = decodeRecord<AnnotationRecord>(value);
    refer(blob);
    count(part, { annotationBytes: size });
    const set = key.toString('hex', 0, annotationSetBytes);
    const held = annotations.get(set);
    if (held === undefined) strays.set(set, part);
    else held.counted += 1;
  };

  const settleNull = (): void => {
    if (pending === undefined) return;
    faults.push({ kind: 'null-version', bucket: pending.part, key: pending.key });
    pending = undefined;
  };

  /** Versions of a key come in order, the pointer to the null version last. */
  const addVersion = (part: string, record: MetaRecord): void => {
    const { key, id } = splitKeyAndId(record.key);
    if (pending !== undefined && (pending.part !== part || pending.key !== key)) settleNull();
    if (id === nullPointer) {
      const { order } = decodeRecord<{ readonly order: string }>(record.value);
      if (pending?.order !== order) faults.push({ kind: 'null-version', bucket: part, key });
      pending = undefined;
      return;
    }
    const version = decodeRecord<VersionRecord>(record.value);
    if (version.versionId === 'null') pending = { part, key, order: version.order };
    if (version.deleteMarker) count(part, { deleteMarkers: 1 });
    else {
      addObject(version, { table: 'version', part: Buffer.from(part, 'hex'), key: record.key });
      count(part, { noncurrentVersions: 1, noncurrentBytes: version.size });
    }
  };

  const addBlob = ({ key, value }: MetaRecord): void => {
    const { references, home, length } = decodeBlobRecord(value);
    referencesSaid.set(key.toString('hex'), references);
    counted.blobs += 1;
    if (home.kind === 'extents') for (const { blob } of home.extents) refer(blob);
    if (home.kind !== 'stored') return;
    counted.bodies += 1;
    counted.bytes += length;
  };

  const addGarbage = ({ key, value }: MetaRecord): void => {
    const entry = decodeRecord<GarbageEntry>(value);
    if (entry.kind === 'annotations') dropped.add(entry.set);
    if (entry.kind !== 'blob') return;
    refer(entry.blob);
    garbage.set(entry.blob, [...(garbage.get(entry.blob) ?? []), key.toString('hex')]);
  };

  const add = (table: MetaTable, part: string, record: MetaRecord): void => {
    const { key, value } = record;
    if (table === 'bucket') {
      const bucket = decodeRecord<BucketRecord>(value);
      names.set(bucket.id, key.toString());
      quotas.addBucket(bucket);
    } else if (table === 'system') quotas.addRecord(record);
    else if (table === 'usage' && part === '') quotas.addCounters(record);
    else if (table === 'object') {
      const object = decodeRecord<ObjectRecord>(value);
      addObject(object, { table, part: Buffer.from(part, 'hex'), key });
      count(part, { objects: 1, bytes: object.size });
    } else if (table === 'marker') count(part, { deleteMarkers: 1 });
    else if (table === 'version') addVersion(part, record);
    else if (table === 'upload') count(part, { uploads: 1 });
    else if (table === 'part') {
      const { blob, size } = decodeRecord<PartRecord>(value);
      refer(blob);
      count(part, { parts: 1, partBytes: size });
    } else if (table === 'annotation') addAnnotation(part, record);
    else if (table === 'usage') usageSaid.set(part, [...(usageSaid.get(part) ?? []), value]);
    else if (table === 'blob') addBlob(record);
    else if (table === 'garbage') addGarbage(record);
  };

  const compareUsage = (): void => {
    for (const [part, name] of names) {
      const said = sumUsage(usageSaid.get(part) ?? []);
      const found: BucketUsage = { ...none, ...usageCounted.get(part) };
      const isSame = (Object.keys(none) as (keyof BucketUsage)[]).every(
        (counter) => said[counter] === found[counter],
      );
      if (!isSame) faults.push({ kind: 'usage', bucket: name, part, said, counted: found });
    }
  };

  const compareReferences = (): void => {
    for (const [blob, said] of referencesSaid) {
      const found = referencesCounted.get(blob) ?? 0;
      if (said !== found) faults.push({ kind: 'references', blob, said, counted: found });
    }
    for (const [blob, found] of referencesCounted) {
      if (referencesSaid.has(blob)) continue;
      const keys = garbage.get(blob) ?? [];
      if (found > keys.length) faults.push({ kind: 'blob-missing', blob });
      else faults.push({ kind: 'dangling-garbage', blob, keys });
    }
  };

  return {
    counted,
    add({ table, part, records }) {
      const partName = part.toString('hex');
      for (const record of records) {
        counted.records += 1;
        const damage = damageOfRecord(table, record);
        if (damage === undefined) {
          add(table, partName, record);
          continue;
        }
        counted.unreadable += 1;
        const key = keyName(table, part, record.key);
        faults.push({ kind: 'record', table, key, why: damage.message });
      }
    },
    finish() {
      settleNull();
      for (const [set, held] of annotations) {
        if (held.said !== held.counted) faults.push({ kind: 'annotations', set, ...held });
      }
      for (const [set, part] of strays) {
        if (!dropped.has(set)) faults.push({ kind: 'stray-annotations', part, set });
      }
      compareUsage();
      faults.push(...quotas.finish((part) => ({ ...none, ...usageCounted.get(part) })));
      compareReferences();
      return faults;
    },
  };
}

const annotationSetBytes = 16;
const binaryKeys: readonly MetaTable[] = ['blob', 'garbage', 'part', 'annotation'];

/** For people: the bucket's id, if there is one, and the key. */
export function keyName(table: MetaTable, part: Buffer, key: Buffer): string {
  const name = binaryKeys.includes(table)
    ? key.toString('hex')
    : key.toString().replaceAll('\0', ' ').trimEnd();
  return part.length === 0 ? name : `${part.toString('hex')} ${name}`;
}
