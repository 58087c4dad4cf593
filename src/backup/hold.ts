/**
 * Keeps the jobs that remove or move bytes from running while a backup copies: it takes their leases, as
 * another runner would. A backup that dies holds them up until its leases run out.
 *
 * A snapshot never becomes wrong without this, as bytes are never written over and missing ones are an
 * error; it only could not be finished.
 */
import { jobLease } from '../jobs/jobs.ts';
import { byteRemovingJobs } from '../jobs/storage-jobs.ts';
import type { MetaStore } from '../store/meta/port.ts';
import { BackupError } from './backup-error.ts';

/** A backup that dies holds the jobs up for this long. */
const leaseMs = 30_000;
const renewMs = 10_000;
/** How long a job that is at work may take to end, or another backup's leases to run out. */
const maxWaitMs = 600_000;
const pollMs = 100;
/** Of the backup itself: one at a time for a data directory. */
const backupLease = 'backup';

export interface Hold {
  /** Aborted when a lease is lost. */
  readonly signal: AbortSignal;
  release(): Promise<void>;
}

export async function holdBytes(deps: {
  readonly meta: Pick<MetaStore, 'lease' | 'release'>;
  /** Names this backup among the holders of leases. */
  readonly holder: string;
  readonly monotonicNow: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly signal: AbortSignal;
}): Promise<Hold> {
  const { meta, holder, signal } = deps;
  const names = [backupLease, ...byteRemovingJobs.map(jobLease)];
  const held = new Set<string>();
  const lost = new AbortController();
  const renewAll = async () => {
    for (const name of held) {
      if (!(await meta.lease(name, holder, leaseMs))) {
        throw new BackupError(`Another process took the lease ${name} from this backup.`);
      }
    }
  };
  let renewing: Promise<void> = Promise.resolve();
  const renewal = setInterval(() => {
    renewing = renewAll().catch((error: unknown) => lost.abort(error));
  }, renewMs);
  const release = async () => {
    clearInterval(renewal);
    await renewing;
    for (const name of held) await meta.release(name, holder);
  };

  try {
    const deadline = deps.monotonicNow() + maxWaitMs;
    for (const name of names) {
      while (!(await meta.lease(name, holder, leaseMs))) {
        if (deps.monotonicNow() > deadline) {
          throw new BackupError(
            name === backupLease
              ? 'Another backup of this data directory is under way.'
              : `The server's ${name} did not end in ${maxWaitMs / 60_000} minutes.`,
          );
        }
        await deps.sleep(pollMs, signal);
      }
      held.add(name);
    }
  } catch (error) {
    await release();
    throw error;
  }
  return { signal: AbortSignal.any([signal, lost.signal]), release };
}
