/**
 * Every record but leases, in a fixed order and a page at a time, so that a walk can stop anywhere and go on
 * there: the server's own tables, each bucket with what is in it, and at last the blobs.
 */
import { RecordCorruptError } from './errors.ts';
import { decodeMetaKey } from './meta/keys.ts';
import {
  keyAfter,
  type MetaRecord,
  type MetaStore,
  type MetaTable,
  scanPages,
} from './meta/port.ts';
import { decodeBlobRecord, decodeRecord } from './record-codec.ts';
import type { BucketRecord } from './records.ts';

/** Where a walk is: behind a record. */
export interface WalkPosition {
  readonly table: MetaTable;
  /** Key of the bucket's record, in hex, while the walk is in its tables. */
  readonly bucket?: string;
  /** In hex; empty at the beginning of a table. */
  readonly key: string;
}

/** Some records of one table and part, in order. */
export interface RecordPage {
  readonly table: MetaTable;
  readonly part: Buffer;
  readonly records: readonly MetaRecord[];
}

export interface WalkPage extends RecordPage {
  /** Behind the last of them. */
  readonly position: WalkPosition;
}

/** Tables that are not split (counters of quotas are in no bucket), before the buckets; blobs come last, as their bytes take longest. */
const firstTables = ['system', 'account', 'accessKey', 'identity', 'garbage', 'usage'] as const;
const bucketTables = [
  'object',
  'marker',
  'version',
  'upload',
  'part',
  'annotation',
  'bucketConfig',
  'renameToken',
  'usage',
] as const satisfies readonly MetaTable[];

const pageRecords = 500;
const noPart = Buffer.alloc(0);
const leasePrefix = Buffer.from('lease/');

export async function* walkRecords(
  meta: Pick<MetaStore, 'scan'>,
  from?: WalkPosition,
): AsyncGenerator<WalkPage> {
  const order: readonly MetaTable[] = [...firstTables, 'bucket', 'blob'];
  const isInBucket = from?.bucket !== undefined;
  const first = isInBucket ? 'bucket' : (from?.table ?? order[0]!);
  for (const table of order.slice(order.indexOf(first))) {
    const start = table === first ? from : undefined;
    if (table === 'bucket') yield* walkBuckets(meta, start);
    else yield* walkTable(meta, table, noPart, start?.key);
  }
}

/** Each bucket's record as a page of its own, then its tables. */
async function* walkBuckets(
  meta: Pick<MetaStore, 'scan'>,
  from: WalkPosition | undefined,
): AsyncGenerator<WalkPage> {
  let within = from?.bucket === undefined ? undefined : from;
  let start = within ? Buffer.from(within.bucket!, 'hex') : afterHex(from?.key);
  for (;;) {
    const page = await meta.scan({ table: 'bucket', part: noPart, from: start, limit: 1 });
    const record = page.entries[0];
    if (record === undefined) return;
    const bucket = record.key.toString('hex');
    const resumed = within?.bucket === bucket ? within : undefined;
    within = undefined;
    if (resumed === undefined) {
      const position = { table: 'object', bucket, key: '' } as const;
      yield { table: 'bucket', part: noPart, records: [record], position };
    }
    const part = partOf(record);
    const at = bucketTables.findIndex((table) => resumed === undefined || table === resumed.table);
    for (const table of part === undefined ? [] : bucketTables.slice(at)) {
      const key = table === resumed?.table ? resumed.key : undefined;
      for await (const found of walkTable(meta, table, part ?? noPart, key)) {
        yield { ...found, position: { ...found.position, bucket } };
      }
    }
    start = keyAfter(record.key);
  }
}

/** The records of a snapshot, which come in the order of their full keys. */
export function* snapshotPages(
  snapshot: Iterable<{ readonly fullKey: Buffer; readonly record: Omit<MetaRecord, 'key'> }>,
): Generator<RecordPage> {
  let page: { table: MetaTable; part: Buffer; records: MetaRecord[] } | undefined;
  for (const { fullKey, record } of snapshot) {
    const { table, part, key } = decodeMetaKey(fullKey);
    if (table === 'system' && isLease(key)) continue;
    if (page?.table !== table || !page.part.equals(part) || page.records.length === pageRecords) {
      if (page !== undefined) yield page;
      page = { table, part, records: [] };
    }
    page.records.push({ key, ...record });
  }
  if (page !== undefined) yield page;
}

const isLease = (key: Buffer): boolean => key.subarray(0, leasePrefix.length).equals(leasePrefix);

async function* walkTable(
  meta: Pick<MetaStore, 'scan'>,
  table: MetaTable,
  part: Buffer,
  after: string | undefined,
): AsyncGenerator<WalkPage> {
  const range = { table, part, from: afterHex(after), limit: pageRecords };
  for await (const page of scanPages(meta, range)) {
    const position = { table, key: page.at(-1)!.key.toString('hex') };
    const records = table === 'system' ? page.filter(({ key }) => !isLease(key)) : page;
    yield { table, part, records, position };
  }
}

const afterHex = (key: string | undefined): Buffer | undefined =>
  key === undefined || key === '' ? undefined : keyAfter(Buffer.from(key, 'hex'));

/** Undefined where the record is damaged: nobody knows then where the bucket's own records are. */
function partOf({ value }: MetaRecord): Buffer | undefined {
  try {
    return Buffer.from(decodeRecord<BucketRecord>(value).id, 'hex');
  } catch {
    return undefined;
  }
}

/** What is wrong with a record, if it is not what it was when it was written. Counters have no checksum. */
export function damageOfRecord(table: MetaTable, { value }: MetaRecord): Error | undefined {
  try {
    if (table === 'blob') decodeBlobRecord(value);
    else if (table !== 'usage') decodeRecord<object>(value);
    return undefined;
  } catch (error) {
    if (error instanceof RecordCorruptError) return error;
    throw error;
  }
}
