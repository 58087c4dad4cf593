/**
 * The scrub: reads every record and every stored byte over time and verifies the checksums, so that damage is
 * found while there is still a backup to take the data from, not when somebody needs it.
 *
 * A pass goes through all records, then blobs with their bytes and what surrounds them, at last the packs'
 * heads and seals, at no more than so many bytes a second. It keeps how far it has come, so that a restart
 * goes on there. It changes nothing: what it finds is told.
 */
import type { BlobStore, FrameStore } from './blob/port.ts';
import { damageOfBytes } from './damage.ts';
import { RecordCorruptError } from './errors.ts';
import { timeOfId } from './ids.ts';
import { systemKey } from './keyspace.ts';
import type { MetaStore, MetaTable } from './meta/port.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import { damageOfRecord, type WalkPosition, walkRecords } from './record-walk.ts';

export interface ScrubSettings {
  readonly bytesPerSecond: number;
  /** From the end of a pass to the start of the next one. */
  readonly intervalMs: number;
}

export interface Damage {
  /** Of the record, or of the record that the bytes belong to; a pack has none. */
  readonly table: MetaTable | 'pack';
  /** The bucket's id in hex; empty in tables that are not split. */
  readonly bucket: string;
  /** The record's key: in hex of a blob, in UTF-8 of others. A pack's id. */
  readonly key: string;
  readonly error: Error;
}

export interface ScrubEvents {
  readonly damaged: (damage: Damage) => void;
  /** Bytes read since the last time, and how much of the pass is done: 0 to 1, by the age of blobs. */
  readonly advanced: (bytes: number, done: number) => void;
}

export interface ScrubReport {
  readonly records: number;
  readonly bytes: number;
  readonly damaged: number;
}

/** How far a pass has come; without a position, the last one is done. */
interface ScrubState extends ScrubReport {
  readonly startedAt: number;
  readonly finishedAt?: number;
  readonly position?: WalkPosition;
}

/** Bytes read between two pauses. */
const paceBytes = 1024 * 1024;
/** How often progress is kept. */
const saveMs = 10_000;
const stateAt = systemKey('scrub');

export interface Scrubber {
  /** Goes on with a pass, or begins one if it is time; undefined if it isn't. Resolves at its end. */
  run(signal: AbortSignal): Promise<ScrubReport | undefined>;
}

export function createScrubber(deps: {
  readonly meta: MetaStore;
  /** What surrounds the bytes is verified where the store can. */
  readonly blobs: BlobStore & Partial<FrameStore>;
  readonly now: () => number;
  /** Rejects when the signal aborts. */
  readonly pause: (ms: number, signal: AbortSignal) => Promise<unknown>;
  readonly settings: ScrubSettings;
  readonly events: ScrubEvents;
}): Scrubber {
  const { meta, blobs, now, settings, events } = deps;

  const load = async (): Promise<ScrubState | undefined> => {
    const record = await meta.get(stateAt);
    try {
      return record && decodeRecord<ScrubState>(record.value);
    } catch (error) {
      // The pass itself comes across it again.
      if (error instanceof RecordCorruptError) return undefined;
      throw error;
    }
  };

  /** Whatever was there: the state is this job's alone. */
  const save = async (state: ScrubState): Promise<void> => {
    await meta.commit([{ op: 'put', at: stateAt, value: encodeRecord(state) }]);
  };

  return {
    async run(signal) {
      const last = await load();
      if (last?.finishedAt !== undefined && now() < last.finishedAt + settings.intervalMs) {
        return undefined;
      }
      const isResumed = last !== undefined && last.finishedAt === undefined;
      const startedAt = isResumed ? last.startedAt : now();
      const report = isResumed
        ? { records: last.records, bytes: last.bytes, damaged: last.damaged }
        : { records: 0, bytes: 0, damaged: 0 };
      const from = isResumed ? last.position : undefined;
      const oldest = await oldestBlob(meta);
      let position = from;
      let savedAt = now();
      let unpaced = 0;

      const pace = async (bytes: number): Promise<void> => {
        report.bytes += bytes;
        unpaced += bytes;
        if (unpaced < paceBytes) return;
        const ms = (unpaced / settings.bytesPerSecond) * 1000;
        unpaced = 0;
        await deps.pause(ms, signal);
      };
      const readThrough = async (locator: Buffer, length: number): Promise<void> => {
        const bytes = await blobs.read(locator, length, 0, length);
        for await (const chunk of Buffer.isBuffer(bytes) ? [bytes] : bytes)
          await pace(chunk.length);
        await blobs.verifyFrame?.(locator, length);
      };
      const damage = (table: MetaTable, part: Buffer, key: Buffer, error: Error): void => {
        report.damaged += 1;
        const name = table === 'blob' ? key.toString('hex') : key.toString();
        events.damaged({ table, bucket: part.toString('hex'), key: name, error });
      };

      const told = { bytes: report.bytes };
      const advance = async (to: WalkPosition): Promise<void> => {
        position = to;
        events.advanced(report.bytes - told.bytes, doneRatio(to, oldest, startedAt));
        told.bytes = report.bytes;
        if (now() - savedAt < saveMs) return;
        await save({ ...report, startedAt, position });
        savedAt = now();
      };

      try {
        for await (const { table, part, records, position: end } of walkRecords(meta, from)) {
          for (const record of records) {
            signal.throwIfAborted();
            const error =
              damageOfRecord(table, record) ??
              (table === 'blob' ? await damageOfBytes(deps, record, readThrough) : undefined);
            if (error !== undefined) damage(table, part, record.key, error);
            report.records += 1;
            await pace(record.value.length);
            if (table === 'blob') await advance({ table, key: record.key.toString('hex') });
          }
          if (table !== 'blob') await advance(end);
        }
      } catch (error) {
        // Goes on here, whatever it was.
        if (position !== undefined) await save({ ...report, startedAt, position });
        throw error;
      }
      for (const { id, why } of (await blobs.flaws?.()) ?? []) {
        const error = new Error(`pack ${id}: ${why}`);
        report.damaged += 1;
        events.damaged({ table: 'pack', bucket: '', key: id, error });
      }
      await save({ ...report, startedAt, finishedAt: now() });
      events.advanced(0, 1);
      return report;
    },
  };
}

async function oldestBlob(meta: MetaStore): Promise<number> {
  const page = await meta.scan({ table: 'blob', part: Buffer.alloc(0), limit: 1 });
  return page.entries[0] === undefined ? 0 : timeOfId(page.entries[0].key);
}

/** Blobs order by age; what comes before them takes next to no time. */
function doneRatio({ table, key }: WalkPosition, oldest: number, startedAt: number): number {
  if (table !== 'blob' || key === '') return 0;
  const age = timeOfId(Buffer.from(key, 'hex')) - oldest;
  return Math.min(1, Math.max(0, age / Math.max(1, startedAt - oldest)));
}
