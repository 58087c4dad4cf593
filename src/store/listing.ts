/**
 * Listings: ordered pages of objects and uploads with keys under a common prefix rolled into one.
 *
 * The cost follows the answer, not the bucket: a common prefix is seeked past. Marker semantics:
 * everything returned is greater than the marker, so a common prefix that the marker lies in or
 * equals is not returned again.
 */

import { commonPrefixOf } from './common-prefix.ts';
import { afterKey, escapeKey, keyAndId, splitKeyAndId } from './keyspace.ts';
import {
  keyAfter,
  keyAfterPrefix,
  type MetaRecord,
  type MetaStore,
  maxScanLimit,
} from './meta/port.ts';
import { createSummaryReader, orDamaged } from './object-summary.ts';
import type { Bucket, ObjectRecord, StoredObject, StoredUpload } from './records.ts';
import type { ListedObject, ListingStore, ListObjectsQuery, PageOf } from './store.ts';
import { storedUpload } from './uploads.ts';
import { listVersions, storedOfAnyKind } from './version-listing.ts';
import { storedVersion } from './versions.ts';

const later = (a: Buffer, b: Buffer): Buffer => (Buffer.compare(a, b) < 0 ? b : a);

type ReadObject<Object> = (key: string, record: MetaRecord) => Object;

const storedObject: ReadObject<StoredObject> = (key, record) =>
  storedVersion<ObjectRecord>(key, record);

const nothing = { entries: [], more: false } as const;

/** Objects as `read` makes them of their records. */
async function listObjects<Object>(
  meta: MetaStore,
  bucket: Bucket,
  { prefix, delimiter, after, limit }: ListObjectsQuery,
  read: ReadObject<Object>,
): Promise<PageOf<ListedObject<Object>>> {
  if (limit === 0) return nothing;
  const start = Buffer.from(prefix);
  let from: Buffer | undefined = start;
  if (after !== undefined) {
    const rolled = commonPrefixOf(after, prefix, delimiter);
    const next: Buffer | undefined =
      rolled === undefined ? keyAfter(Buffer.from(after)) : keyAfterPrefix(Buffer.from(rolled));
    if (next === undefined) return nothing;
    from = later(start, next);
  }
  const where = { table: 'object', part: bucket.part, from, limit } as const;
  const listed = (record: MetaRecord): ListedObject<Object> => ({
    kind: 'object',
    object: read(record.key.toString(), record),
  });
  if (delimiter === '') {
    const page = await meta.scan({ ...where, to: keyAfterPrefix(start) });
    return { entries: page.entries.map(listed), more: page.more };
  }
  const rolling = { prefix: start, delimiter: Buffer.from(delimiter) };
  const page = await meta.scanDelimited({ ...where, ...rolling });
  const entries = page.entries.map(
    (entry): ListedObject<Object> =>
      entry.kind === 'prefix'
        ? { kind: 'prefix', prefix: entry.prefix.toString() }
        : listed(entry.record),
  );
  return { entries, more: page.more };
}

export function createListingStore(meta: MetaStore): ListingStore {
  return {
    objects: (bucket, query) => listObjects(meta, bucket, query, storedObject),
    objectSummaries: (bucket, query) =>
      listObjects(meta, bucket, query, orDamaged(createSummaryReader())),

    versions: (bucket, query) => listVersions(meta, bucket, query, storedOfAnyKind),
    versionSummaries: (bucket, query) => listVersions(meta, bucket, query, createSummaryReader()),

    async uploads(bucket, { prefix, delimiter, after, afterUploadId, limit }) {
      const entries: (
        | { readonly kind: 'upload'; readonly upload: StoredUpload }
        | { readonly kind: 'prefix'; readonly prefix: string }
      )[] = [];
      if (limit === 0) return { entries, more: false };
      const start = escapeKey(Buffer.from(prefix));
      const to = keyAfterPrefix(start);
      let from: Buffer | undefined = start;
      if (after !== undefined) {
        from = startAfter(prefix, delimiter, after, afterUploadId);
        if (from === undefined) return { entries, more: false };
        from = later(start, from);
      }
      for (;;) {
        const page = await meta.scan({
          table: 'upload',
          part: bucket.part,
          from,
          to,
          limit: Math.min(limit - entries.length + 1, maxScanLimit),
        });
        let skipTo: Buffer | undefined;
        for (const record of page.entries) {
          if (entries.length === limit) return { entries, more: true };
          const { key, id } = splitKeyAndId(record.key);
          const rolled = commonPrefixOf(key, prefix, delimiter);
          if (rolled === undefined) {
            entries.push({ kind: 'upload', upload: storedUpload(key, id, record) });
            continue;
          }
          entries.push({ kind: 'prefix', prefix: rolled });
          skipTo = keyAfterPrefix(escapeKey(Buffer.from(rolled)));
          if (skipTo === undefined) return { entries, more: false };
          break;
        }
        if (skipTo === undefined && !page.more) return { entries, more: false };
        from = skipTo ?? keyAfter(page.entries.at(-1)!.key);
      }
    },
  };
}

/** Where uploads after a key marker begin; undefined if nothing can follow. */
function startAfter(
  prefix: string,
  delimiter: string,
  after: string,
  afterUploadId: string | undefined,
): Buffer | undefined {
  const rolled = commonPrefixOf(after, prefix, delimiter);
  if (rolled !== undefined) return keyAfterPrefix(escapeKey(Buffer.from(rolled)));
  return afterUploadId === undefined ? afterKey(after) : keyAfter(keyAndId(after, afterUploadId));
}
