/**
 * One inventory report, written from where it stands: a file of rows at a time, each kept in the progress once
 * it is delivered, the manifests when the walk has come to the bucket's end. A report that is cut off goes on
 * with the file that it was at, under the same name, and shows in no manifest before it is whole.
 *
 * Memory holds one page of the listing and what gzip has not yet given.
 */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type InventoriedVersion, rowMaker } from '../features/inventory/columns.ts';
import { destinationOf, encryptionOf } from '../features/inventory/configuration.ts';
import {
  dataFileName,
  dataKey,
  manifestsOf,
  type ReportFile,
} from '../features/inventory/layout.ts';
import {
  type LifecycleConfiguration,
  lifecycleConfig,
  rulesOf,
} from '../features/lifecycle/rules.ts';
import type { InventoryConfiguration } from '../model/types.gen.ts';
import { ownershipConfig, type StoredOwnership } from '../policy/bucket-rules.ts';
import type { Bucket, ObjectHeaders } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type DeliveryDeps, deliverObject } from './deliver-object.ts';

/** A report that is being written. */
export interface ReportRun {
  /** As it was when the report began: a change of what it has is for the next one. */
  readonly configuration: InventoryConfiguration;
  readonly startedAt: number;
  /** Names the run's files. */
  readonly runId: string;
  readonly files: readonly ReportFile[];
  readonly rows: number;
  /** The last version that is in a file; absent before the first. */
  readonly after?: ReportPosition | undefined;
  /** Every version is in a file. */
  readonly scanned?: true | undefined;
}

export interface ReportPosition {
  readonly key: string;
  /** Absent where current objects are listed. */
  readonly versionId?: string | undefined;
}

export interface ReportLimits {
  /** Versions in one page of the listing. */
  readonly pageSize: number;
  readonly maxFileRows: number;
}

export interface ReportDeps extends DeliveryDeps {
  readonly limits: ReportLimits;
}

const csv: ObjectHeaders = { contentType: 'application/gzip' };
const json: ObjectHeaders = { contentType: 'application/json' };
const text: ObjectHeaders = { contentType: 'text/plain' };

/** @param save keeps how far the report has come */
export async function writeReport(
  deps: ReportDeps,
  source: Bucket,
  begun: ReportRun,
  save: (run: ReportRun) => Promise<void>,
  signal: AbortSignal,
): Promise<ReportRun> {
  const { store } = deps;
  const { configuration } = begun;
  const bucket = await destination(store, source, configuration);
  const encryption = encryptionOf(configuration);
  const { owner } = bucket.acl;
  const acl = {
    owner,
    grants: [{ grantee: { account: owner }, permission: 'FULL_CONTROL' }],
  } as const;
  const deliver = (key: string, headers: ObjectHeaders, bytes: string | AsyncIterable<Buffer>) =>
    deliverObject(deps, { bucket, key, headers, acl, encryption }, asBytes(bytes), signal);

  let run = begun;
  const toRow = await rowsOf(store, source, configuration);
  while (!run.scanned) {
    const scan = createScan(store, source, run, toRow, deps.limits, signal);
    const first = await scan.next();
    if (first.done) {
      run = { ...run, scanned: true };
    } else {
      const key = dataKey(configuration, source.name, dataFileName(run.runId, run.files.length));
      const file = await deliver(key, csv, gzipped(startingWith(first.value, scan)));
      const { rows, after, scanned } = scan.state();
      run = {
        ...run,
        files: [...run.files, { key, ...file }],
        rows: run.rows + rows,
        after,
        scanned,
      };
    }
    await save(run);
  }

  const report = { ...run, sourceBucket: source.name };
  const { symlink, manifest, checksumKey } = manifestsOf(report, bucket.name);
  await deliver(symlink.key, text, symlink.text);
  const { md5 } = await deliver(manifest.key, json, manifest.text);
  await deliver(checksumKey, text, md5);
  return run;
}

/** @throws Error if there is no such bucket of the source's owner any more */
async function destination(
  { buckets }: Store,
  source: Bucket,
  configuration: InventoryConfiguration,
): Promise<Bucket> {
  const name = destinationOf(configuration);
  const bucket = await buckets.get(source.namespace, name);
  if (bucket === undefined) throw new Error(`the destination bucket ${name} is gone`);
  if (bucket.acl.owner === source.acl.owner) return bucket;
  throw new Error(`the destination bucket ${name} has another owner than ${source.name}`);
}

async function rowsOf(
  { buckets }: Store,
  bucket: Bucket,
  configuration: InventoryConfiguration,
): Promise<(one: InventoriedVersion) => string> {
  const ownership = await buckets.config<StoredOwnership>(bucket, ownershipConfig);
  const lifecycle = await buckets.config<LifecycleConfiguration>(bucket, lifecycleConfig);
  return rowMaker(configuration, {
    bucket,
    ownership: ownership?.objectOwnership,
    lifecycle: lifecycle === undefined ? [] : rulesOf(lifecycle),
  });
}

interface ScanState {
  readonly rows: number;
  readonly after: ReportPosition | undefined;
  readonly scanned: true | undefined;
}

interface Scan extends AsyncGenerator<Buffer, void> {
  state(): ScanState;
}

/** The rows of one file, a page at a time. */
function createScan(
  { listing }: Store,
  bucket: Bucket,
  run: ReportRun,
  toRow: (one: InventoriedVersion) => string,
  { pageSize, maxFileRows }: ReportLimits,
  signal: AbortSignal,
): Scan {
  const { configuration } = run;
  const prefix = configuration.Filter?.Prefix ?? '';
  const withVersions = configuration.IncludedObjectVersions === 'All';
  let rows = 0;
  let { after } = run;
  let scanned: true | undefined;

  async function page(): Promise<{
    readonly versions: readonly InventoriedVersion[];
    readonly more: boolean;
  }> {
    const limit = Math.min(pageSize, maxFileRows - rows);
    const query = { prefix, delimiter: '', after: after?.key, limit };
    if (!withVersions) {
      const { entries, more } = await listing.objects(bucket, query);
      const versions = entries.flatMap((entry) =>
        entry.kind === 'object' ? [{ version: entry.object, isLatest: true }] : [],
      );
      return { versions, more };
    }
    const afterVersionId = after?.versionId;
    const { entries, more } = await listing.versions(bucket, { ...query, afterVersionId });
    const versions = entries.flatMap((entry) =>
      entry.kind === 'version' ? [{ version: entry.version, isLatest: entry.latest }] : [],
    );
    return { versions, more };
  }

  async function* read(): AsyncGenerator<Buffer, void> {
    while (rows < maxFileRows) {
      signal.throwIfAborted();
      const { versions, more } = await page();
      const last = versions.at(-1)?.version;
      if (last !== undefined) {
        rows += versions.length;
        after = { key: last.key, versionId: withVersions ? last.versionId : undefined };
      }
      if (!more) scanned = true;
      if (versions.length > 0) yield Buffer.from(versions.map(toRow).join(''));
      if (!more) return;
    }
  }
  return Object.assign(read(), { state: () => ({ rows, after, scanned }) });
}

/** The rest of a scan behind what was read of it to see whether there is anything. */
async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer, void>) {
  yield first;
  yield* rest;
}

/** An error of the source comes out at the end. */
function gzipped(rows: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  const gzip = createGzip();
  // The error destroys the stream too, whose reader gets it.
  pipeline(Readable.from(rows), gzip).catch(() => {});
  return gzip;
}

const asBytes = (bytes: string | AsyncIterable<Buffer>) =>
  typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
