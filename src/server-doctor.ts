/** `kist doctor`, wired: the examination of a data directory, and the repair of what can be repaired. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { writeDurably } from './backup/durable-write.ts';
import { crc32cOf, warmDigests } from './digest/digest.ts';
import { openFileBlobStore } from './store/blob/files.ts';
import { ownersOf } from './store/blob-owners.ts';
import {
  describeFault,
  type Examination,
  type ExaminationProgress,
  examine,
  type Fault,
  isLeftover,
  usableFormat,
} from './store/doctor.ts';
import { repair } from './store/doctor-repair.ts';
import { dropDamaged } from './store/drop-damaged.ts';
import { FormatVersionError, RecordCorruptError } from './store/errors.ts';
import { createIdSource } from './store/ids.ts';
import { openLmdbMetaStore } from './store/meta/lmdb.ts';
import { snapshotPages } from './store/record-walk.ts';

export interface DoctorRequest {
  readonly dataDir: string;
  /** A server has the directory open. */
  readonly live: boolean;
  readonly quick: boolean;
  /** Not while a server has the directory open. */
  readonly repair: boolean;
  /** Before a repair, which then goes on as if they had never been. */
  readonly dropDamaged?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExaminationProgress) => void;
}

export interface DoctorFault {
  readonly kind: Fault['kind'];
  readonly message: string;
  /** What a crash leaves and a server clears away by itself. */
  readonly leftover: boolean;
  readonly repaired: boolean;
  /** Some of the objects that it is about. */
  readonly objects?: readonly string[];
}

export interface DoctorReport extends Pick<Examination, 'format' | 'counted' | 'faultCount'> {
  readonly faults: readonly DoctorFault[];
  /** Where there was any: damaged records that were dropped, and the file that they are kept in. */
  readonly dropped?: { readonly file: string; readonly records: readonly string[] };
  /** Nothing is wrong any more; leftovers are nothing wrong. */
  readonly healthy: boolean;
}

/** Names the doctor among writers of packs; it writes none. */
const writerId = 'doctor';
/** Beside a server: bytes that were written within this time may get their record yet. */
const orphanGraceMs = 3_600_000;

export async function examineDataDirectory(request: DoctorRequest): Promise<DoctorReport> {
  const { dataDir, live, quick } = request;
  const now = () => Date.now();
  await warmDigests();
  const meta = await openLmdbMetaStore({ path: join(dataDir, 'meta') });
  try {
    const blobs = await openFileBlobStore({
      dir: join(dataDir, 'blobs'),
      writerId,
      readOnly: !request.repair,
      deps: { crc32c: crc32cOf },
    });
    try {
      const snapshot = () => snapshotPages(meta.snapshot());
      const ids = createIdSource({ now, randomBytes });
      await usableFormat(meta);
      let dropped: DoctorReport['dropped'];
      if (request.repair && request.dropDamaged) {
        const stamp = new Date(now()).toISOString().replaceAll(/[:.]/g, '-');
        const file = join(dataDir, `damaged-records-${stamp}.jsonl`);
        const keep = (lines: string) => writeDurably(file, lines);
        const { signal } = request;
        const records = await dropDamaged({ meta, blobs, ids, now, snapshot, keep, signal });
        if (records.length > 0) dropped = { file, records };
      }
      const found = await examine({
        meta,
        blobs,
        snapshot,
        quick,
        orphansBefore: live ? now() - orphanGraceMs : Number.POSITIVE_INFINITY,
        ...(request.signal && { signal: request.signal }),
        ...(request.onProgress && { onProgress: request.onProgress }),
      });
      const damaged = found.faults.flatMap((fault) => damagedBlob(fault) ?? []);
      const owners = await ownersOf(new Set(damaged), snapshot);
      const { unreadable } = found.counted;
      const faults: DoctorFault[] = [];
      for (const fault of found.faults) {
        request.signal?.throwIfAborted();
        const blob = damagedBlob(fault);
        const objects = blob === undefined ? undefined : owners.get(blob);
        faults.push({
          kind: fault.kind,
          message: describeFault(fault),
          leftover: isLeftover(fault),
          repaired: request.repair && (await repair({ meta, blobs, ids, unreadable }, fault)),
          ...(objects && { objects }),
        });
      }
      const { format, counted, faultCount } = found;
      const isTold = faultCount === faults.length;
      const healthy = isTold && faults.every(({ leftover, repaired }) => leftover || repaired);
      return { format, counted, faultCount, faults, ...(dropped && { dropped }), healthy };
    } catch (error) {
      const isTold = error instanceof FormatVersionError || error instanceof RecordCorruptError;
      throw isTold ? new Error(`${error.message} (${dataDir})`, { cause: error }) : error;
    } finally {
      await blobs.close();
    }
  } finally {
    await meta.close();
  }
}

/** The blob whose bytes a fault takes: people know the objects that it belongs to. */
function damagedBlob(fault: Fault): string | undefined {
  const { kind } = fault;
  if (kind === 'bytes' || kind === 'frame' || kind === 'blob-missing') return fault.blob;
  return kind === 'record' && fault.table === 'blob' ? fault.key : undefined;
}
