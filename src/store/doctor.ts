/**
 * The doctor's examination of a whole store: records against each other, records against bytes both ways, and
 * the checksums of all of it. `doctor-repair.ts` is the treatment.
 *
 * The records of one moment are counted (`census.ts`). Bytes are looked at as they are now: what seems wrong
 * and was changed meanwhile is looked at again, so that a store may be examined while others use it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { BlobFrameError, type BlobStore, type FrameStore, listPages } from './blob/port.ts';
import { type Census, createCensus, type RecordFault } from './census.ts';
import { damageOfBytes } from './damage.ts';
import { RecordCorruptError } from './errors.ts';
import { assertReadable, readFormat } from './format.ts';
import { type MetaStore, scanPages } from './meta/port.ts';
import { findStrays } from './orphans.ts';
import { damageOfRecord, type RecordPage } from './record-walk.ts';

export type Fault =
  | RecordFault
  /** Bytes of a blob are missing or differ from their checksum. */
  | { readonly kind: 'bytes'; readonly blob: string; readonly why: string }
  /** They are right, and what the store keeps around them is not. */
  | { readonly kind: 'frame'; readonly blob: string; readonly why: string }
  /** The head or the seal of a pack. Nothing is lost by it. */
  | { readonly kind: 'pack'; readonly pack: string; readonly why: string }
  /** Bytes that no record refers to: what a crash leaves. */
  | { readonly kind: 'orphan-bytes'; readonly locator: string; readonly length: number };

export interface Examination {
  /** The format of the store. */
  readonly format: number;
  readonly counted: Census['counted'];
  /** The first `maxFaults`. */
  readonly faults: readonly Fault[];
  /** How many there are in all. */
  readonly faultCount: number;
}

export interface ExaminationProgress {
  readonly step: 'records' | 'bytes' | 'orphans';
  readonly done: number;
  /** Where it is known. */
  readonly total?: number;
}

export interface ExaminationDeps {
  readonly meta: MetaStore;
  readonly blobs: Pick<BlobStore, 'read' | 'list'> & FrameStore;
  /** All records of one moment. */
  readonly snapshot: () => Iterable<RecordPage> | AsyncIterable<RecordPage>;
  /** Looks whether bytes are there and what surrounds them, and doesn't read them. */
  readonly quick: boolean;
  /** Bytes written later than this are not taken for orphans: their record may be under way. */
  readonly orphansBefore: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ExaminationProgress) => void;
}

const noPart = Buffer.alloc(0);
const pageRecords = 500;
/** Faults that are told one by one; a store that is gone altogether has as many as records. */
const maxFaults = 100_000;

/** @throws FormatVersionError, RecordCorruptError */
export async function examine(deps: ExaminationDeps): Promise<Examination> {
  const format = await usableFormat(deps.meta);
  const faults: Fault[] = [];
  let faultCount = 0;
  const tell = (fault: Fault): void => {
    faultCount += 1;
    if (faults.length < maxFaults) faults.push(fault);
  };
  const census = createCensus();
  for await (const page of deps.snapshot()) {
    // Reading records waits for nothing: signals and timers get their turn between two pages.
    await nextTurn();
    deps.signal?.throwIfAborted();
    census.add(page);
    deps.onProgress?.({ step: 'records', done: census.counted.records });
  }
  for (const fault of census.finish()) tell(fault);
  await examineBytes(deps, census.counted.bytes, tell);
  for (const { id, why } of await deps.blobs.flaws()) tell({ kind: 'pack', pack: id, why });
  await examineOrphans(deps, census.counted.bodies, tell);
  return { format, counted: census.counted, faults, faultCount };
}

/** @throws FormatVersionError, RecordCorruptError */
export async function usableFormat(meta: MetaStore): Promise<number> {
  const record = await readFormat(meta);
  if (record === undefined) {
    throw new RecordCorruptError('the data directory has no record of its format');
  }
  assertReadable(record);
  return record.version;
}

async function examineBytes(
  { meta, blobs, quick, signal, onProgress }: ExaminationDeps,
  total: number,
  tell: (fault: Fault) => void,
): Promise<void> {
  let done = 0;
  const look = async (locator: Buffer, length: number): Promise<void> => {
    if (quick) done += length;
    else {
      const bytes = await blobs.read(locator, length, 0, length, signal);
      for await (const chunk of Buffer.isBuffer(bytes) ? [bytes] : bytes) {
        done += chunk.length;
        onProgress?.({ step: 'bytes', done, total });
      }
    }
    await blobs.verifyFrame(locator, length);
    onProgress?.({ step: 'bytes', done, total });
  };
  const range = { table: 'blob', part: noPart, limit: pageRecords } as const;
  for await (const records of scanPages(meta, range)) {
    await nextTurn();
    for (const record of records) {
      signal?.throwIfAborted();
      // The census told of it.
      if (damageOfRecord('blob', record) !== undefined) continue;
      const error = await damageOfBytes({ meta }, record, look);
      if (error === undefined) continue;
      const kind = error instanceof BlobFrameError ? 'frame' : 'bytes';
      tell({ kind, blob: record.key.toString('hex'), why: error.message });
    }
  }
}

async function examineOrphans(
  { meta, blobs, orphansBefore, signal, onProgress }: ExaminationDeps,
  total: number,
  tell: (fault: Fault) => void,
): Promise<void> {
  let done = 0;
  for await (const entries of listPages(blobs, signal)) {
    const old = entries.filter(({ writtenAt }) => writtenAt < orphansBefore);
    for (const { locator, length } of await findStrays(meta, old)) {
      tell({ kind: 'orphan-bytes', locator: locator.toString('hex'), length });
    }
    done += entries.length;
    onProgress?.({ step: 'orphans', done, total: Math.max(total, done) });
  }
}

/** What a crash leaves and the jobs of a server clear away: nothing is lost or wrong. */
export const isLeftover = ({ kind }: Fault): boolean =>
  kind === 'orphan-bytes' || kind === 'dangling-garbage';

/** A fault as a sentence. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'record':
      return `record ${fault.key} of table ${fault.table} is damaged: ${fault.why}`;
    case 'null-version':
      return `the null version of ${fault.key} in bucket ${fault.bucket} and the pointer to it differ`;
    case 'annotations':
      return `a version says ${fault.said} annotations (set ${fault.set}), counted ${fault.counted}`;
    case 'stray-annotations':
      return `annotations (set ${fault.set}) belong to no version`;
    case 'quota':
      return `quota of ${fault.scope} counts ${JSON.stringify(fault.said)}, there is ${JSON.stringify(fault.counted)}`;
    case 'usage':
      return `usage of ${fault.bucket} is ${JSON.stringify(fault.said)}, counted ${JSON.stringify(fault.counted)}`;
    case 'references':
      return `blob ${fault.blob} says ${fault.said} references, counted ${fault.counted}`;
    case 'blob-missing':
      return `blob ${fault.blob} is referred to and not there`;
    case 'dangling-garbage':
      return `garbage refers to blob ${fault.blob}, which is not there`;
    case 'bytes':
      return `bytes of blob ${fault.blob} are damaged: ${fault.why}`;
    case 'frame':
      return `what surrounds the bytes of blob ${fault.blob} is damaged, the bytes are right: ${fault.why}`;
    case 'pack':
      return `pack ${fault.pack}: ${fault.why}`;
    case 'orphan-bytes':
      return `bytes at ${fault.locator} (${fault.length}) have no record`;
  }
}
