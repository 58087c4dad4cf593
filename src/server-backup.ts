/** Backup and restore of a data directory, wired: what they need of the storage engine, and where they go. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BackupProgress, type BackupReport, backup } from './backup/backup.ts';
import { BackupError } from './backup/backup-error.ts';
import { openDirectoryPlace } from './backup/directory-place.ts';
import { holdBytes } from './backup/hold.ts';
import type { BackupPlace } from './backup/place.ts';
import { type RestoreProgress, type RestoreReport, restore } from './backup/restore.ts';
import { assertRestored } from './backup/restoring-mark.ts';
import { openS3Place } from './backup/s3-place.ts';
import { settlePacks } from './backup/settle-packs.ts';
import { createPatientSender } from './client/node/patient-sender.ts';
import { crc32cOf } from './digest/digest.ts';
import { openFileBlobStore } from './store/blob/files.ts';
import { FormatVersionError } from './store/errors.ts';
import { assertReadable, type FormatRecord, formatVersion, readFormat } from './store/format.ts';
import { openLmdbEngine, openLmdbMetaStore } from './store/meta/lmdb.ts';
import type { MetaStore } from './store/meta/port.ts';

/** Records written in one commit of a restore. */
const recordsPerCommit = 1000;
/** Names the restoring process among writers of packs; it writes none. */
const restoreWriterId = 'restore';

const now = (): number => Date.now();
const sleepFor = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal });

/** Where a backup lies. */
export type BackupAddress =
  | { readonly directory: string }
  | {
      readonly bucket: string;
      /** Without slashes around; may be empty. */
      readonly prefix: string;
      readonly endpoint: string;
      readonly region: string;
      readonly credentials: {
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
        readonly sessionToken?: string;
      };
    };

function openPlace(address: BackupAddress): BackupPlace {
  if ('directory' in address) return openDirectoryPlace(address.directory);
  const { bucket, prefix, endpoint, region, credentials } = address;
  const sender = createPatientSender({ endpoint, region, credentials });
  return openS3Place({ sender, bucket, prefix });
}

export interface BackupRequest {
  readonly dataDir: string;
  readonly target: BackupAddress;
  /** Newest snapshots to keep; undefined keeps all. */
  readonly keep?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BackupProgress) => void;
}

/** Backs a data directory up, whether a server has it open or not. */
export async function backupDataDirectory(request: BackupRequest): Promise<BackupReport> {
  await assertRestored(request.dataDir);
  const meta = await openLmdbMetaStore({ path: join(request.dataDir, 'meta') });
  const place = openPlace(request.target);
  try {
    const { version: format, createdAt } = await formatOf(meta, request.dataDir);
    const hold = await holdBytes({
      meta,
      holder: `backup:${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
      monotonicNow: () => performance.now(),
      sleep: sleepFor,
      signal: request.signal,
    });
    try {
      return await backup({
        ...request,
        place,
        format,
        source: String(createdAt),
        snapshot: () => meta.snapshot(),
        crc32c: crc32cOf,
        now,
        signal: hold.signal,
      });
    } catch (error) {
      // What was told to stop fails in many ways; why it was told so is the reason.
      hold.signal.throwIfAborted();
      throw error;
    } finally {
      await hold.release();
    }
  } finally {
    place.close();
    await meta.close();
  }
}

/** It stays as it is: the server that has the directory open may be of an earlier version. */
async function formatOf(meta: MetaStore, dataDir: string): Promise<FormatRecord> {
  const found = await readFormat(meta);
  if (found === undefined) throw new BackupError(`${dataDir} was never used: it has no records.`);
  try {
    assertReadable(found);
  } catch (error) {
    throw error instanceof FormatVersionError ? new BackupError(error.message) : error;
  }
  return found;
}

export interface RestoreRequest {
  readonly source: BackupAddress;
  readonly dataDir: string;
  /** The newest one if undefined. */
  readonly snapshot?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RestoreProgress) => void;
}

/** Makes a data directory out of a backup. */
export async function restoreDataDirectory(request: RestoreRequest): Promise<RestoreReport> {
  const place = openPlace(request.source);
  try {
    return await restoreFrom(place, request);
  } catch (error) {
    request.signal.throwIfAborted();
    throw error;
  } finally {
    place.close();
  }
}

function restoreFrom(place: BackupPlace, request: RestoreRequest): Promise<RestoreReport> {
  const { dataDir } = request;
  return restore({
    ...request,
    place,
    format: formatVersion,
    crc32c: crc32cOf,
    async openRecords(path) {
      const engine = await openLmdbEngine(path);
      return {
        async write(records) {
          for (let at = 0; at < records.length; at += recordsPerCommit) {
            await engine.write([], records.slice(at, at + recordsPerCommit));
          }
        },
        close: () => engine.close(),
      };
    },
    async settle() {
      const meta = await openLmdbMetaStore({ path: join(dataDir, 'meta') });
      try {
        const dir = join(dataDir, 'blobs');
        const deps = { crc32c: crc32cOf };
        const blobs = await openFileBlobStore({ dir, writerId: restoreWriterId, deps });
        try {
          await settlePacks(meta, blobs, join(dir, 'packs'));
        } finally {
          await blobs.close();
        }
      } finally {
        await meta.close();
      }
    },
  });
}
