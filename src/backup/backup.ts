/**
 * Takes a snapshot of a data directory, whether a server works on it or not.
 *
 * Records first, as of one moment, then the bytes that these records need: a record is written after its
 * bytes are on disk, and bytes never change, so whatever is written meanwhile makes no difference. Only
 * bytes that the target doesn't have are copied; of a pack that grew, what it grew by. A backup that broke
 * off left bytes, which the next one finds in the ledger.
 */
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackupError } from './backup-error.ts';
import { copyRange } from './copy-bytes.ts';
import { type Crc32c, forEachOf, syncDirectory, writeDurably } from './durable-write.ts';
import { createNeededBytes, isOfThisMoment } from './needed-bytes.ts';
import { type SnapshotRecord, writeRecordsFile } from './records-file.ts';
import {
  appendLedger,
  blobPath,
  type CopiedBytes,
  keepNewest,
  layoutVersion,
  linesOf,
  openRepository,
  readLedger,
  removeUnfinished,
  snapshotPath,
  writeManifest,
} from './repository.ts';

/** Files of the data directory beside records and bytes: without them nobody gets in, or nothing sealed opens. */
const settingFiles = ['root-credentials.json', 'master-key'] as const;
/** Files copied at once. */
const concurrency = 4;
/** Files copied between two lines of the ledger, and at most this many bytes. */
const batchFiles = 64;
const batchBytes = 256 * 1024 * 1024;

export interface BackupProgress {
  readonly copiedBytes: number;
  /** All that is to be copied. */
  readonly totalBytes: number;
}

export interface BackupReport {
  readonly snapshot: string;
  readonly records: number;
  /** Files with bytes that the snapshot rests on, and how many bytes. */
  readonly files: number;
  readonly bytes: number;
  /** What of these had to be copied. */
  readonly copiedBytes: number;
  /** Older snapshots removed. */
  readonly dropped: number;
}

export interface BackupDeps {
  readonly dataDir: string;
  readonly target: string;
  /** Every record as of one moment, in order. */
  readonly snapshot: () => Iterable<SnapshotRecord>;
  /** Version of the data directory's format, and what tells it from others. */
  readonly format: number;
  readonly source: string;
  readonly crc32c: Crc32c;
  readonly now: () => number;
  /** Newest snapshots to keep; undefined keeps all. */
  readonly keep?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BackupProgress) => void;
}

/** Call it while `holdBytes` holds. */
export async function backup(deps: BackupDeps): Promise<BackupReport> {
  const { target, crc32c, signal } = deps;
  await openRepository(target, deps.source);
  await removeUnfinished(target);
  const takenAt = new Date(deps.now()).toISOString();
  const id = takenAt.replaceAll(/[-:.]/g, '');
  const snapshot = snapshotPath(target, id);
  await mkdir(join(snapshot, 'settings'), { recursive: true, mode: 0o700 });

  const { needed, add } = createNeededBytes();
  function* recordsToKeep() {
    for (const record of deps.snapshot()) {
      if (isOfThisMoment(record)) continue;
      add(record);
      yield record;
    }
  }
  const records = await writeRecordsFile(
    join(snapshot, 'records'),
    recordsToKeep(),
    crc32c,
    signal,
  );

  const copied = await readLedger(target);
  const missing = await missingBytes(target, needed, copied);
  const totalBytes = missing.reduce((sum, { from, to }) => sum + to - from, 0);
  let copiedBytes = 0;
  for (const batch of batchesOf(missing)) {
    const done: CopiedBytes[] = [];
    await makeDirectories(target, batch);
    await forEachOf(batch, concurrency, async ({ path, from, to }) => {
      const checksum = await copyRange({
        source: blobPath(deps.dataDir, path),
        target: blobPath(target, path),
        from,
        to,
        checksum: from === 0 ? 0 : copied.get(path)!.crc32c,
        crc32c,
        signal,
        onBytes(count) {
          copiedBytes += count;
          deps.onProgress?.({ copiedBytes, totalBytes });
        },
      });
      done.push({ path, bytes: to, crc32c: checksum });
    });
    for (const directory of directoriesOf(batch)) await syncDirectory(blobPath(target, directory));
    await appendLedger(target, done);
    for (const one of done) copied.set(one.path, one);
  }

  // A pack that was longer in an earlier snapshot is listed as long as it is here.
  const list = [...needed.keys()].sort().map((path) => copied.get(path)!);
  const lines = linesOf(list);
  await writeDurably(join(snapshot, 'blobs.jsonl'), lines);
  const bytes = list.reduce((sum, one) => sum + one.bytes, 0);
  await writeManifest(snapshot, {
    layout: layoutVersion,
    format: deps.format,
    takenAt,
    records: { count: records },
    blobs: { files: list.length, bytes, crc32c: crc32c(Buffer.from(lines)) },
    settings: await copySettings(deps, snapshot),
  });
  const dropped = deps.keep === undefined ? 0 : await keepNewest(target, deps.keep);
  return { snapshot: id, records, files: list.length, bytes, copiedBytes, dropped };
}

interface Missing {
  readonly path: string;
  readonly from: number;
  readonly to: number;
}

/** What the target doesn't have. What the ledger says counts as far as the file is really there. */
async function missingBytes(
  target: string,
  needed: ReadonlyMap<string, number>,
  copied: ReadonlyMap<string, CopiedBytes>,
): Promise<readonly Missing[]> {
  const missing: Missing[] = [];
  await forEachOf(needed, concurrency, async ([path, to]) => {
    const known = copied.get(path)?.bytes ?? 0;
    const from = known > 0 && (await sizeOf(blobPath(target, path))) >= known ? known : 0;
    if (from < to) missing.push({ path, from, to });
  });
  return missing.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function* batchesOf(missing: readonly Missing[]): Generator<readonly Missing[]> {
  let batch: Missing[] = [];
  let bytes = 0;
  for (const one of missing) {
    batch.push(one);
    bytes += one.to - one.from;
    if (batch.length < batchFiles && bytes < batchBytes) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}

const directoriesOf = (batch: readonly Missing[]): ReadonlySet<string> =>
  new Set(batch.map(({ path }) => dirname(path)));

async function makeDirectories(target: string, batch: readonly Missing[]): Promise<void> {
  for (const directory of directoriesOf(batch)) {
    await mkdir(blobPath(target, directory), { recursive: true, mode: 0o700 });
  }
  await syncDirectory(blobPath(target, 'files'));
}

async function copySettings({ dataDir, crc32c }: BackupDeps, snapshot: string) {
  const settings: { name: string; crc32c: number }[] = [];
  for (const name of settingFiles) {
    const path = join(dataDir, name);
    if ((await sizeOf(path)) < 0) continue;
    const content = await readFile(path);
    await writeDurably(join(snapshot, 'settings', name), content);
    settings.push({ name, crc32c: crc32c(content) });
  }
  return settings;
}

/** −1 if there is no such file. */
async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return -1;
    throw new BackupError(`${path} cannot be read.`, { cause: error });
  }
}
