/**
 * The versions of each key in the order in which they were made. Lists have versions and delete markers apart, each the
 * newest first, and times in seconds: where these don't tell which of the two came first, the server is asked one by one.
 *
 * API reference, "ListObjectVersions".
 */
import type { VersionItem } from '../../client/paginate.ts';
import { compareKeys } from '../../client/transfer/key-order.ts';
import type { BucketAt } from './bucket-settings.ts';

export interface Version {
  readonly id: string;
  readonly isMarker: boolean;
  readonly bytes: number;
  readonly storageClass?: string | undefined;
}

export interface KeyVersions {
  readonly key: string;
  /** The oldest first. */
  readonly versions: readonly Version[];
}

/** In the order of keys. Of one page, and of the key that it ends in, all is held in memory. */
export async function* versionsByKey(at: BucketAt): AsyncGenerator<KeyVersions> {
  const { client, Bucket, signal } = at;
  const pending = new Map<string, VersionItem[]>();
  for await (const page of client.paginate.listObjectVersions({ Bucket }, { signal })) {
    for (const one of itemsOf(page)) {
      const { Key = '' } = one;
      const known = pending.get(Key);
      if (known === undefined) pending.set(Key, [one]);
      else known.push(one);
    }
    const keys = [...pending.keys()].sort(compareKeys);
    // The next page may go on with it.
    keys.pop();
    for (const key of keys) yield* complete(at, pending, key);
  }
  for (const key of [...pending.keys()].sort(compareKeys)) yield* complete(at, pending, key);
}

interface Page {
  readonly Versions?: readonly object[] | undefined;
  readonly DeleteMarkers?: readonly object[] | undefined;
}

const itemsOf = ({ Versions = [], DeleteMarkers = [] }: Page): VersionItem[] => [
  ...Versions.map((one) => ({ ...one, DeleteMarker: false }) as VersionItem),
  ...DeleteMarkers.map((one) => ({ ...one, DeleteMarker: true }) as VersionItem),
];

async function* complete(
  at: BucketAt,
  pending: Map<string, VersionItem[]>,
  key: string,
): AsyncGenerator<KeyVersions> {
  const items = pending.get(key)!;
  pending.delete(key);
  const newestFirst = byTime(items) ?? (await oneByOne(at, key));
  yield { key, versions: newestFirst.reverse().map(versionOf) };
}

const versionOf = (one: VersionItem): Version => ({
  id: one.VersionId ?? 'null',
  isMarker: one.DeleteMarker,
  bytes: one.DeleteMarker ? 0 : (one.Size ?? 0),
  storageClass: one.DeleteMarker ? undefined : one.StorageClass,
});

/** The newest first; undefined if a version and a marker are of the same time. */
export function byTime(items: readonly VersionItem[]): VersionItem[] | undefined {
  const timeOf = ({ LastModified }: VersionItem): number => LastModified?.getTime() ?? 0;
  const markerTimes = new Set(items.filter((one) => one.DeleteMarker).map(timeOf));
  if (items.some((one) => !one.DeleteMarker && markerTimes.has(timeOf(one)))) return undefined;
  // Of the same kind, those of the same time stay as they were listed.
  return [...items].sort((a, b) => timeOf(b) - timeOf(a));
}

/** In pages of one. */
async function oneByOne({ client, Bucket, signal }: BucketAt, key: string): Promise<VersionItem[]> {
  const items: VersionItem[] = [];
  const options = { signal, pageSize: 1 };
  for await (const one of client.paginate
    .listObjectVersions({ Bucket, Prefix: key }, options)
    .items()) {
    // Keys that begin with it come after it.
    if (one.Key !== key) break;
    items.push(one);
  }
  return items;
}

/** How many versions a key has, and the newest of them. */
export async function newestVersion(
  { client, Bucket, signal }: BucketAt,
  key: string,
): Promise<{ readonly count: number; readonly newest: Version | undefined }> {
  let count = 0;
  let newest: Version | undefined;
  const pages = client.paginate.listObjectVersions({ Bucket, Prefix: key }, { signal });
  for await (const one of pages.items()) {
    if (one.Key !== key) continue;
    count += 1;
    if (one.IsLatest) newest = versionOf(one);
  }
  return { count, newest };
}
