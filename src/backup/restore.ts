/**
 * Makes a data directory out of a snapshot: bytes, then records, then the small files, each verified
 * against its checksum on the way. A mark lies in the directory until everything is on disk.
 */
import { randomUUID } from 'node:crypto';
import { chmod, constants, mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BackupError } from './backup-error.ts';
import {
  type Crc32c,
  forEachOf,
  syncDirectory,
  writeDurably,
  writeFully,
} from './durable-write.ts';
import { createNeededBytes } from './needed-bytes.ts';
import { readPiece } from './pieces.ts';
import { type BackupPlace, nameAt } from './place.ts';
import { decodeRecordsFile, type SnapshotRecord } from './records-file.ts';
import {
  type BlobFile,
  getBlobList,
  getManifest,
  getSnapshotFile,
  layoutVersion,
  listSnapshots,
  type Manifest,
  type Repository,
  settingFiles,
  snapshotFileName,
} from './repository.ts';
import { restoringMark } from './restoring-mark.ts';

/** Pieces copied at once; each is held in memory. */
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
  readonly place: BackupPlace;
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
  const { place, dataDir, crc32c, signal } = deps;
  const repository: Repository = { place, crc32c, signal };
  const id = await chooseSnapshot(repository, deps.snapshot);
  const manifest = await getManifest(repository, id);
  if (manifest.layout > layoutVersion || manifest.format > deps.format) {
    throw new BackupError(
      `Snapshot ${id} was taken by a newer Kist, in format ${manifest.format}. Use that one to restore it.`,
    );
  }
  const list = await getBlobList(repository, id, manifest);
  for (const file of list) assertWhole(place, file);
  const mark = await markDirectory(dataDir);
  const assertOwn = async () => {
    const found = await readFile(join(dataDir, restoringMark), 'utf8').catch(() => undefined);
    if (found === mark) return;
    throw new BackupError(`Another restore to ${dataDir} has begun meanwhile.`);
  };

  const blobs = join(dataDir, 'blobs');
  const directories = new Set(['packs', 'files', ...list.map(({ path }) => dirname(path))]);
  for (const directory of directories) {
    await mkdir(join(blobs, directory), { recursive: true, mode: 0o700 });
  }
  const totalBytes = list.reduce((sum, { bytes }) => sum + bytes, 0);
  let restoredBytes = 0;
  await forEachOf(partsOf(list), concurrency, async ({ path, bytes, piece }) => {
    signal.throwIfAborted();
    const content = await readPiece(place, piece, crc32c, signal);
    // Of a piece that has more than the snapshot rests on, the beginning.
    const wanted = content.subarray(0, bytes - piece.from);
    await writeAt(join(blobs, path), wanted, piece.from);
    restoredBytes += wanted.length;
    deps.onProgress?.({ restoredBytes, totalBytes });
  });
  for (const directory of directories) await syncDirectory(join(blobs, directory));
  for (const directory of ['files', '']) await syncDirectory(join(blobs, directory));

  // The other's records are not to be written over.
  await assertOwn();
  const records = await restoreRecords(deps, repository, id, manifest, list);
  await assertOwn();
  await deps.settle();
  for (const file of manifest.settings) {
    const content = await getSnapshotFile(repository, id, file);
    await writeDurably(join(dataDir, basename(file.name)), content);
  }
  await syncDirectory(dataDir);
  signal.throwIfAborted();
  await assertOwn();
  await rm(join(dataDir, restoringMark));
  for (const directory of [dataDir, dirname(dataDir)]) await syncDirectory(directory);
  return { snapshot: id, records, files: list.length, bytes: totalBytes };
}

async function chooseSnapshot(repository: Repository, wanted: string | undefined): Promise<string> {
  const { finished } = await listSnapshots(repository);
  const id = wanted ?? finished.at(-1);
  if (id === undefined) {
    throw new BackupError(`${repository.place.title} has no finished snapshot.`);
  }
  if (finished.includes(id)) return id;
  throw new BackupError(`There is no snapshot ${id}. There are: ${finished.join(', ')}.`);
}

/** Whoever could write the backup must not reach files outside of the data directory. */
const blobPattern = /^(packs\/[0-9a-f]{32}\.pack|files\/[0-9a-f]{2}\/[0-9a-f]{32}\.blob)$/;

/** @throws BackupError if its pieces leave a hole, or its path is none of a data directory */
function assertWhole(place: BackupPlace, { path, bytes, pieces }: BlobFile): void {
  const hasHole = pieces.some(({ from }, i) => from !== (pieces[i - 1]?.to ?? 0) || from >= bytes);
  if (!hasHole && (pieces.at(-1)?.to ?? 0) >= bytes && blobPattern.test(path)) return;
  throw new BackupError(`${place.title} lacks bytes of ${JSON.stringify(path)}.`);
}

function* partsOf(list: readonly BlobFile[]) {
  for (const { path, bytes, pieces } of list) {
    for (const piece of pieces) yield { path, bytes, piece };
  }
}

/** On disk when it resolves; the file's name is not yet. */
async function writeAt(path: string, content: Buffer, position: number): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT, 0o600);
  try {
    await writeFully(file, content, position);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** An empty directory, or what a restore left that broke off. Gives what the mark says, which is this restore's own. */
async function markDirectory(dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const names = await readdir(dataDir);
  if (names.length > 0 && !names.includes(restoringMark)) {
    throw new BackupError(`${dataDir} is not empty. Restore into a new directory.`);
  }
  await chmod(dataDir, 0o700);
  const mark = randomUUID();
  await writeFile(join(dataDir, restoringMark), mark);
  await syncDirectory(dataDir);
  // What another snapshot had would stay beside what this one has.
  for (const name of ['meta', 'blobs', ...settingFiles]) {
    await rm(join(dataDir, name), { recursive: true, force: true });
  }
  return mark;
}

/** @throws BackupError if a record rests on bytes that the snapshot doesn't have. */
async function restoreRecords(
  deps: RestoreDeps,
  repository: Repository,
  id: string,
  manifest: Manifest,
  list: readonly BlobFile[],
): Promise<number> {
  const store = await deps.openRecords(join(deps.dataDir, 'meta'));
  try {
    const { needed, add } = createNeededBytes();
    let count = 0;
    for (const file of manifest.records.files) {
      const content = await getSnapshotFile(repository, id, file);
      const title = nameAt(deps.place, snapshotFileName(id, file.name));
      for (const records of decodeRecordsFile(content, title, deps.crc32c)) {
        deps.signal.throwIfAborted();
        for (const record of records) add(record);
        await store.write(records);
        count += records.length;
      }
    }
    const there = new Map(list.map(({ path, bytes }) => [path, bytes]));
    for (const [path, bytes] of needed) {
      if ((there.get(path) ?? 0) >= bytes) continue;
      throw new BackupError(`Snapshot ${id} lacks bytes of ${path} that its records rest on.`);
    }
    if (count !== manifest.records.count) {
      throw new BackupError(`Snapshot ${id} has ${count} of ${manifest.records.count} records.`);
    }
    return count;
  } finally {
    await store.close();
  }
}
