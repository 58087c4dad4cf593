/** `kist object rm`: objects, versions, folders; many in one request. */
import type { Client } from '../../client/create-client.ts';
import { S3Error } from '../../client/s3-error.ts';
import { exitCodes, usageError } from '../command-error.ts';
import { sentence } from '../explain.ts';
import { folderOf, formatRemote, parseInBucket, type RemotePlace } from '../location.ts';
import { errorFields, type OutputRecord } from '../output.ts';
import { inSession, type Session } from '../session.ts';
import { createFilter, type Filter } from './glob.ts';

export interface RemoveFlags {
  readonly recursive?: boolean;
  readonly force?: boolean;
  readonly versions?: boolean;
  readonly versionId?: string;
  readonly bypassGovernance?: boolean;
  readonly filters?: readonly Filter[];
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** As many as S3 takes in one request. */
const maxBatch = 1000;

interface Doomed {
  readonly Key: string;
  readonly VersionId?: string | undefined;
}

/** Gives the exit code. */
export const removeObjects = (paths: readonly string[], flags: RemoveFlags): Promise<number> =>
  inSession(flags, async (session) => {
    const places = paths.map(parseInBucket);
    checkFlags(places, flags);
    const tally: RemoveTally = { removed: 0, failed: 0 };
    for (const place of places) {
      const client = session.connect(place.alias);
      const doomed = doomedAt(session, client, place, flags);
      await removeAll(session, client, place, doomed, flags, tally);
    }
    const { removed, failed } = tally;
    const { dryRun = false, quiet } = flags;
    const text = `${dryRun ? 'Would be removed' : 'Removed'}: ${removed}${failed > 0 ? `; ${failed} failed` : ''}.`;
    const record = { type: 'summary', operation: 'rm', objects: removed, failed, dryRun };
    session.out.record(record, quiet ? undefined : text);
    return failed > 0 ? exitCodes.failed : 0;
  });

function checkFlags(places: readonly RemotePlace[], flags: RemoveFlags): void {
  const { recursive, force, dryRun, versionId, versions, filters = [] } = flags;
  if (recursive && !force && !dryRun) {
    throw usageError(
      '--recursive removes all that is below: say --force, too, or --dry-run to see it.',
    );
  }
  if (versionId !== undefined && (recursive || versions || places.length > 1)) {
    throw usageError('--version-id is for one object, without --recursive and --versions.');
  }
  if (filters.length > 0 && !recursive) {
    throw usageError('--include and --exclude are for --recursive.');
  }
  const folder = places.find(({ key }) => key === '');
  if (folder !== undefined && !recursive) {
    throw usageError(
      `${formatRemote(folder)} is a bucket: say --recursive for what is in it, or "kist bucket delete".`,
    );
  }
}

async function* doomedAt(
  { signal }: Session,
  client: Client,
  { bucket: Bucket, key }: RemotePlace,
  { recursive = false, versions = false, versionId, filters = [] }: RemoveFlags,
): AsyncGenerator<Doomed, void, undefined> {
  if (!recursive && !versions) {
    yield { Key: key, VersionId: versionId };
    return;
  }
  const Prefix = recursive ? folderOf(key) : key;
  const matches = createFilter(filters);
  const isMeant = (found: string): boolean =>
    recursive ? matches(found.slice(Prefix.length)) : found === key;
  const input = { Bucket, Prefix };
  const items = versions
    ? client.paginate.listObjectVersions(input, { signal }).items()
    : client.paginate.listObjectsV2(input, { signal }).items();
  for await (const item of items) {
    const { Key = '' } = item;
    // Versions come in the order of their keys, and only those of this one are meant.
    if (isMeant(Key)) yield { Key, VersionId: 'VersionId' in item ? item.VersionId : undefined };
  }
}

export interface RemoveTally {
  removed: number;
  failed: number;
}

/** In requests of up to 1,000. */
export async function removeAll(
  session: Session,
  client: Client,
  place: RemotePlace,
  doomed: AsyncIterable<Doomed>,
  flags: Pick<RemoveFlags, 'bypassGovernance' | 'dryRun' | 'quiet'>,
  tally: RemoveTally,
): Promise<void> {
  let batch: Doomed[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await removeBatch(session, client, place, batch, flags, tally);
    batch = [];
  };
  for await (const one of doomed) {
    session.signal.throwIfAborted();
    batch.push(one);
    if (batch.length >= maxBatch) await flush();
  }
  await flush();
}

async function removeBatch(
  { out, signal }: Session,
  client: Client,
  place: RemotePlace,
  batch: readonly Doomed[],
  {
    bypassGovernance,
    dryRun = false,
    quiet,
  }: Pick<RemoveFlags, 'bypassGovernance' | 'dryRun' | 'quiet'>,
  tally: RemoveTally,
): Promise<void> {
  const tell = ({ Key, VersionId }: Doomed, more: Readonly<Record<string, unknown>>): void => {
    const path = formatRemote({ ...place, key: Key });
    const version = VersionId === undefined ? '' : ` (version ${VersionId})`;
    const record: OutputRecord = { type: 'remove', path, versionId: VersionId, ...more };
    const prefix = more.status === 'planned' ? 'would remove: ' : 'removed: ';
    out.record(record, quiet ? undefined : `${prefix}${path}${version}`);
  };
  const failed = (one: Doomed, error: unknown): void => {
    tally.failed += 1;
    const path = formatRemote({ ...place, key: one.Key });
    if (out.json) tell(one, { status: 'failed', error: errorFields(error) });
    else out.note(`failed: ${path}: ${sentence(error)}`);
  };
  if (dryRun) {
    for (const one of batch) tell(one, { status: 'planned' });
    tally.removed += batch.length;
    return;
  }
  const { bucket: Bucket } = place;
  const BypassGovernanceRetention = bypassGovernance || undefined;
  if (batch.length === 1) {
    const [one] = batch;
    try {
      await client.deleteObject({ Bucket, BypassGovernanceRetention, ...one! }, { signal });
    } catch (error) {
      signal.throwIfAborted();
      failed(one!, error);
      return;
    }
    tally.removed += 1;
    tell(one!, { status: 'done' });
    return;
  }
  const Delete = { Objects: batch, Quiet: true };
  const { Errors = [] } = await client.deleteObjects(
    { Bucket, BypassGovernanceRetention, Delete },
    { signal },
  );
  const nameOf = ({
    Key,
    VersionId,
  }: {
    Key?: string | undefined;
    VersionId?: string | undefined;
  }) => `${VersionId ?? ''}/${Key}`;
  const refused = new Map(Errors.map((one) => [nameOf(one), one]));
  for (const one of batch) {
    const error = refused.get(nameOf(one));
    if (error === undefined) {
      tally.removed += 1;
      tell(one, { status: 'done' });
    } else
      failed(one, new S3Error(error.Code ?? 'InternalError', error.Message ?? 'it was refused'));
  }
}
