/** `kist object ls`: buckets, or what lies under a prefix, up to the next slash or all of it. */
import { compareKeys } from '../../client/transfer/key-order.ts';
import { inBytes } from '../byte-amounts.ts';
import { formatRemote, parseRemote, type RemotePlace } from '../location.ts';
import type { OutputRecord } from '../output.ts';
import { inSession, type Session } from '../session.ts';

export interface ListFlags {
  readonly recursive?: boolean;
  readonly versions?: boolean;
  readonly summarize?: boolean;
  readonly bytes?: boolean;
  readonly json?: boolean;
}

/** A line of a list. */
interface Entry {
  readonly key: string;
  readonly type: 'prefix' | 'object' | 'version' | 'delete-marker';
  readonly size?: number | undefined;
  readonly lastModified?: Date | undefined;
  readonly etag?: string | undefined;
  readonly storageClass?: string | undefined;
  readonly versionId?: string | undefined;
  readonly isLatest?: boolean | undefined;
}

/** Gives the exit code. */
export const listObjects = (path: string | undefined, flags: ListFlags): Promise<number> =>
  inSession(flags, async (session) => {
    const place: RemotePlace =
      path === undefined
        ? { kind: 'remote', alias: undefined, bucket: '', key: '' }
        : parseRemote(path);
    if (place.bucket === '') return listBuckets(session, place);
    const { out } = session;
    let objects = 0;
    let bytes = 0;
    for await (const entry of entriesOf(session, place, flags)) {
      if (entry.type === 'object' || entry.type === 'version') {
        objects += 1;
        bytes += entry.size ?? 0;
      }
      out.record(recordOf(place, entry), textOf(entry, flags.bytes ?? false));
    }
    if (!flags.summarize) return;
    const amount = flags.bytes ? `${bytes} bytes` : inBytes(bytes);
    out.record({ type: 'summary', objects, bytes }, `${objects} objects, ${amount}`);
  });

async function listBuckets(session: Session, { alias }: RemotePlace): Promise<void> {
  const { out, signal } = session;
  const pages = session.connect(alias).paginate.listBuckets({}, { signal });
  for await (const { Name: bucket = '', CreationDate: created } of pages.items()) {
    out.record(
      { type: 'bucket', bucket, created: created?.toISOString() },
      `${timeText(created)}  ${formatRemote({ alias, bucket, key: '' })}`,
    );
  }
}

async function* entriesOf(
  session: Session,
  { alias, bucket: Bucket, key: Prefix }: RemotePlace,
  { recursive = false, versions = false }: ListFlags,
): AsyncGenerator<Entry, void, undefined> {
  const client = session.connect(alias);
  const { signal } = session;
  const input = { Bucket, Prefix, ...(!recursive && { Delimiter: '/' }) };
  if (versions) {
    for await (const page of client.paginate.listObjectVersions(input, { signal })) {
      const markers = page.DeleteMarkers?.map(
        (one): Entry => ({ ...versionOf(one), type: 'delete-marker' }),
      );
      const kept = page.Versions?.map(
        (one): Entry => ({
          ...versionOf(one),
          type: 'version',
          size: one.Size,
          etag: one.ETag,
          storageClass: one.StorageClass,
        }),
      );
      yield* inOrder(page.CommonPrefixes, [...(kept ?? []), ...(markers ?? [])]);
    }
    return;
  }
  for await (const page of client.paginate.listObjectsV2(input, { signal })) {
    const objects = page.Contents?.map(
      ({
        Key: key = '',
        Size: size,
        LastModified: lastModified,
        ETag: etag,
        StorageClass,
      }): Entry => ({
        key,
        type: 'object',
        size,
        lastModified,
        etag,
        storageClass: StorageClass,
      }),
    );
    yield* inOrder(page.CommonPrefixes, objects ?? []);
  }
}

const versionOf = (one: {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly IsLatest?: boolean | undefined;
  readonly LastModified?: Date | undefined;
}) => ({
  key: one.Key ?? '',
  versionId: one.VersionId,
  isLatest: one.IsLatest,
  lastModified: one.LastModified,
});

/** Of one page; versions of a key the newest first. */
function inOrder(
  prefixes: readonly { readonly Prefix?: string | undefined }[] = [],
  entries: readonly Entry[],
): readonly Entry[] {
  const folders = prefixes.map(({ Prefix: key = '' }): Entry => ({ key, type: 'prefix' }));
  const age = ({ lastModified }: Entry) => -(lastModified?.getTime() ?? 0);
  return [...folders, ...entries].sort((a, b) => compareKeys(a.key, b.key) || age(a) - age(b));
}

function recordOf({ bucket }: RemotePlace, { type, lastModified, ...rest }: Entry): OutputRecord {
  return { type, bucket, ...rest, lastModified: lastModified?.toISOString() };
}

const sizeColumns = 11;

function textOf({ type, key, size, lastModified, versionId }: Entry, inNumbers: boolean): string {
  if (type === 'prefix')
    return `${''.padEnd(timeText(undefined).length)}  ${'folder'.padStart(sizeColumns)}  ${key}`;
  const amount = inNumbers ? String(size ?? 0) : inBytes(size ?? 0);
  const what = type === 'delete-marker' ? 'deleted' : amount;
  const version = versionId === undefined ? '' : `  ${versionId}`;
  return `${timeText(lastModified)}  ${what.padStart(sizeColumns)}${version}  ${key}`;
}

/** In UTC, to the second. */
export const timeText = (time: Date | undefined): string =>
  time === undefined ? '-'.padEnd(20) : `${time.toISOString().slice(0, 19)}Z`;
