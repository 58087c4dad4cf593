/**
 * Takes a snapshot of a data directory, whether a server works on it or not.
 *
 * Records first, as of one moment, then the bytes that these records need: a record is written after its
 * bytes are on disk, and bytes never change, so whatever is written meanwhile makes no difference. Only
 * bytes that the place doesn't have are copied; of a pack that grew, what it grew by. A backup that broke
 * off left pieces, which the next one finds there.
 */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BackupError } from './backup-error.ts';
import { type Crc32c, forEachOf } from './durable-write.ts';
import { createNeededBytes, isOfThisMoment } from './needed-bytes.ts';
import {
  coverage,
  isCopied,
  listPieces,
  type Piece,
  type PieceRange,
  pieceName,
} from './pieces.ts';
import { type BackupPlace, nameAt } from './place.ts';
import { encodeRecordsFiles, type SnapshotRecord } from './records-file.ts';
import {
  type BlobFile,
  keepNewest,
  layoutVersion,
  newSnapshotId,
  openRepository,
  putBlobList,
  putManifest,
  putSnapshotFile,
  type Repository,
  removeUnfinished,
  type SnapshotFile,
  settingFiles,
  settingName,
  snapshotFileName,
} from './repository.ts';

/** Pieces copied at once; each is held in memory. */
const concurrency = 4;

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
  readonly place: BackupPlace;
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
  const { place, crc32c, signal } = deps;
  const repository: Repository = { place, crc32c, signal };
  await openRepository(repository, deps.source);
  await removeUnfinished(repository);
  const takenAt = deps.now();
  const id = await newSnapshotId(repository, takenAt);

  const { needed, add } = createNeededBytes();
  const records = await putRecords(deps, repository, id, add);
  const there = await listPieces(place, signal);
  const paths = [...needed.keys()].sort();
  const covers = paths.map((path) => coverage(path, needed.get(path)!, there.get(path) ?? []));
  const missing = covers.flat().filter((range) => !isCopied(range));
  const totalBytes = missing.reduce((sum, { from, to }) => sum + to - from, 0);
  let copiedBytes = 0;
  const copied = new Map<PieceRange, Piece>();
  await forEachOf(missing, concurrency, async (range) => {
    copied.set(range, await copyPiece(deps, range));
    copiedBytes += range.to - range.from;
    deps.onProgress?.({ copiedBytes, totalBytes });
  });

  const list = paths.map((path, i): BlobFile => {
    const pieces = covers[i]!.map((range) => (isCopied(range) ? range : copied.get(range)!));
    return { path, bytes: needed.get(path)!, pieces };
  });
  const bytes = list.reduce((sum, one) => sum + one.bytes, 0);
  const blobs = await putBlobList(repository, id, list);
  const settings = await putSettings(deps, repository, id);
  const files = [...records.files, ...blobs, ...settings];
  await assertAllThere(repository, id, files, list);
  // Of two directories' first backups that began here at once, one has put its head over the other's.
  await openRepository(repository, deps.source);
  signal.throwIfAborted();
  await putManifest(repository, id, {
    layout: layoutVersion,
    format: deps.format,
    takenAt: new Date(takenAt).toISOString(),
    records,
    blobs: { count: list.length, bytes, files: blobs },
    settings,
  });
  const dropped = deps.keep === undefined ? 0 : await keepNewest(repository, deps.keep);
  return {
    snapshot: id,
    records: records.count,
    files: list.length,
    bytes,
    copiedBytes,
    dropped,
  };
}

/**
 * A backup of a copy of this data directory, or someone who tidies up, may have removed what this one rests on since
 * it was listed.
 */
async function assertAllThere(
  { place, signal }: Repository,
  id: string,
  files: readonly SnapshotFile[],
  list: readonly BlobFile[],
): Promise<void> {
  const there = new Set<string>();
  for await (const page of place.list(snapshotFileName(id, ''), signal)) {
    for (const { name } of page) there.add(name);
  }
  for (const pieces of (await listPieces(place, signal)).values()) {
    for (const piece of pieces) there.add(pieceName(piece));
  }
  const expected = [
    ...files.map(({ name }) => snapshotFileName(id, name)),
    ...list.flatMap(({ pieces }) => pieces.map(pieceName)),
  ];
  const gone = expected.find((name) => !there.has(name));
  if (gone === undefined) return;
  throw new BackupError(`${nameAt(place, gone)} was removed meanwhile. Run the backup again.`);
}

async function putRecords(
  deps: BackupDeps,
  repository: Repository,
  id: string,
  add: (record: SnapshotRecord) => void,
) {
  function* recordsToKeep() {
    for (const record of deps.snapshot()) {
      if (isOfThisMoment(record)) continue;
      add(record);
      yield record;
    }
  }
  const files: SnapshotFile[] = [];
  let records = 0;
  for (const { content, count } of encodeRecordsFiles(recordsToKeep(), deps.crc32c)) {
    deps.signal.throwIfAborted();
    files.push(await putSnapshotFile(repository, id, `records-${files.length}`, content));
    records += count;
  }
  return { count: records, files };
}

async function copyPiece(
  { dataDir, place, crc32c, signal }: BackupDeps,
  range: PieceRange,
): Promise<Piece> {
  signal.throwIfAborted();
  const content = await readRange(join(dataDir, 'blobs', range.path), range);
  const piece = { ...range, crc32c: crc32c(content) };
  await place.put(pieceName(piece), content, signal);
  return piece;
}

async function readRange(source: string, { from, to }: PieceRange): Promise<Buffer> {
  const file = await open(source, 'r').catch((cause: unknown) => {
    throw new BackupError(`${source} cannot be read.`, { cause });
  });
  try {
    const content = Buffer.allocUnsafe(to - from);
    for (let done = 0; done < content.length; ) {
      const { bytesRead } = await file.read(content, done, content.length - done, from + done);
      if (bytesRead === 0) {
        throw new BackupError(`${source} ends after ${from + done} of ${to} bytes.`);
      }
      done += bytesRead;
    }
    return content;
  } finally {
    await file.close();
  }
}

async function putSettings({ dataDir }: BackupDeps, repository: Repository, id: string) {
  const settings: SnapshotFile[] = [];
  for (const name of settingFiles) {
    const path = join(dataDir, name);
    const content = await readFile(path).catch((cause: unknown) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined;
      throw new BackupError(`${path} cannot be read.`, { cause });
    });
    if (content === undefined) continue;
    settings.push(await putSnapshotFile(repository, id, settingName(name), content));
  }
  return settings;
}
