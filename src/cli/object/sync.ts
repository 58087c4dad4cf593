/** `kist object sync`: a folder made like another one, with no more copies than it takes. */
import { rm, stat } from 'node:fs/promises';
import type { Client } from '../../client/create-client.ts';
import { planSync, type SyncEntry } from '../../client/transfer/plan-sync.ts';
import { CommandError, usageError } from '../command-error.ts';
import { sentence } from '../explain.ts';
import { folderOf, formatRemote, type Place, parsePlace } from '../location.ts';
import { errorFields } from '../output.ts';
import { inSession, type Session } from '../session.ts';
import { targetBelow } from './copy-plan.ts';
import { newTally, runCopies, type Tally, tellTally } from './copy-run.ts';
import { copySettings, type RunFlags } from './copy-settings.ts';
import { createFilter, type Matches } from './glob.ts';
import { type CopyJob, type Item, isSameServer, nameOf, objectAt } from './items.ts';
import { localTree } from './local-tree.ts';
import { sameContent } from './same-content.ts';

export interface SyncFlags extends RunFlags {
  readonly delete?: boolean;
  readonly checksum?: boolean;
  readonly sizeOnly?: boolean;
}

/** Something that a side has, by its key below the folder. */
interface SideEntry extends SyncEntry {
  readonly Key: string;
  readonly item: Item;
}

type Folder = Exclude<Place, { kind: 'standard' }>;

/** Gives the exit code. */
export const syncObjects = (source: string, target: string, flags: SyncFlags): Promise<number> =>
  inSession(flags, async (session) => {
    const [from, to] = [folderAt(source), folderAt(target)];
    checkPlaces(session, from, to);
    if (from.kind === 'local') await assertDirectory(from.path);
    const tally = newTally();
    await syncOnce(session, from, to, flags, tally);
    return tellTally(session, 'sync', tally, flags);
  });

export function folderAt(text: string): Folder {
  const place = parsePlace(text);
  if (place.kind === 'standard') throw usageError('This is for folders, not for standard input.');
  if (place.kind === 'remote' && place.bucket === '') {
    throw usageError(`${text} names no bucket. Say ALIAS/BUCKET or s3://BUCKET.`);
  }
  return place;
}

function checkPlaces(session: Session, from: Folder, to: Folder): void {
  if (from.kind === 'local' && to.kind === 'local') {
    throw usageError('Neither place is in a bucket. Say ALIAS/BUCKET or s3://BUCKET for one.');
  }
  if (from.kind === 'local' || to.kind === 'local' || from.bucket !== to.bucket) return;
  if (!isSameServer(session.connect(from.alias), session.connect(to.alias))) return;
  const [source, target] = [folderOf(from.key), folderOf(to.key)];
  if (target.startsWith(source) || source.startsWith(target)) {
    throw usageError(`${formatRemote(from)} and ${formatRemote(to)} lie in each other.`);
  }
}

export async function assertDirectory(path: string): Promise<void> {
  const isThere = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  // With --delete, a source that isn't mounted would empty the target.
  if (!isThere) throw new CommandError(`${path} is no directory.`);
}

async function syncOnce(
  session: Session,
  from: Folder,
  to: Folder,
  flags: SyncFlags,
  tally: Tally,
): Promise<void> {
  const settings = copySettings(flags);
  const doomed: SideEntry[] = [];
  const matches = createFilter(flags.filters ?? []);
  let isWhole = true;
  const passOver = (name: string, why: string): void => {
    tally.skipped += 1;
    // What can't be seen may be there: nothing is deleted for it.
    isWhole = false;
    session.out.note(`skipped: ${name}: ${why}`);
  };
  async function* jobs(): AsyncGenerator<CopyJob, void, undefined> {
    const steps = planSync(
      entriesOf(session, from, matches, passOver),
      entriesOf(session, to, matches, (name, why) => {
        session.out.note(`skipped: ${name}: ${why}`);
      }),
      { deletes: flags.delete, compare: comparison(flags, session) },
    );
    for await (const step of steps) {
      if (step.action === 'delete') doomed.push(step.target);
      else if (step.action === 'skip') tally.skipped += 1;
      else {
        const target = targetBelow(session, to, step.key);
        if (target === undefined) passOver(step.key, 'its key is no path');
        else yield { source: step.source.item, target };
      }
    }
  }
  const { dryRun, quiet } = flags;
  await runCopies(session, jobs(), { settings, dryRun, quiet, verb: 'copy' }, tally);
  if (doomed.length === 0) return;
  if (!isWhole || tally.failed > 0) {
    session.out.note(
      `nothing was deleted, as something was skipped or failed: ${doomed.length} are left.`,
    );
    tally.failed += 1;
    return;
  }
  for (const { item } of doomed) await removeItem(session, item, flags, tally);
}

type Compare = (source: SideEntry, target: SideEntry) => boolean | Promise<boolean>;

function comparison(
  { checksum = false, sizeOnly = false }: SyncFlags,
  { signal }: Session,
): 'size' | 'sizeAndTime' | Compare {
  if (checksum && sizeOnly) throw usageError('--checksum and --size-only exclude each other.');
  if (checksum) {
    return (source, target) =>
      source.Size === target.Size && sameContent(source.item, target.item, signal);
  }
  return sizeOnly ? 'size' : 'sizeAndTime';
}

async function* entriesOf(
  session: Session,
  place: Folder,
  matches: Matches,
  passOver: (name: string, why: string) => void,
): AsyncGenerator<SideEntry, void, undefined> {
  if (place.kind === 'local') {
    yield* filesOf(place.path, matches, passOver);
    return;
  }
  yield* objectsOf(session.connect(place.alias), place, matches, session.signal);
}

async function* filesOf(
  directory: string,
  matches: Matches,
  passOver: (name: string, why: string) => void,
): AsyncGenerator<SideEntry, void, undefined> {
  try {
    for await (const { Key, Size, LastModified, path } of localTree(directory, passOver)) {
      if (matches(Key)) yield { Key, Size, LastModified, item: { kind: 'file', path, size: Size } };
    }
  } catch (error) {
    // A target that isn't there yet has nothing.
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}

export async function* objectsOf(
  client: Client,
  place: Extract<Place, { kind: 'remote' }>,
  matches: Matches,
  signal: AbortSignal,
): AsyncGenerator<SideEntry, void, undefined> {
  const Prefix = folderOf(place.key);
  const pages = client.paginate.listObjectsV2({ Bucket: place.bucket, Prefix }, { signal });
  for await (const { Key = '', Size, LastModified, ETag } of pages.items()) {
    const relative = Key.slice(Prefix.length);
    if (relative === '' || !matches(relative)) continue;
    const item: Item = { kind: 'object', client, place: { ...place, key: Key }, size: Size };
    yield { Key: relative, Size, LastModified, ETag, item };
  }
}

export async function removeItem(
  { out, signal }: Session,
  item: Item,
  { dryRun = false, quiet }: Pick<SyncFlags, 'dryRun' | 'quiet'>,
  tally: Tally,
): Promise<void> {
  const path = nameOf(item);
  try {
    if (!dryRun && item.kind === 'file') await rm(item.path, { force: true });
    if (!dryRun && item.kind === 'object')
      await item.client.deleteObject(objectAt(item), { signal });
  } catch (error) {
    signal.throwIfAborted();
    tally.failed += 1;
    if (out.json) out.record({ type: 'remove', path, status: 'failed', error: errorFields(error) });
    else out.note(`failed: ${path}: ${sentence(error)}`);
    return;
  }
  const status = dryRun ? 'planned' : 'done';
  const text = `${dryRun ? 'would remove: ' : 'removed: '}${path}`;
  out.record({ type: 'remove', path, status }, quiet ? undefined : text);
}
