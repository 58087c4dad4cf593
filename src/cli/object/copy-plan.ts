/** Which copies a `cp` or `mv` is made of. */
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { CommandError, usageError } from '../command-error.ts';
import { folderOf, formatRemote, type Place, parsePlace, type RemotePlace } from '../location.ts';
import type { Session } from '../session.ts';
import { createFilter, type Filter, type Matches } from './glob.ts';
import { type CopyJob, type Item, isSameServer } from './items.ts';
import { localTree, pathOfKey } from './local-tree.ts';

export interface PlanFlags {
  readonly recursive?: boolean | undefined;
  readonly filters?: readonly Filter[] | undefined;
  readonly versionId?: string | undefined;
}

/** Told what takes no part though it was meant, and why. */
export type PassOver = (name: string, why: string) => void;

/** @throws CommandError for places that don't go together */
export async function* planCopies(
  session: Session,
  sources: readonly string[],
  target: string,
  flags: PlanFlags,
  passOver: PassOver,
): AsyncGenerator<CopyJob, void, undefined> {
  const from = sources.map(parsePlace);
  const to = parsePlace(target);
  if (from.every(({ kind }) => kind !== 'remote') && to.kind !== 'remote') {
    throw usageError(
      'Neither place is in a bucket. Say ALIAS/BUCKET/KEY or s3://BUCKET/KEY for one of them.',
    );
  }
  assertInBucket([...from, to]);
  if (flags.versionId !== undefined && (from.length > 1 || flags.recursive)) {
    throw usageError('--version-id is for one object.');
  }
  const [only] = from;
  if (flags.recursive) {
    if (from.length > 1) throw usageError('--recursive takes one source.');
    yield* planFolder(session, only!, to, flags, passOver);
    return;
  }
  if (flags.filters !== undefined && flags.filters.length > 0) {
    throw usageError('--include and --exclude are for --recursive.');
  }
  const isInto = from.length > 1 || (await isDirectory(to));
  if (from.length > 1 && !(await isDirectory(to))) {
    throw usageError(`Several sources need a folder to go to: end ${target} with a slash.`);
  }
  for (const one of from) yield await planOne(session, one, to, isInto, flags);
}

function assertInBucket(places: readonly Place[]): void {
  for (const place of places) {
    if (place.kind !== 'remote' || place.bucket !== '') continue;
    throw usageError(`${formatRemote(place)} names no bucket. Say ALIAS/BUCKET/KEY.`);
  }
}

/** What goes there keeps its name. */
async function isDirectory(place: Place): Promise<boolean> {
  if (place.kind === 'standard') return false;
  if (place.kind === 'remote') return place.key === '' || place.key.endsWith('/');
  return place.path.endsWith('/') || (await isLocalDirectory(place.path));
}

const isLocalDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

async function planOne(
  session: Session,
  from: Place,
  to: Place,
  isInto: boolean,
  { versionId }: PlanFlags,
): Promise<CopyJob> {
  const source = await sourceItem(session, from, versionId);
  const name = lastPart(from);
  if (isInto && name === '') {
    throw usageError('Standard input has no name: say the whole target.');
  }
  if (to.kind === 'standard') return { source, target: { kind: 'standard' } };
  if (to.kind === 'local') {
    const path = isInto ? pathOfKey(to.path, name) : to.path;
    if (path === undefined) throw usageError(`${name} is no name for a file: say the whole path.`);
    return { source, target: { kind: 'file', path } };
  }
  const key = isInto ? folderOf(to.key) + name : to.key;
  const place = { ...to, key };
  const target: Item = { kind: 'object', client: session.connect(to.alias), place };
  assertElsewhere(source, target);
  return { source, target };
}

async function sourceItem(
  session: Session,
  from: Place,
  versionId: string | undefined,
): Promise<Item> {
  if (from.kind === 'remote') {
    if (from.key === '' || from.key.endsWith('/')) {
      throw usageError(`${formatRemote(from)} is a folder: say --recursive for what is in it.`);
    }
    const client = session.connect(from.alias);
    return { kind: 'object', client, place: from, versionId };
  }
  if (versionId !== undefined) throw usageError('--version-id is for an object.');
  if (from.kind === 'standard') return { kind: 'standard' };
  if (await isLocalDirectory(from.path)) {
    throw usageError(`${from.path} is a directory: say --recursive for what is in it.`);
  }
  return { kind: 'file', path: from.path };
}

const lastPart = (place: Place): string => {
  if (place.kind === 'standard') return '';
  if (place.kind === 'local') return basename(place.path);
  return place.key.slice(place.key.lastIndexOf('/') + 1);
};

/** An object that is moved onto itself would be gone. */
function assertElsewhere(source: Item, target: Item): void {
  if (source.kind !== 'object' || target.kind !== 'object' || source.versionId !== undefined)
    return;
  const isSame =
    isSameServer(source.client, target.client) &&
    source.place.bucket === target.place.bucket &&
    source.place.key === target.place.key;
  if (isSame) throw usageError(`${formatRemote(source.place)} is source and target at once.`);
}

async function* planFolder(
  session: Session,
  from: Place,
  to: Place,
  { filters = [] }: PlanFlags,
  passOver: PassOver,
): AsyncGenerator<CopyJob, void, undefined> {
  if (from.kind === 'standard' || to.kind === 'standard') {
    throw usageError('--recursive is for folders, not for standard input or output.');
  }
  if (from.kind === 'remote' && to.kind === 'remote') assertApart(session, from, to);
  const matches = createFilter(filters);
  for await (const { relative, item } of sourcesBelow(session, from, matches, passOver)) {
    const target = targetBelow(session, to, relative);
    if (target === undefined) passOver(relative, 'its key is no path');
    else yield { source: item, target };
  }
}

function assertApart(session: Session, from: RemotePlace, to: RemotePlace): void {
  const isSame =
    from.bucket === to.bucket &&
    isSameServer(session.connect(from.alias), session.connect(to.alias));
  if (!isSame || !folderOf(to.key).startsWith(folderOf(from.key))) return;
  throw usageError(
    `${formatRemote(to)} lies in ${formatRemote(from)}: what is copied would be copied again.`,
  );
}

async function* sourcesBelow(
  session: Session,
  from: Exclude<Place, { kind: 'standard' }>,
  matches: Matches,
  passOver: PassOver,
): AsyncGenerator<{ readonly relative: string; readonly item: Item }, void, undefined> {
  if (from.kind === 'local') {
    if (!(await isLocalDirectory(from.path))) {
      throw new CommandError(`${from.path} is no directory.`);
    }
    for await (const { Key, Size, path } of localTree(from.path, passOver)) {
      if (matches(Key)) yield { relative: Key, item: { kind: 'file', path, size: Size } };
    }
    return;
  }
  const client = session.connect(from.alias);
  const Prefix = folderOf(from.key);
  const pages = client.paginate.listObjectsV2(
    { Bucket: from.bucket, Prefix },
    { signal: session.signal },
  );
  for await (const { Key = '', Size: size } of pages.items()) {
    const relative = Key.slice(Prefix.length);
    // The folder's own mark.
    if (relative === '' || !matches(relative)) continue;
    yield { relative, item: { kind: 'object', client, place: { ...from, key: Key }, size } };
  }
}

/** Undefined for a key that is no path. */
export function targetBelow(
  session: Session,
  to: Exclude<Place, { kind: 'standard' }>,
  relative: string,
): Item | undefined {
  if (to.kind === 'local') {
    const path = pathOfKey(to.path, relative);
    return path === undefined ? undefined : { kind: 'file', path };
  }
  const key = folderOf(to.key) + relative;
  return { kind: 'object', client: session.connect(to.alias), place: { ...to, key } };
}
