/** Whose the bytes of a blob are: from damaged blobs back to the objects that lose something. */
import { splitKeyAndId } from './keyspace.ts';
import type { MetaRecord, MetaTable } from './meta/port.ts';
import { decodeBlobRecord, decodeRecord } from './record-codec.ts';
import { damageOfRecord, type RecordPage } from './record-walk.ts';
import type { BucketRecord } from './records.ts';

/** Names that are kept of each blob; it may be shared by any number of copies. */
const maxOwners = 10;

type Pages = Iterable<RecordPage> | AsyncIterable<RecordPage>;

/**
 * By blob id, as people know them: bucket and key, and which version or part.
 * @param snapshot is gone through twice: lists of extents refer to blobs, too
 */
export async function ownersOf(
  blobs: ReadonlySet<string>,
  snapshot: () => Pages,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const owners = new Map<string, string[]>();
  if (blobs.size === 0) return owners;
  /** Blobs that hold one of these, and those themselves. */
  const within = new Map<string, string[]>([...blobs].map((blob) => [blob, [blob]]));
  const names = new Map<string, string>();
  for await (const { table, records } of snapshot()) {
    if (table !== 'blob' && table !== 'bucket') continue;
    for (const record of readable(table, records)) {
      if (table === 'bucket') {
        names.set(decodeRecord<BucketRecord>(record.value).id, record.key.toString());
        continue;
      }
      const { home } = decodeBlobRecord(record.value);
      if (home.kind !== 'extents') continue;
      const held = new Set(home.extents.map(({ blob }) => blob).filter((one) => blobs.has(one)));
      if (held.size > 0) within.set(record.key.toString('hex'), [...held]);
    }
  }
  for await (const { table, part, records } of snapshot()) {
    if (!isOwner(table)) continue;
    for (const record of readable(table, records)) {
      const { blob } = decodeRecord<{ readonly blob?: string }>(record.value);
      if (blob === undefined) continue;
      const bucket = part.toString('hex');
      const name = `${names.get(bucket) ?? bucket}/${nameOf(table, record)}`;
      for (const one of within.get(blob) ?? []) {
        const known = owners.get(one) ?? [];
        if (known.length < maxOwners) owners.set(one, [...known, name]);
      }
    }
  }
  return owners;
}

const isOwner = (table: MetaTable): boolean =>
  table === 'object' || table === 'version' || table === 'part' || table === 'annotation';

const readable = (table: MetaTable, records: readonly MetaRecord[]): readonly MetaRecord[] =>
  records.filter((record) => damageOfRecord(table, record) === undefined);

function nameOf(table: MetaTable, { key }: MetaRecord): string {
  if (table === 'object') return key.toString();
  if (table === 'version') {
    const version = splitKeyAndId(key);
    return `${version.key} (version ${version.id})`;
  }
  const id = key.toString('hex', 0, 16);
  if (table === 'part') return `(part ${key.readUInt16BE(key.length - 2)} of upload ${id})`;
  return `(annotation ${key.toString('utf8', 16)})`;
}
