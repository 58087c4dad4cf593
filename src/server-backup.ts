/** Backup and restore of a data directory, wired: what they need of the storage engine. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BackupProgress, type BackupReport, backup } from './backup/backup.ts';
import { BackupError } from './backup/backup-error.ts';
import { holdBytes } from './backup/hold.ts';
import { type RestoreProgress, type RestoreReport, restore } from './backup/restore.ts';
import { settlePacks } from './backup/settle-packs.ts';
import { crc32cOf } from './digest/digest.ts';
import { openFileBlobStore } from './store/blob/files.ts';
import { FormatVersionError } from './store/errors.ts';
import { ensureFormat, formatVersion, readFormat } from './store/format.ts';
import { openLmdbEngine, openLmdbMetaStore } from './store/meta/lmdb.ts';
import type { MetaStore } from './store/meta/port.ts';

/** Records written in one commit of a restore. */
const recordsPerCommit = 1000;
/** Names the restoring process among writers of packs; it writes none. */
const restoreWriterId = 'restore';

const now = (): number => Date.now();

export interface BackupRequest {
  readonly dataDir: string;
  readonly target: string;
  /** Newest snapshots to keep; undefined keeps all. */
  readonly keep?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: BackupProgress) => void;
}

/** Backs a data directory up, whether a server has it open or not. */
export async function backupDataDirectory(request: BackupRequest): Promise<BackupReport> {
  const meta = await openLmdbMetaStore({ path: join(request.dataDir, 'meta') });
  try {
    await ensureReadable(meta);
    const { version: format, createdAt } = (await readFormat(meta))!;
    const hold = await holdBytes({
      meta,
      holder: `backup:${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
      monotonicNow: () => performance.now(),
      sleep: (ms, signal) => sleep(ms, undefined, { signal }),
      signal: request.signal,
    });
    try {
      return await backup({
        ...request,
        format,
        source: String(createdAt),
        snapshot: () => meta.snapshot(),
        crc32c: crc32cOf,
        now,
        signal: hold.signal,
      });
    } finally {
      await hold.release();
    }
  } finally {
    await meta.close();
  }
}

async function ensureReadable(meta: MetaStore): Promise<void> {
  try {
    await ensureFormat(meta, now);
  } catch (cause) {
    if (cause instanceof FormatVersionError) throw new BackupError(cause.message, { cause });
    throw cause;
  }
}

export interface RestoreRequest {
  readonly source: string;
  readonly dataDir: string;
  /** The newest one if undefined. */
  readonly snapshot?: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: RestoreProgress) => void;
}

/** Makes a data directory out of a backup. */
export function restoreDataDirectory(request: RestoreRequest): Promise<RestoreReport> {
  const { dataDir } = request;
  return restore({
    ...request,
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
