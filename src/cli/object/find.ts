/** `kist object find` and `kist object du`: what there is below a folder, by name, size and age, and how much. */
import { inBytes } from '../byte-amounts.ts';
import { usageError } from '../command-error.ts';
import { folderOf, formatRemote, parseInBucket, type RemotePlace } from '../location.ts';
import { inSession, type Session } from '../session.ts';
import { type Matches, parseGlob } from './glob.ts';

export interface FindFlags {
  readonly name?: string;
  readonly regex?: string;
  readonly larger?: number;
  readonly smaller?: number;
  /** Milliseconds. */
  readonly olderThan?: number;
  readonly newerThan?: number;
  readonly json?: boolean;
}

export interface UsageFlags {
  readonly depth: number;
  readonly versions?: boolean;
  readonly bytes?: boolean;
  readonly json?: boolean;
}

interface Found {
  readonly key: string;
  readonly size: number;
  readonly lastModified: Date | undefined;
  readonly etag?: string | undefined;
}

/** Gives the exit code. */
export const findObjects = (path: string, flags: FindFlags): Promise<number> =>
  inSession(flags, async (session) => {
    const place = parseInBucket(path);
    const isMeant = criteria(flags, Date.now());
    for await (const found of below(session, place, false)) {
      if (!isMeant(found)) continue;
      const { key, size, lastModified, etag } = found;
      const name = formatRemote({ ...place, key });
      const record = {
        type: 'object',
        path: name,
        bucket: place.bucket,
        key,
        size,
        lastModified: lastModified?.toISOString(),
        etag,
      };
      session.out.record(record, name);
    }
  });

/** @param now milliseconds since the epoch */
export function criteria(flags: FindFlags, now: number): (found: Found) => boolean {
  const { name, regex, larger, smaller, olderThan, newerThan } = flags;
  const byName: Matches = name === undefined ? () => true : parseGlob(name);
  const expression = regex === undefined ? undefined : parseExpression(regex);
  return ({ key, size, lastModified }) => {
    const age = now - (lastModified?.getTime() ?? now);
    return (
      byName(key) &&
      (expression?.test(key) ?? true) &&
      (larger === undefined || size > larger) &&
      (smaller === undefined || size < smaller) &&
      (olderThan === undefined || age > olderThan) &&
      (newerThan === undefined || age < newerThan)
    );
  };
}

function parseExpression(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch (error) {
    throw usageError(`--regex: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

interface Amount {
  objects: number;
  bytes: number;
}

/** Sums of folders down to a depth, and of all. */
export const showUsage = (path: string, flags: UsageFlags): Promise<number> =>
  inSession(flags, async (session) => {
    const place = parseInBucket(path);
    const { depth, versions = false, bytes: inNumbers = false } = flags;
    const prefix = folderOf(place.key);
    const amounts = new Map<string, Amount>([[prefix, { objects: 0, bytes: 0 }]]);
    for await (const { key, size } of below(session, place, versions)) {
      for (const folder of foldersOf(key, prefix, depth)) {
        const amount = amounts.get(folder) ?? { objects: 0, bytes: 0 };
        amount.objects += 1;
        amount.bytes += size;
        amounts.set(folder, amount);
      }
    }
    const total = amounts.get(prefix)!;
    amounts.delete(prefix);
    for (const [key, amount] of [...amounts, [prefix, total] as const]) {
      const name = formatRemote({ ...place, key });
      const size = inNumbers ? String(amount.bytes) : inBytes(amount.bytes);
      session.out.record(
        { type: 'usage', path: name, bucket: place.bucket, prefix: key, ...amount },
        `${size.padStart(11)}  ${String(amount.objects).padStart(8)} objects  ${name}`,
      );
    }
  });

/** The prefix itself, and folders below it down to that depth. */
export function foldersOf(key: string, prefix: string, depth: number): readonly string[] {
  const folders = [prefix];
  let at = prefix.length;
  for (let level = 0; level < depth; level++) {
    const slash = key.indexOf('/', at);
    if (slash < 0) break;
    at = slash + 1;
    folders.push(key.slice(0, at));
  }
  return folders;
}

async function* below(
  { connect, signal }: Session,
  { alias, bucket: Bucket, key }: RemotePlace,
  versions: boolean,
): AsyncGenerator<Found, void, undefined> {
  const client = connect(alias);
  const input = { Bucket, Prefix: folderOf(key) };
  if (versions) {
    for await (const item of client.paginate.listObjectVersions(input, { signal }).items()) {
      if (item.DeleteMarker) continue;
      yield { key: item.Key ?? '', size: item.Size ?? 0, lastModified: item.LastModified };
    }
    return;
  }
  for await (const item of client.paginate.listObjectsV2(input, { signal }).items()) {
    const { Key = '', Size = 0, LastModified, ETag } = item;
    yield { key: Key, size: Size, lastModified: LastModified, etag: ETag };
  }
}
