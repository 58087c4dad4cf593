/** The storage engine's own jobs: garbage collection and the orphan sweep. */
import type { BlobStore } from '../store/blob/port.ts';
import type { GarbageCollector } from '../store/garbage.ts';
import type { MetaStore } from '../store/meta/port.ts';
import { sweepOrphans } from '../store/orphans.ts';
import type { Job } from './jobs.ts';

export interface StorageJobSettings {
  /** How long removed bytes stay, so that readers can finish. */
  readonly garbageGraceMs: number;
  readonly orphanSweepIntervalMs: number;
}

/** Jobs that remove bytes or move them: none of them runs while a backup copies. */
export const byteRemovingJobs: readonly string[] = ['garbage', 'orphans', 'compaction'];

/** Bytes without a record are left alone for this long while their writer lives: their commit may be under way. */
const orphanGraceMs = 3_600_000;
/** By then writers have sealed what a crash left of theirs, and a sweep that died with it has lost its lease. */
const firstSweepMs = 60_000;
/** Garbage is looked for at least this often, and at most as often as the grace allows. */
const maxGarbageIntervalMs = 30_000;
const minGarbageIntervalMs = 1_000;

export function storageJobs(deps: {
  readonly meta: MetaStore;
  readonly blobs: BlobStore;
  readonly garbage: GarbageCollector;
  readonly now: () => number;
  readonly settings: StorageJobSettings;
}): readonly Job[] {
  const { settings, now } = deps;
  return [
    {
      name: 'garbage',
      intervalMs: Math.min(
        maxGarbageIntervalMs,
        Math.max(minGarbageIntervalMs, settings.garbageGraceMs / 2),
      ),
      firstRunMs: 0,
      async run(signal) {
        const report = await deps.garbage.collect(now() - settings.garbageGraceMs, signal);
        if (report.failed > 0) {
          throw new AggregateError(
            report.failures,
            `${report.failed} garbage entries could not be worked off`,
          );
        }
        return report.entries === 0 ? undefined : { entries: report.entries, bytes: report.bytes };
      },
    },
    {
      name: 'orphans',
      intervalMs: settings.orphanSweepIntervalMs,
      firstRunMs: firstSweepMs,
      async run(signal) {
        const report = await sweepOrphans(deps.meta, deps.blobs, now() - orphanGraceMs, signal);
        return report.removed === 0 ? undefined : report;
      },
    },
  ];
}
