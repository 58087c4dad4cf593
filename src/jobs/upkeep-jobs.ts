/** Jobs that keep what is stored compact and sound: compaction of packs, and the scrub. */
import type { BlobStore, FrameStore } from '../store/blob/port.ts';
import { createCompactor, type PackSource } from '../store/compaction.ts';
import type { MetaStore } from '../store/meta/port.ts';
import { createScrubber, type Damage } from '../store/scrub.ts';
import type { Job } from './jobs.ts';

export interface UpkeepSettings {
  /** 0 compacts nothing. */
  readonly compactionLiveRatio: number;
  readonly compactionIntervalMs: number;
  readonly compactionMaxBytes: number;
  /** From the end of a scrub to the start of the next one; 0 is never. */
  readonly scrubIntervalMs: number;
  readonly scrubBytesPerSecond: number;
}

export interface UpkeepEvents {
  /** After each look at the packs. */
  readonly packs: (liveBytes: number, deadBytes: number) => void;
  readonly compacted: (bytes: number) => void;
  readonly damaged: (damage: Damage) => void;
  readonly scrubbed: (bytes: number, done: number) => void;
}

/** What of a blob store can be compacted. */
export interface PackStore extends BlobStore, PackSource {
  packStats(): Promise<readonly { readonly entryBytes: number; readonly deadBytes: number }[]>;
  sealMostlyDead(maxLiveRatio: number, minBytes: number): Promise<boolean>;
}

/** How often to look whether it is time for a scrub, or one was interrupted. */
const scrubLookMs = 60_000;
/** A compaction that fails again and again is tried at every 32nd turn. */
const maxBackOffs = 5;
/** A pack that is still written is not worth being sealed before it has this many bytes. */
const minSealBytes = 4 * 1024 * 1024;

interface UpkeepDeps {
  readonly meta: MetaStore;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
  readonly pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly settings: UpkeepSettings;
  readonly events: UpkeepEvents;
}

interface ScrubDeps extends UpkeepDeps {
  readonly blobs: BlobStore & Partial<FrameStore>;
}

/** @param packs absent where there are none to compact */
export function upkeepJobs(
  deps: ScrubDeps & { readonly packs: PackStore | undefined },
): readonly Job[] {
  const { settings, packs } = deps;
  return [
    ...(packs === undefined ? [] : [compactionJob(deps, packs)]),
    ...(settings.scrubIntervalMs === 0 ? [] : [scrubJob(deps)]),
  ];
}

function compactionJob(deps: UpkeepDeps, packs: PackStore): Job {
  const { settings, events } = deps;
  const compactor = createCompactor({
    ...deps,
    blobs: packs,
    settings: {
      maxLiveRatio: settings.compactionLiveRatio,
      maxRunBytes: settings.compactionMaxBytes,
    },
    onDamaged: (key, error) => {
      events.damaged({ table: 'blob', bucket: '', key, error });
    },
  });
  let turnsToSkip = 0;
  let failures = 0;
  /** After a failure it waits for twice as many turns each time: it must not take what little room there is. */
  const compact = async (signal: AbortSignal) => {
    if (settings.compactionLiveRatio === 0 || turnsToSkip-- > 0) return undefined;
    try {
      const report = await compactor.run(signal);
      failures = 0;
      turnsToSkip = 0;
      return report;
    } catch (error) {
      failures = Math.min(failures + 1, maxBackOffs);
      turnsToSkip = 2 ** failures - 1;
      throw error;
    }
  };
  return {
    name: 'compaction',
    intervalMs: settings.compactionIntervalMs,
    async run(signal) {
      const report = await compact(signal);
      const stats = await packs.packStats();
      const dead = stats.reduce((sum, { deadBytes }) => sum + deadBytes, 0);
      const all = stats.reduce((sum, { entryBytes }) => sum + entryBytes, 0);
      events.packs(Math.max(0, all - dead), dead);
      if (report === undefined || report.bodies === 0) return undefined;
      events.compacted(report.bytes);
      return report;
    },
  };
}

function scrubJob(deps: ScrubDeps): Job {
  const { settings, events } = deps;
  const scrubber = createScrubber({
    ...deps,
    settings: {
      bytesPerSecond: settings.scrubBytesPerSecond,
      intervalMs: settings.scrubIntervalMs,
    },
    events: { damaged: events.damaged, advanced: events.scrubbed },
  });
  return {
    name: 'scrub',
    intervalMs: scrubLookMs,
    run: (signal) => scrubber.run(signal),
  };
}

/**
 * In every process that writes packs: its own pack is sealed once it is mostly dead, as only sealed packs are
 * compacted. Returns what stops it.
 */
export function startSealing(
  packs: Pick<PackStore, 'sealMostlyDead'>,
  settings: Pick<UpkeepSettings, 'compactionLiveRatio' | 'compactionIntervalMs'>,
  failed: (error: unknown) => void,
): () => void {
  if (settings.compactionLiveRatio === 0) return () => {};
  const timer = setInterval(() => {
    packs.sealMostlyDead(settings.compactionLiveRatio, minSealBytes).catch(failed);
  }, settings.compactionIntervalMs);
  timer.unref();
  return () => clearInterval(timer);
}
