/**
 * Planning a batch of commits: which of them hold, and what one atomic write makes them all true.
 *
 * Commits are judged in their order against the stored records plus an overlay of what earlier commits
 * of the batch write. The plan guards every stored record that a judgement rests on, so that the engine
 * writes the batch only if the world is still the one that was judged. `add` becomes an absolute value
 * under such a guard, merged with the other adds of the batch; one that would pass its bound fails its commit.
 */

import { addCounters, isBeyond } from './counters.ts';
import { encodeMetaKey } from './keys.ts';
import {
  type CommitResult,
  type MetaGuard,
  type MetaOp,
  maxCommitOps,
  maxMetaValueBytes,
} from './port.ts';

export interface StoredRecord {
  readonly value: Buffer;
  readonly seq: number;
}

/** The stored records, by full key; every read of one planning sees the same moment. */
export interface StoredRecords {
  read(fullKey: Buffer): StoredRecord | undefined;
  /** The seq alone, for guards: no value is copied. */
  readSeq(fullKey: Buffer): number | undefined;
}

interface PreparedOp {
  readonly op: MetaOp;
  readonly fullKey: Buffer;
  /** The full key as a map key: one character a byte. */
  readonly id: string;
}

/** A commit that was checked against the port's limits. */
export interface PreparedCommit {
  readonly ops: readonly PreparedOp[];
  readonly valueBytes: number;
}

export interface BatchGuard {
  readonly fullKey: Buffer;
  /** What must be stored; undefined = nothing. */
  readonly seq: number | undefined;
}

export interface BatchWrite {
  readonly fullKey: Buffer;
  /** Undefined removes the record. */
  readonly record: StoredRecord | undefined;
}

/**
 * A failure `onUnwritten` rests on what an earlier commit of the batch is about to write: it may be told
 * only once the batch is durable.
 */
export type Verdict =
  | { readonly kind: 'holds' }
  | { readonly kind: 'fails'; readonly result: CommitResult; readonly onUnwritten: boolean }
  | { readonly kind: 'invalid'; readonly error: RangeError };

export interface BatchPlan {
  /** One a commit, in their order. */
  readonly verdicts: readonly Verdict[];
  readonly guards: readonly BatchGuard[];
  readonly writes: readonly BatchWrite[];
}

/** Throws RangeError for a commit that no engine may see. */
export function prepareCommit(ops: readonly MetaOp[]): PreparedCommit {
  if (ops.length > maxCommitOps) {
    throw new RangeError(`commit of ${ops.length} ops; the limit is ${maxCommitOps}`);
  }
  const ids = new Set<string>();
  const prepared: PreparedOp[] = [];
  let valueBytes = 0;
  for (const op of ops) {
    const fullKey = encodeMetaKey(op.at);
    const id = fullKey.toString('latin1');
    if (ids.has(id)) throw new RangeError(`two ops of one commit on one key of ${op.at.table}`);
    ids.add(id);
    if (op.op === 'put') {
      if (op.value.length > maxMetaValueBytes) {
        throw new RangeError(
          `record of ${op.value.length} bytes; the limit is ${maxMetaValueBytes}`,
        );
      }
      valueBytes += op.value.length;
    }
    prepared.push({ op, fullKey, id });
  }
  return { ops: prepared, valueBytes };
}

export function planBatch(
  commits: readonly PreparedCommit[],
  stored: StoredRecords,
  nextSeq: () => number,
): BatchPlan {
  const guards = new Map<string, BatchGuard>();
  const writes = new Map<string, BatchWrite>();
  const verdicts = commits.map((commit): Verdict => {
    for (let index = 0; index < commit.ops.length; index++) {
      const { op, fullKey, id } = commit.ops[index]!;
      if (op.op === 'add' || op.guard === undefined) continue;
      const written = writes.get(id);
      // Puts into one bucket all hold its record: what the batch rests on already is not read again.
      const guard = written === undefined ? guards.get(id) : undefined;
      const seq = written ? written.record?.seq : guard ? guard.seq : stored.readSeq(fullKey);
      if (!guardHolds(op.guard, seq)) {
        const record = written ? written.record : stored.read(fullKey);
        const current = record && { key: op.at.key, ...record };
        return {
          kind: 'fails',
          result: { committed: false, failedOp: index, current },
          onUnwritten: written !== undefined,
        };
      }
    }

    // No key comes twice in a commit, so that lists will do.
    const additions: [id: string, write: BatchWrite][] = [];
    const relied: [id: string, guard: BatchGuard][] = [];
    for (const { op, fullKey, id } of commit.ops) {
      const written = writes.get(id);
      if (written === undefined && op.op !== 'add' && op.guard !== undefined) {
        relied.push([id, { fullKey, seq: 'seq' in op.guard ? op.guard.seq : undefined }]);
      }
      if (op.op === 'put') {
        additions.push([id, { fullKey, record: { value: op.value, seq: nextSeq() } }]);
      } else if (op.op === 'delete') {
        additions.push([id, { fullKey, record: undefined }]);
      } else if (op.op === 'add') {
        const before = written ? written.record : stored.read(fullKey);
        if (!written) relied.push([id, { fullKey, seq: before?.seq }]);
        try {
          const value = addCounters(before?.value, op.deltas);
          if (op.most !== undefined && isBeyond(value, op.deltas, op.most)) {
            const current = before && { key: op.at.key, ...before };
            const failedOp = commit.ops.findIndex((one) => one.op === op);
            return {
              kind: 'fails',
              result: { committed: false, failedOp, current },
              onUnwritten: written !== undefined,
            };
          }
          additions.push([id, { fullKey, record: { value, seq: nextSeq() } }]);
        } catch (error) {
          if (error instanceof RangeError) return { kind: 'invalid', error };
          throw error;
        }
      }
    }
    for (const [id, guard] of relied) guards.set(id, guard);
    for (const [id, write] of additions) writes.set(id, write);
    return { kind: 'holds' };
  });
  return { verdicts, guards: [...guards.values()], writes: [...writes.values()] };
}

function guardHolds(guard: MetaGuard, seq: number | undefined): boolean {
  return 'seq' in guard ? seq === guard.seq : seq === undefined;
}
