/**
 * Makes a data directory out of a snapshot: bytes, then records, then the small files, each verified
 * against its checksum on the way. A mark lies in the directory until everything is on disk.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BackupError } from './backup-error.ts';
import { copyRange } from './copy-bytes.ts';
import { type Crc32c, forEachOf, syncDirectory, writeDurably } from './durable-write.ts';
import { createNeededBytes } from './needed-bytes.ts';
import { readRecordsFile, type SnapshotRecord } from './records-file.ts';
import {
  blobPath,
  type CopiedBytes,
  layoutVersion,
  listSnapshots,
  type Manifest,
  parseLines,
  readManifest,
  snapshotPath,
} from './repository.ts';
import { restoringMark } from './restoring-mark.ts';

/** Files copied at once. */
const concurrency = 4;

export interface RestoreProgress {
  readonly restoredBytes: number;
  readonly totalBytes: number;
}

export interface RestoreReport {
  readonly snapshot: string;
  readonly records: number;
  readonly files: number;
  readonly bytes: number;
}

export interface RestoreDeps {
  readonly source: string;
  /** Made if missing. */
  readonly dataDir: string;
  /** The newest one if undefined. */
  readonly snapshot?: string | undefined;
  /** The newest format that this program reads. */
  readonly format: number;
  readonly crc32c: Crc32c;
  /** Opens an empty store for records at a path. */
  readonly openRecords: (path: string) => Promise<{
    write(records: readonly SnapshotRecord[]): Promise<void>;
    close(): Promise<void>;
  }>;
  /** Tells the restored store what its packs hold. */
  readonly settle: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RestoreProgress) => void;
}

export async function restore(deps: RestoreDeps): Promise<RestoreReport> {
  const { source, dataDir, crc32c, signal } = deps;
  const id = await chooseSnapshot(source, deps.snapshot);
  const snapshot = snapshotPath(source, id);
  const manifest = await readManifest(snapshot);
  if (manifest.layout > layoutVersion || manifest.format > deps.format) {
    throw new BackupError(
      `Snapshot ${id} was taken by a newer Kist, in format ${manifest.format}. Use that one to restore it.`,
    );
  }
  const list = await readList(snapshot, manifest, crc32c);
  await markDirectory(dataDir);

  const totalBytes = list.reduce((sum, { bytes }) => sum + bytes, 0);
  let restoredBytes = 0;
  const directories = new Set(['packs', 'files', ...list.map(({ path }) => dirname(path))]);
  for (const directory of directories) {
    await mkdir(blobPath(dataDir, directory), { recursive: true, mode: 0o700 });
  }
  await forEachOf(list, concurrency, async ({ path, bytes, crc32c: expected }) => {
    const found = await copyRange({
      source: blobPath(source, path),
      target: blobPath(dataDir, path),
      from: 0,
      to: bytes,
      checksum: 0,
      crc32c,
      signal,
      onBytes(count) {
        restoredBytes += count;
        deps.onProgress?.({ restoredBytes, totalBytes });
      },
    });
    if (found !== expected) {
      throw new BackupError(`${blobPath(source, path)} differs from its checksum.`);
    }
  });
  for (const directory of directories) await syncDirectory(blobPath(dataDir, directory));
  for (const directory of ['files', '']) await syncDirectory(blobPath(dataDir, directory));

  const records = await restoreRecords(deps, snapshot, manifest, list);
  await deps.settle();
  for (const { name, crc32c: expected } of manifest.settings) {
    const content = await readFile(join(snapshot, 'settings', basename(name)));
    if (crc32c(content) !== expected) throw new BackupError(`${name} differs from its checksum.`);
    await writeDurably(join(dataDir, basename(name)), content);
  }
  await syncDirectory(dataDir);
  await rm(join(dataDir, restoringMark));
  await syncDirectory(dataDir);
  return { snapshot: id, records, files: list.length, bytes: totalBytes };
}

async function chooseSnapshot(source: string, wanted: string | undefined): Promise<string> {
  const ids = await listSnapshots(source);
  const id = wanted ?? ids.at(-1);
  if (id === undefined) throw new BackupError(`${source} has no finished snapshot.`);
  if (ids.includes(id)) return id;
  throw new BackupError(`There is no snapshot ${id}. There are: ${ids.join(', ')}.`);
}

async function readList(
  snapshot: string,
  { blobs }: Manifest,
  crc32c: Crc32c,
): Promise<readonly CopiedBytes[]> {
  const path = join(snapshot, 'blobs.jsonl');
  const content = await readFile(path);
  const list = parseLines(content.toString());
  if (crc32c(content) !== blobs.crc32c || list.length !== blobs.files) {
    throw new BackupError(`${path} differs from its checksum.`);
  }
  return list;
}

/** An empty directory, or what a restore left that broke off. */
async function markDirectory(dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const names = await readdir(dataDir);
  if (names.length > 0 && !names.includes(restoringMark)) {
    throw new BackupError(`${dataDir} is not empty. Restore into a new directory.`);
  }
  await writeFile(join(dataDir, restoringMark), '');
  await syncDirectory(dataDir);
  for (const name of ['meta', 'blobs']) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
}

/** @throws BackupError if a record rests on bytes that the snapshot doesn't have. */
async function restoreRecords(
  deps: RestoreDeps,
  snapshot: string,
  manifest: Manifest,
  list: readonly CopiedBytes[],
): Promise<number> {
  const store = await deps.openRecords(join(deps.dataDir, 'meta'));
  try {
    const { needed, add } = createNeededBytes();
    let count = 0;
    for await (const records of readRecordsFile(join(snapshot, 'records'), deps.crc32c)) {
      deps.signal.throwIfAborted();
      for (const record of records) add(record);
      await store.write(records);
      count += records.length;
    }
    const there = new Map(list.map(({ path, bytes }) => [path, bytes]));
    for (const [path, bytes] of needed) {
      if ((there.get(path) ?? 0) >= bytes) continue;
      throw new BackupError(`${snapshot} lacks bytes of ${path} that its records rest on.`);
    }
    if (count !== manifest.records.count) {
      throw new BackupError(`${snapshot} has ${count} of ${manifest.records.count} records.`);
    }
    return count;
  } finally {
    await store.close();
  }
}
