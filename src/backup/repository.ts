/**
 * What lies in a backup's directory.
 *
 * `kist-backup.json`         which data directory it is of, and the version of this layout
 * `blobs/…`                  bytes, under the paths they have in the data directory; packs only grow
 * `copied.jsonl`             what of them is on disk: path, bytes, CRC32C; of a path the last line counts
 * `snapshots/<time>/`        `records`, `blobs.jsonl` (what of `blobs/` it rests on), `settings/`, and, when all
 *                            of it is on disk, `manifest.json`
 *
 * Bytes are never written over, so snapshots share them: an older one rests on a pack's beginning.
 */
import { mkdir, open, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { BackupError } from './backup-error.ts';
import { syncDirectory, writeDurably } from './durable-write.ts';

export const layoutVersion = 1;

/** A file below `blobs/`, from its beginning to `bytes`. */
export interface CopiedBytes {
  readonly path: string;
  readonly bytes: number;
  /** CRC32C of them. */
  readonly crc32c: number;
}

export interface Manifest {
  readonly layout: number;
  /** Version of the records and of the bytes: docs/on-disk-format.md. */
  readonly format: number;
  readonly takenAt: string;
  readonly records: { readonly count: number };
  readonly blobs: { readonly files: number; readonly bytes: number; readonly crc32c: number };
  /** Names below `settings/`. */
  readonly settings: readonly { readonly name: string; readonly crc32c: number }[];
}

const headName = 'kist-backup.json';

export const blobPath = (directory: string, path: string) => join(directory, 'blobs', path);
export const snapshotPath = (directory: string, id: string) => join(directory, 'snapshots', id);
const ledgerPath = (directory: string) => join(directory, 'copied.jsonl');
const manifestPath = (snapshot: string) => join(snapshot, 'manifest.json');

/** Makes the directory, or checks that it is a backup of this data directory. */
export async function openRepository(directory: string, source: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const names = await readdir(directory);
  if (names.includes(headName)) {
    const head = await readHead(directory);
    if (head.source !== source) {
      throw new BackupError(
        `${directory} holds backups of another data directory. Choose one for this.`,
      );
    }
  } else {
    if (names.some((name) => name !== `${headName}.new`)) {
      throw new BackupError(`${directory} is neither empty nor a backup of Kist's.`);
    }
    const head = { layout: layoutVersion, source };
    await writeDurably(join(directory, headName), `${JSON.stringify(head)}\n`);
    await syncDirectory(dirname(directory));
  }
  for (const name of ['blobs', 'blobs/packs', 'blobs/files', 'snapshots']) {
    await mkdir(join(directory, name), { recursive: true, mode: 0o700 });
  }
  await syncDirectory(join(directory, 'blobs'));
  await syncDirectory(directory);
}

/** @throws BackupError if it is no backup, or one of a newer Kist. */
async function readHead(directory: string): Promise<{ readonly source: string }> {
  const text = await readFile(join(directory, headName), 'utf8').catch((cause: unknown) => {
    throw new BackupError(`${directory} is not a backup of Kist's.`, { cause });
  });
  const head = JSON.parse(text) as { readonly layout: number; readonly source: string };
  if (head.layout > layoutVersion) {
    throw new BackupError(`${directory} is a backup of layout ${head.layout}. Use a newer Kist.`);
  }
  return head;
}

/** Ids of finished snapshots, the newest last. */
export async function listSnapshots(directory: string): Promise<readonly string[]> {
  await readHead(directory);
  const finished: string[] = [];
  for (const id of (await readdir(join(directory, 'snapshots'))).sort()) {
    const names = await readdir(snapshotPath(directory, id));
    if (names.includes('manifest.json')) finished.push(id);
  }
  return finished;
}

/** What earlier backups have copied, whether they were finished or not. */
export async function readLedger(directory: string): Promise<Map<string, CopiedBytes>> {
  const copied = new Map<string, CopiedBytes>();
  for (const line of (await readIfThere(ledgerPath(directory))).split('\n')) {
    const entry = parseCopied(line);
    if (entry) copied.set(entry.path, entry);
  }
  return copied;
}

/** On disk when it resolves. */
export async function appendLedger(
  directory: string,
  copied: readonly CopiedBytes[],
): Promise<void> {
  const file = await open(ledgerPath(directory), 'a', 0o600);
  try {
    // A line that was torn ends here.
    await file.writeFile(`\n${linesOf(copied)}`);
    await file.sync();
  } finally {
    await file.close();
  }
}

export const linesOf = (copied: Iterable<CopiedBytes>): string =>
  Array.from(copied, (entry) => `${JSON.stringify(entry)}\n`).join('');

export function parseLines(text: string): readonly CopiedBytes[] {
  return text.split('\n').flatMap((line) => parseCopied(line) ?? []);
}

/** A torn line is none: what it said is copied again. */
function parseCopied(line: string): CopiedBytes | undefined {
  if (!line.startsWith('{') || !line.endsWith('}')) return undefined;
  try {
    return JSON.parse(line) as CopiedBytes;
  } catch {
    return undefined;
  }
}

/** Removes what broken-off backups began. */
export async function removeUnfinished(directory: string): Promise<void> {
  const finished = new Set(await listSnapshots(directory));
  for (const id of await readdir(join(directory, 'snapshots'))) {
    if (!finished.has(id)) await rm(snapshotPath(directory, id), { recursive: true });
  }
}

export async function writeManifest(snapshot: string, manifest: Manifest): Promise<void> {
  await syncDirectory(snapshot);
  await syncDirectory(dirname(snapshot));
  await writeDurably(manifestPath(snapshot), `${JSON.stringify(manifest, null, 2)}\n`);
}

export async function readManifest(snapshot: string): Promise<Manifest> {
  return JSON.parse(await readFile(manifestPath(snapshot), 'utf8')) as Manifest;
}

/** Removes all snapshots but the newest, and the bytes that none of them rests on. How many went. */
export async function keepNewest(directory: string, keep: number): Promise<number> {
  const ids = await listSnapshots(directory);
  const dropped = ids.slice(0, Math.max(0, ids.length - keep));
  if (dropped.length === 0) return 0;
  for (const id of dropped) {
    // Without its manifest it is none, however far its removal comes.
    await unlink(manifestPath(snapshotPath(directory, id)));
    await rm(snapshotPath(directory, id), { recursive: true });
  }
  const needed = new Set<string>();
  for (const id of ids.slice(dropped.length)) {
    const list = await readFile(join(snapshotPath(directory, id), 'blobs.jsonl'), 'utf8');
    for (const { path } of parseLines(list)) needed.add(path);
  }
  const copied = [...(await readLedger(directory)).values()];
  const kept = copied.filter(({ path }) => needed.has(path));
  // The ledger never promises what is gone.
  await writeDurably(ledgerPath(directory), linesOf(kept));
  for (const { path } of copied) {
    if (!needed.has(path)) await rm(blobPath(directory, path), { force: true });
  }
  return dropped.length;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
