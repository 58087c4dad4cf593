/** `kist bucket create`, `delete` and `versioning`. */
import { S3Error } from '../../client/s3-error.ts';
import { CommandError } from '../command-error.ts';
import { formatRemote, parseBucket } from '../location.ts';
import { type RemoveTally, removeAll } from '../object/remove.ts';
import { inSession, type Session } from '../session.ts';

export interface CreateFlags {
  readonly region?: string;
  readonly objectLock?: boolean;
  readonly versioning?: boolean;
  readonly ignoreExisting?: boolean;
  readonly json?: boolean;
}

/** Gives the exit code. */
export const createBuckets = (paths: readonly string[], flags: CreateFlags): Promise<number> =>
  inSession(flags, async ({ out, connect, signal }) => {
    for (const path of paths) {
      const place = parseBucket(path);
      const client = connect(place.alias);
      const { bucket: Bucket } = place;
      const { region: LocationConstraint } = flags;
      // Servers answer that they have made what its owner makes again: so it is looked for first.
      const isNew = !(await isThere(client, Bucket, signal));
      if (!isNew && !flags.ignoreExisting) {
        throw new CommandError(
          `There is a bucket ${formatRemote(place)} already; --ignore-existing takes it as it is.`,
        );
      }
      if (isNew) {
        await client.createBucket(
          {
            Bucket,
            ObjectLockEnabledForBucket: flags.objectLock || undefined,
            ...(LocationConstraint && {
              CreateBucketConfiguration: { LocationConstraint: LocationConstraint as never },
            }),
          },
          { signal },
        );
      }
      if (flags.versioning) await setVersioning(client, Bucket, 'Enabled', signal);
      const text = isNew ? `Made ${formatRemote(place)}.` : `${formatRemote(place)} is there.`;
      out.record({ type: 'bucket', bucket: Bucket, isNew }, text);
    }
  });

async function isThere(
  client: ReturnType<Session['connect']>,
  Bucket: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await client.headBucket({ Bucket }, { signal });
    return true;
  } catch (error) {
    // Somebody else's, or none that may be looked at: making it tells.
    if (error instanceof S3Error && error.status >= 400) return false;
    throw error;
  }
}

export interface DeleteFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** Gives the exit code. */
export const deleteBuckets = (paths: readonly string[], flags: DeleteFlags): Promise<number> =>
  inSession(flags, async (session) => {
    const { out, connect, signal } = session;
    for (const path of paths) {
      const place = parseBucket(path);
      const client = connect(place.alias);
      const { bucket: Bucket } = place;
      if (flags.force) await empty(session, path);
      await client.deleteBucket({ Bucket }, { signal });
      out.record(
        { type: 'bucket', bucket: Bucket, isDeleted: true },
        `Deleted ${formatRemote(place)}.`,
      );
    }
  });

/** Objects, all their versions, and uploads that are under way. */
async function empty(session: Session, path: string): Promise<void> {
  const { connect, signal } = session;
  const place = parseBucket(path);
  const client = connect(place.alias);
  const { bucket: Bucket } = place;
  const tally: RemoveTally = { removed: 0, failed: 0 };
  const quiet = { quiet: true };
  await whereKnown<void>(undefined, async () => {
    const uploads = client.paginate.listMultipartUploads({ Bucket }, { signal }).items();
    for await (const { Key = '', UploadId = '' } of uploads) {
      await client.abortMultipartUpload({ Bucket, Key, UploadId }, { signal });
    }
  });
  async function* versions() {
    for await (const { Key = '', VersionId } of client.paginate
      .listObjectVersions({ Bucket }, { signal })
      .items()) {
      yield { Key, VersionId };
    }
  }
  async function* objects() {
    for await (const { Key = '' } of client.paginate
      .listObjectsV2({ Bucket }, { signal })
      .items()) {
      yield { Key };
    }
  }
  const status = await whereKnown(undefined, async () => {
    const { Status } = await client.getBucketVersioning({ Bucket }, { signal });
    return Status;
  });
  const all = status !== undefined ? versions() : objects();
  await removeAll(session, client, place, all, quiet, tally);
  if (tally.failed === 0) return;
  throw new CommandError(
    `${tally.failed} objects of ${path} could not be removed, so that the bucket stays. Locked versions need "kist object rm --versions --bypass-governance".`,
  );
}

/** Servers that don't know something, such as versions, have nothing of it; some answer another question then. */
async function whereKnown<Value>(otherwise: Value, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof S3Error && lacks(error)) return otherwise;
    throw error;
  }
}

const lacks = ({ status, code }: S3Error): boolean =>
  status === 501 || status === 405 || code === 'MalformedResponse';

export type VersioningState = 'enable' | 'suspend';

/** @param state undefined: it is told. Gives the exit code */
export const useVersioning = (
  path: string,
  state: VersioningState | undefined,
  flags: { readonly json?: boolean },
): Promise<number> =>
  inSession(flags, async ({ out, connect, signal }) => {
    const place = parseBucket(path);
    const client = connect(place.alias);
    const { bucket: Bucket } = place;
    if (state !== undefined) {
      await setVersioning(client, Bucket, state === 'enable' ? 'Enabled' : 'Suspended', signal);
    }
    const { Status } = await client.getBucketVersioning({ Bucket }, { signal });
    const status = Status ?? 'off';
    out.record({ type: 'versioning', bucket: Bucket, status }, `${formatRemote(place)}: ${status}`);
  });

const setVersioning = (
  client: ReturnType<Session['connect']>,
  Bucket: string,
  Status: 'Enabled' | 'Suspended',
  signal: AbortSignal,
) => client.putBucketVersioning({ Bucket, VersioningConfiguration: { Status } }, { signal });
