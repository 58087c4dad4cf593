/**
 * Compaction: what still lives in packs that are mostly dead moves to another pack, so that the old ones can go.
 *
 * Bytes first, record second (`move-body.ts`): the old place of a body is left to the garbage collector. When
 * nothing in the old pack lives, it is deleted as any other. A body that is damaged stays where it is and keeps
 * its pack; all others leave it.
 *
 * A crash between the two leaves bytes twice. The copy has no record, so the orphan sweep removes it. Two
 * compactors at one pack move each body once: the guard fails for the later one, which gives its copy up.
 */
import {
  BlobCorruptError,
  type BlobListEntry,
  type BlobLocator,
  type BlobStore,
} from './blob/port.ts';
import { RecordCorruptError } from './errors.ts';
import { bodiesIn } from './hidden-bodies.ts';
import { createIdSource } from './ids.ts';
import { blobKey } from './keyspace.ts';
import type { MetaStore } from './meta/port.ts';
import { createBodyMover, isAt, type StoredBody } from './move-body.ts';
import { decodeBlobRecord } from './record-codec.ts';

/** What compaction asks of a store of packs, besides reading and writing. */
export interface PackSource {
  /** Sealed packs that hold something dead, the emptiest first. */
  compactable(): Promise<readonly { readonly id: string; readonly liveRatio: number }[]>;
  /** What is not known to be dead in a pack, a page at a time. */
  packPages(pack: string): AsyncIterable<readonly BlobListEntry[]>;
  /** Whether it may hold bodies that `packPages` does not find, as their heads cannot be read. */
  mayHide(pack: string): Promise<boolean>;
  /** Undefined where it is in no pack. */
  packOf(locator: BlobLocator): string | undefined;
}

export interface CompactionSettings {
  /** Packs of which no more than this lives are emptied: 0 to 1. */
  readonly maxLiveRatio: number;
  /** A run ends after it has moved so many bytes. */
  readonly maxRunBytes: number;
}

export interface CompactionReport {
  /** Packs that were emptied. */
  readonly packs: number;
  /** Bodies that were moved, and how many bytes. */
  readonly bodies: number;
  readonly bytes: number;
  /** Bodies that stay where they are, as their bytes or their record cannot be read as they were written. */
  readonly damaged: number;
}

/** Bodies moved at once: they share flushes and commits. */
const groupBodies = 64;
/** Bytes of bodies moved at once, beyond the first. */
const groupBytes = 8 * 1024 * 1024;
/** A pack that was emptied and is still there after this long holds something again worth a look. */
const emptiedMs = 3_600_000;

export interface Compactor {
  /** At most one run at a time. */
  run(signal?: AbortSignal): Promise<CompactionReport>;
}

export function createCompactor(deps: {
  readonly meta: MetaStore;
  readonly blobs: BlobStore & PackSource;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
  readonly settings: CompactionSettings;
  readonly onDamaged: (blob: string, error: Error) => void;
}): Compactor {
  const { meta, blobs, now, settings } = deps;
  const move = createBodyMover({ meta, blobs, ids: createIdSource(deps) });
  /** Packs that wait for the garbage collector, and when what was in them had been moved. */
  const emptied = new Map<string, number>();
  /** Damaged bodies that this run told of. */
  let told = new Set<string>();

  const moveGroup = async (group: readonly StoredBody[], report: Report): Promise<void> => {
    const outcomes = await Promise.allSettled(group.map(move));
    let failure: PromiseRejectedResult | undefined;
    for (const [i, outcome] of outcomes.entries()) {
      const { id, length } = group[i]!;
      if (outcome.status === 'fulfilled') {
        report.bodies += outcome.value ? 1 : 0;
        report.bytes += outcome.value ? length : 0;
      } else if (isDamage(outcome.reason)) tell(id, outcome.reason, report);
      else failure ??= outcome;
    }
    // A disk that is full or broken: the next run tries again.
    if (failure !== undefined) throw failure.reason;
  };

  const tell = (id: Buffer, error: Error, report: Report): void => {
    const name = id.toString('hex');
    if (told.has(name)) return;
    told.add(name);
    report.damaged += 1;
    deps.onDamaged(name, error);
  };

  const living = async (
    entries: readonly BlobListEntry[],
    report: Report,
  ): Promise<readonly StoredBody[]> => {
    const records = await meta.getMany(entries.map(({ id }) => blobKey(id.toString('hex'))));
    return entries.flatMap(({ id, locator }, i) => {
      const record = records[i];
      try {
        const blob = record && decodeBlobRecord(record.value);
        // The others are garbage that waits, orphans for the sweep, or not committed yet.
        return blob !== undefined && isAt(blob, locator)
          ? [{ id, locator, length: blob.length }]
          : [];
      } catch (error) {
        // Its bytes may be the last of it.
        if (!(error instanceof RecordCorruptError)) throw error;
        tell(id, error, report);
        return [];
      }
    });
  };

  /** False if the run's limit came first. */
  const moveAll = async (
    bodies: readonly StoredBody[],
    report: Report,
    signal: AbortSignal | undefined,
  ): Promise<boolean> => {
    for (const group of inGroups(bodies)) {
      signal?.throwIfAborted();
      if (report.bytes >= settings.maxRunBytes) return false;
      await moveGroup(group, report);
    }
    return true;
  };

  const empty = async (pack: string, report: Report, signal?: AbortSignal): Promise<boolean> => {
    for await (const entries of blobs.packPages(pack)) {
      if (!(await moveAll(await living(entries, report), report, signal))) return false;
    }
    if (!(await blobs.mayHide(pack))) return true;
    const packOf: PackSource['packOf'] = (locator) => blobs.packOf(locator);
    try {
      for await (const bodies of bodiesIn(meta, packOf, new Set([pack]), signal)) {
        if (!(await moveAll(bodies, report, signal))) return false;
      }
    } catch (error) {
      // The pack stays; others go on.
      if (!(error instanceof RecordCorruptError)) throw error;
    }
    return true;
  };

  return {
    async run(signal) {
      const report: Report = { packs: 0, bodies: 0, bytes: 0, damaged: 0 };
      told = new Set();
      const packs = await blobs.compactable();
      const present = new Set(packs.map(({ id }) => id));
      for (const [id, at] of emptied) {
        if (!present.has(id) || now() - at > emptiedMs) emptied.delete(id);
      }
      for (const { id, liveRatio } of packs) {
        if (liveRatio > settings.maxLiveRatio) break;
        if (emptied.has(id)) continue;
        if (!(await empty(id, report, signal))) break;
        emptied.set(id, now());
        report.packs += 1;
      }
      return report;
    },
  };
}

const isDamage = (error: unknown): error is Error =>
  error instanceof BlobCorruptError || error instanceof RecordCorruptError;

type Report = { -readonly [Name in keyof CompactionReport]: CompactionReport[Name] };

function* inGroups(bodies: readonly StoredBody[]): Generator<readonly StoredBody[]> {
  let group: StoredBody[] = [];
  let bytes = 0;
  for (const body of bodies) {
    if (group.length === groupBodies || (group.length > 0 && bytes + body.length > groupBytes)) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(body);
    bytes += body.length;
  }
  if (group.length > 0) yield group;
}
