/**
 * What lies in a backup, be it a directory or a prefix of a bucket.
 *
 * `kist-backup.json`      which data directory it is of, and the version of this layout
 * `blobs/…`               bytes, cut into pieces: `pieces.ts`
 * `snapshots/<time>/`     `records-<n>`, `blobs-<n>` (which pieces it rests on), `settings/`, and, when all of it is
 *                         durable, `manifest.json`
 *
 * Nothing is ever changed, so snapshots share pieces: an older one rests on the first of those that a pack has.
 */
import { BackupError } from './backup-error.ts';
import type { Crc32c } from './durable-write.ts';
import { listPieces, type Piece, parseRange, pieceName, rangeName } from './pieces.ts';
import { type BackupPlace, nameAt } from './place.ts';

export const layoutVersion = 1;
const headName = 'kist-backup.json';
const snapshotsFolder = 'snapshots/';
const manifestName = 'manifest.json';
/** A list is cut into files of about this size. */
const listTargetBytes = 4 * 1024 * 1024;
/** Files of the data directory beside records and bytes: without them nobody gets in, or nothing sealed opens. */
export const settingFiles = ['root-credentials.json', 'master-key'] as const;

/** As a snapshot has it. */
export const settingName = (file: (typeof settingFiles)[number]): string => `settings/${file}`;

/** A file below `snapshots/<time>/`. */
export interface SnapshotFile {
  readonly name: string;
  readonly crc32c: number;
}

export interface Manifest {
  readonly layout: number;
  /** Version of the records and of the bytes: docs/on-disk-format.md. */
  readonly format: number;
  readonly takenAt: string;
  readonly records: { readonly count: number; readonly files: readonly SnapshotFile[] };
  readonly blobs: {
    readonly count: number;
    readonly bytes: number;
    readonly files: readonly SnapshotFile[];
  };
  readonly settings: readonly SnapshotFile[];
}

/** A file below `blobs/` of the data directory: its first bytes, and the pieces that have them, in order. */
export interface BlobFile {
  readonly path: string;
  readonly bytes: number;
  readonly pieces: readonly Piece[];
}

export interface Repository {
  readonly place: BackupPlace;
  readonly crc32c: Crc32c;
  readonly signal: AbortSignal;
}

export const snapshotFileName = (id: string, name: string): string =>
  `${snapshotsFolder}${id}/${name}`;

/** Begins a backup at a place where nothing is, or checks that the one there is of this data directory. */
export async function openRepository(repository: Repository, source: string): Promise<void> {
  const { place, signal } = repository;
  const head = await readHead(repository);
  if (head?.source === source) return;
  if (head !== undefined) {
    throw new BackupError(
      `${place.title} holds backups of another data directory. Choose one for this.`,
    );
  }
  for await (const page of place.list('', signal)) {
    if (page.length === 0) continue;
    throw new BackupError(`${place.title} is neither empty nor a backup of Kist's.`);
  }
  await putJson(repository, headName, { layout: layoutVersion, source });
  await place.flush();
}

interface Head {
  readonly layout: number;
  readonly source: string;
}

/** @throws BackupError if it is one of a newer Kist */
async function readHead(repository: Repository): Promise<Head | undefined> {
  const head = await getJson<Head>(repository, headName);
  if (head === undefined || head.layout <= layoutVersion) return head;
  throw new BackupError(
    `${repository.place.title} is a backup of layout ${head.layout}. Use a newer Kist.`,
  );
}

/** Ids of finished snapshots, the newest last, and names of all files by snapshot. @throws BackupError if it is no backup */
export async function listSnapshots(repository: Repository): Promise<{
  readonly finished: readonly string[];
  readonly files: ReadonlyMap<string, readonly string[]>;
}> {
  const { place, signal } = repository;
  if ((await readHead(repository)) === undefined) {
    throw new BackupError(`${place.title} is not a backup of Kist's.`);
  }
  const files = new Map<string, string[]>();
  for await (const page of place.list(snapshotsFolder, signal)) {
    for (const { name } of page) {
      const id = name.split('/')[1]!;
      files.set(id, [...(files.get(id) ?? []), name]);
    }
  }
  const finished = [...files.keys()]
    .filter((id) => files.get(id)?.includes(snapshotFileName(id, manifestName)))
    .sort();
  return { finished, files };
}

/**
 * The time, so that ids sort by age. They do if the clock was ahead at an earlier one, too: taken for the oldest, the
 * new one would be the first to be dropped.
 */
export async function newSnapshotId(repository: Repository, takenAt: number): Promise<string> {
  const { finished } = await listSnapshots(repository);
  const newest = timeOf(finished.at(-1) ?? '');
  return idOf(newest >= takenAt ? newest + 1 : takenAt);
}

const idOf = (time: number): string => new Date(time).toISOString().replaceAll(/[-:.]/g, '');

/** NaN if it is none of an id. */
const timeOf = (id: string): number =>
  Date.parse(
    id.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3}Z)$/, '$1-$2-$3T$4:$5:$6.$7'),
  );

/** Removes what broken-off backups began. */
export async function removeUnfinished(repository: Repository): Promise<void> {
  const { finished, files } = await listSnapshots(repository);
  const left = [...files].filter(([id]) => !finished.includes(id)).flatMap(([, names]) => names);
  if (left.length > 0) await repository.place.remove(left, repository.signal);
}

export async function putSnapshotFile(
  { place, crc32c, signal }: Repository,
  id: string,
  name: string,
  content: Buffer,
): Promise<SnapshotFile> {
  await place.put(snapshotFileName(id, name), content, signal);
  return { name, crc32c: crc32c(content) };
}

/** @throws BackupError if it is missing or isn't what was put */
export async function getSnapshotFile(
  { place, crc32c, signal }: Repository,
  id: string,
  file: SnapshotFile,
): Promise<Buffer> {
  const name = snapshotFileName(id, file.name);
  const content = await place.get(name, signal);
  if (content === undefined) throw new BackupError(`${nameAt(place, name)} is missing.`);
  if (crc32c(content) === file.crc32c) return content;
  throw new BackupError(`${nameAt(place, name)} differs from its checksum.`);
}

export async function putBlobList(
  repository: Repository,
  id: string,
  list: readonly BlobFile[],
): Promise<readonly SnapshotFile[]> {
  const files: SnapshotFile[] = [];
  let lines: Buffer[] = [];
  let length = 0;
  const flush = async () => {
    const content = Buffer.concat(lines);
    files.push(await putSnapshotFile(repository, id, `blobs-${files.length}`, content));
    lines = [];
    length = 0;
  };
  for (const { path, bytes, pieces } of list) {
    const line = Buffer.from(`${JSON.stringify([path, bytes, ...pieces.map(rangeName)])}\n`);
    lines.push(line);
    length += line.length;
    if (length >= listTargetBytes) await flush();
  }
  if (lines.length > 0) await flush();
  return files;
}

/** @throws BackupError if a part of it is missing or damaged */
export async function getBlobList(
  repository: Repository,
  id: string,
  { blobs }: Manifest,
): Promise<readonly BlobFile[]> {
  const list: BlobFile[] = [];
  for (const file of blobs.files) {
    const content = await getSnapshotFile(repository, id, file);
    for (const line of content.toString().split('\n')) if (line !== '') list.push(blobFileOf(line));
  }
  if (list.length === blobs.count) return list;
  const name = nameAt(repository.place, snapshotFileName(id, ''));
  throw new BackupError(`${name} lists ${list.length} of ${blobs.count} files.`);
}

function blobFileOf(line: string): BlobFile {
  const [path, bytes, ...ranges] = JSON.parse(line) as [string, number, ...string[]];
  return { path, bytes, pieces: ranges.map((range) => parseRange(path, range)!) };
}

/** The snapshot is one from now on. */
export async function putManifest(
  repository: Repository,
  id: string,
  manifest: Manifest,
): Promise<void> {
  await repository.place.flush();
  await putJson(repository, snapshotFileName(id, manifestName), manifest);
  await repository.place.flush();
}

/** @throws BackupError if it is missing, damaged, or names files that are none of a snapshot */
export async function getManifest(repository: Repository, id: string): Promise<Manifest> {
  const name = snapshotFileName(id, manifestName);
  const title = nameAt(repository.place, name);
  const manifest = await getJson<Manifest>(repository, name);
  if (manifest === undefined) throw new BackupError(`${title} is missing.`);
  const { records, blobs, settings } = manifest;
  const isSetting = (file: string) => settingFiles.some((setting) => settingName(setting) === file);
  const strange =
    [...records.files, ...blobs.files].find((file) => !/^(records|blobs)-\d+$/.test(file.name)) ??
    settings.find((file) => !isSetting(file.name));
  if (strange === undefined) return manifest;
  // Whoever could write the backup must not have other files read or written.
  throw new BackupError(`${title} names ${JSON.stringify(strange.name)}.`);
}

/** Removes all snapshots but the newest, and the pieces that none of them rests on. How many went. */
export async function keepNewest(repository: Repository, keep: number): Promise<number> {
  const { place, signal } = repository;
  const { finished, files } = await listSnapshots(repository);
  const dropped = finished.slice(0, Math.max(0, finished.length - keep));
  if (dropped.length === 0) return 0;
  const needed = new Set<string>();
  for (const id of finished.slice(dropped.length)) {
    const list = await getBlobList(repository, id, await getManifest(repository, id));
    for (const { pieces } of list) for (const piece of pieces) needed.add(pieceName(piece));
  }
  for (const id of dropped) {
    // Without its manifest it is none, however far its removal comes.
    await place.remove([snapshotFileName(id, manifestName)], signal);
  }
  await place.remove(
    dropped.flatMap((id) => files.get(id)!).filter((name) => !name.endsWith(`/${manifestName}`)),
    signal,
  );
  const there = [...(await listPieces(place, signal)).values()].flat().map(pieceName);
  await place.remove(
    there.filter((name) => !needed.has(name)),
    signal,
  );
  return dropped.length;
}

interface Sealed {
  readonly content: unknown;
  /** Of `content` as JSON without spaces. */
  readonly crc32c: number;
}

async function putJson(repository: Repository, name: string, content: unknown): Promise<void> {
  const checksum = repository.crc32c(Buffer.from(JSON.stringify(content)));
  const sealed: Sealed = { content, crc32c: checksum };
  const text = `${JSON.stringify(sealed, null, 2)}\n`;
  await repository.place.put(name, Buffer.from(text), repository.signal);
}

/** @throws BackupError if it isn't what was put */
async function getJson<T>(
  { place, crc32c, signal }: Repository,
  name: string,
): Promise<T | undefined> {
  const content = await place.get(name, signal);
  if (content === undefined) return undefined;
  const sealed = sealedOf(content.toString());
  const text = JSON.stringify(sealed?.content) ?? '';
  if (sealed?.crc32c === crc32c(Buffer.from(text))) return sealed.content as T;
  throw new BackupError(`${nameAt(place, name)} differs from its checksum.`);
}

function sealedOf(text: string): Sealed | undefined {
  try {
    return JSON.parse(text) as Sealed;
  } catch {
    return undefined;
  }
}
