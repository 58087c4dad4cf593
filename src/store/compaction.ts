/**
 * Compaction: what still lives in packs that are mostly dead moves to another pack, so that the old ones can go.
 *
 * Bytes first, record second: a body is written again (durable), then its record is moved under a guard,
 * and the same commit leaves the old place to the garbage collector. It removes it after its grace, as if it
 * had been deleted: a reader that has the old place still finds it. When nothing in the old pack lives, it is
 * deleted as any other.
 *
 * A crash between the two leaves bytes twice. The copy has no record, so the orphan sweep removes it. Two
 * compactors at one pack move each body once: the guard fails for the later one, which gives its copy up.
 */
import { BlobCorruptError, type BlobListEntry, type BlobStore } from './blob/port.ts';
import { transact } from './commit.ts';
import type { GarbageEntry } from './garbage.ts';
import { createIdSource, postponed } from './ids.ts';
import { blobKey, garbageKey } from './keyspace.ts';
import type { MetaOp, MetaStore } from './meta/port.ts';
import { decodeBlobRecord, encodeBlobRecord, encodeRecord } from './record-codec.ts';
import type { BlobRecord } from './records.ts';

/** What compaction asks of a store of packs, besides reading and writing. */
export interface PackSource {
  /** Sealed packs that hold something dead, the emptiest first. */
  compactable(): Promise<readonly { readonly id: string; readonly liveRatio: number }[]>;
  /** What is not known to be dead in a pack, a page at a time. */
  packPages(pack: string): AsyncIterable<readonly BlobListEntry[]>;
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
  /** Bodies that stay where they are, as their bytes differ from their checksum. */
  readonly damaged: number;
}

/** Bodies moved at once: they share flushes and commits. */
const groupBodies = 64;
/** Bytes of bodies moved at once, beyond the first. */
const groupBytes = 8 * 1024 * 1024;
/**
 * The old place stays for this long beyond the garbage grace, which may be set to nothing: a read of an object
 * that was not deleted must not fail, however slow its process.
 */
const movedGraceMs = 60_000;

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
  readonly onDamaged: (blob: string, error: BlobCorruptError) => void;
}): Compactor {
  const { meta, blobs, now, settings } = deps;
  const ids = createIdSource(deps);
  /** Packs that wait for the garbage collector, and when what was in them had been moved. */
  const emptied = new Map<string, number>();

  /** False if the body was removed or moved by another, which is as good. */
  const move = async (id: Buffer, from: Buffer, length: number): Promise<boolean> => {
    const bytes = await blobs.read(from, length, 0, length);
    const { locator } = await blobs.write(bytes, { id, length });
    const at = blobKey(id.toString('hex'));
    // If this throws, nobody knows whether the record moved: the copy is left to the orphan sweep.
    const moved = await transact<boolean>(meta, async () => {
      const record = await meta.get(at);
      const blob = record && decodeBlobRecord(record.value);
      if (record === undefined || blob === undefined || !isAt(blob, from)) return { done: false };
      const value = encodeBlobRecord({ ...blob, home: { kind: 'stored', locator } });
      const put: MetaOp = { op: 'put', at, value, guard: { seq: record.seq } };
      const old: GarbageEntry = { kind: 'bytes', locator: from.toString('hex') };
      const leave: MetaOp = {
        op: 'put',
        at: garbageKey(postponed(ids.next(), movedGraceMs)),
        value: encodeRecord(old),
      };
      return { ops: [put, leave], result: true };
    });
    if (!moved) await blobs.remove(locator);
    return moved;
  };

  const moveGroup = async (group: readonly Living[], report: Report): Promise<void> => {
    const outcomes = await Promise.allSettled(
      group.map(({ id, locator, length }) => move(id, locator, length)),
    );
    let failure: PromiseRejectedResult | undefined;
    for (const [i, outcome] of outcomes.entries()) {
      const { id, length } = group[i]!;
      if (outcome.status === 'fulfilled') {
        report.bodies += outcome.value ? 1 : 0;
        report.bytes += outcome.value ? length : 0;
      } else if (outcome.reason instanceof BlobCorruptError) {
        report.damaged += 1;
        deps.onDamaged(id.toString('hex'), outcome.reason);
      } else failure ??= outcome;
    }
    // A disk that is full or broken: the next run tries again.
    if (failure !== undefined) throw failure.reason;
  };

  const living = async (entries: readonly BlobListEntry[]): Promise<readonly Living[]> => {
    const records = await meta.getMany(entries.map(({ id }) => blobKey(id.toString('hex'))));
    return entries.flatMap(({ id, locator }, i) => {
      const record = records[i];
      const blob = record && decodeBlobRecord(record.value);
      // The others are garbage that waits, orphans for the sweep, or not committed yet.
      return blob !== undefined && isAt(blob, locator)
        ? [{ id, locator, length: blob.length }]
        : [];
    });
  };

  /** False if the run's limit came first. */
  const empty = async (pack: string, report: Report, signal?: AbortSignal): Promise<boolean> => {
    for await (const entries of blobs.packPages(pack)) {
      for (const group of inGroups(await living(entries))) {
        signal?.throwIfAborted();
        if (report.bytes >= settings.maxRunBytes) return false;
        await moveGroup(group, report);
      }
    }
    return true;
  };

  return {
    async run(signal) {
      const report: Report = { packs: 0, bodies: 0, bytes: 0, damaged: 0 };
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

type Report = { -readonly [Name in keyof CompactionReport]: CompactionReport[Name] };

interface Living {
  readonly id: Buffer;
  readonly locator: Buffer;
  readonly length: number;
}

const isAt = ({ home }: BlobRecord, locator: Buffer): boolean =>
  home.kind === 'stored' && home.locator.equals(locator);

function* inGroups(bodies: readonly Living[]): Generator<readonly Living[]> {
  let group: Living[] = [];
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
