/**
 * What it takes to make a target like its source: two lists that are in the order of their keys, merged as they are
 * read, so that memory doesn't grow with them. Pure: it copies and removes nothing.
 */
import { S3Error } from '../s3-error.ts';
import { compareKeys } from './key-order.ts';

/** In S3's words, so that what ListObjectsV2 lists is one. */
export interface SyncEntry {
  readonly Key?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
}

export type SyncAction<Source extends SyncEntry, Target extends SyncEntry> =
  | {
      readonly action: 'copy';
      readonly key: string;
      readonly source: Source;
      /** Undefined if it isn't there. */
      readonly target: Target | undefined;
    }
  | {
      readonly action: 'skip';
      readonly key: string;
      readonly source: Source;
      readonly target: Target;
    }
  | { readonly action: 'delete'; readonly key: string; readonly target: Target };

export interface SyncOptions<Source extends SyncEntry, Target extends SyncEntry> {
  /** What only the target has is deleted; if not, the target isn't read beyond the end of the source. */
  readonly deletes?: boolean | undefined;
  /**
   * When a target is as its source. `sizeAndTime` if undefined: same size, and the source wasn't changed after the
   * target was; `etag`: same size and ETag, which both have.
   */
  readonly compare?:
    | 'size'
    | 'sizeAndTime'
    | 'etag'
    | ((source: Source, target: Target) => boolean | Promise<boolean>)
    | undefined;
}

type Entries<Entry> = AsyncIterable<Entry> | Iterable<Entry>;

/**
 * `for await (const step of planSync(files, paginate(client, ListObjectsV2, { Bucket }).items()))`: an action for
 * each key, in their order. Both must have each key once, in S3's order (`compareKeys`), without the prefix under
 * which one of them may lie.
 * @throws S3Error InvalidInput for entries that are out of order or have no key: a plan made of them would be wrong
 */
export async function* planSync<Source extends SyncEntry, Target extends SyncEntry>(
  source: Entries<Source>,
  target: Entries<Target>,
  options: SyncOptions<Source, Target> = {},
): AsyncGenerator<SyncAction<Source, Target>, void, undefined> {
  const { deletes = false, compare = 'sizeAndTime' } = options;
  const isSame = typeof compare === 'function' ? compare : comparisons[compare];
  if (isSame === undefined) {
    throw new S3Error('InvalidInput', `compare: there is no ${String(compare)}`);
  }
  const sources = openEntries(source, 'source');
  const targets = openEntries(target, 'target');
  try {
    let from = await sources.next();
    // Only then, so that a list of the target may begin where the source does.
    let to = from === undefined && !deletes ? undefined : await targets.next();
    while (from !== undefined || (deletes && to !== undefined)) {
      const order = orderOf(from?.key, to?.key);
      if (order > 0) {
        if (deletes) yield { action: 'delete', key: to!.key, target: to!.entry };
        to = await targets.next();
      } else if (order < 0) {
        yield { action: 'copy', key: from!.key, source: from!.entry, target: undefined };
        from = await sources.next();
      } else {
        const pair = { key: from!.key, source: from!.entry, target: to!.entry };
        const same = await isSame(pair.source, pair.target);
        yield { action: same ? 'skip' : 'copy', ...pair };
        from = await sources.next();
        to = from === undefined && !deletes ? undefined : await targets.next();
      }
    }
  } finally {
    await Promise.all([sources.close(), targets.close()]);
  }
}

const sameSize = (source: SyncEntry, target: SyncEntry): boolean =>
  source.Size !== undefined && source.Size === target.Size;

const comparisons: Readonly<Record<string, (source: SyncEntry, target: SyncEntry) => boolean>> = {
  size: sameSize,
  sizeAndTime(source, target) {
    const [changed, copied] = [source.LastModified, target.LastModified];
    return (
      sameSize(source, target) && changed !== undefined && copied !== undefined && changed <= copied
    );
  },
  etag: (source, target) =>
    sameSize(source, target) && source.ETag !== undefined && source.ETag === target.ETag,
};

/** What has ended comes after all others. */
function orderOf(from: string | undefined, to: string | undefined): number {
  if (from === undefined) return 1;
  return to === undefined ? -1 : compareKeys(from, to);
}

interface KeyedEntry<Entry> {
  readonly key: string;
  readonly entry: Entry;
}

function openEntries<Entry extends SyncEntry>(entries: Entries<Entry>, what: string) {
  const iterator =
    Symbol.asyncIterator in entries ? entries[Symbol.asyncIterator]() : entries[Symbol.iterator]();
  let last: string | undefined;
  return {
    async next(): Promise<KeyedEntry<Entry> | undefined> {
      const { done, value } = await iterator.next();
      if (done) return undefined;
      const { Key: key } = value as Entry;
      if (key === undefined || (last !== undefined && compareKeys(last, key) >= 0)) {
        throw new S3Error('InvalidInput', `planSync: the ${what} has ${key} after ${last}`);
      }
      last = key;
      return { key, entry: value as Entry };
    },
    async close(): Promise<void> {
      await iterator.return?.();
    },
  };
}
