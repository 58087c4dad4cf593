/**
 * Group commit: at most one batch of commits is being written at a time; those that arrive meanwhile
 * wait and form the next one, so that one flush to disk serves them all.
 *
 * A batch is planned against what is stored (batch.ts) and written under the guards of its plan. If
 * another process was faster, the write changes nothing, and whoever still waits is planned anew.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type BatchGuard,
  type BatchWrite,
  type PreparedCommit,
  planBatch,
  prepareCommit,
  type StoredRecords,
} from './batch.ts';
import { type CommitResult, MetaBusyError, type MetaOp } from './port.ts';

/** Most operations in one batch, unless a single commit has more: bounds the planning's turn. */
export const maxBatchOps = 2048;
/** Most value bytes in one batch, unless a single commit has more. */
export const maxBatchBytes = 32 * 1024 * 1024;
/** Most operations waiting for a batch. */
export const maxQueuedOps = 200_000;
/** Most value bytes waiting for a batch. */
export const maxQueuedBytes = 256 * 1024 * 1024;
/**
 * Most rounds in which other processes are faster, on one batch. A lost round costs no flush, and
 * means that another process's batch was written.
 */
export const maxBatchRounds = 64;
/** How long a batch may take before its commits are told that their outcome is unknown. */
export const commitDeadlineMs = 60_000;

/** What group commit needs of an engine. */
export interface CommitEngine extends StoredRecords {
  /** Makes the next reads see every commit acknowledged so far, by any process. */
  refresh(): void;
  /**
   * All writes, atomically and durably, if every guard holds as it starts; false = nothing changed.
   * Runs one at a time.
   */
  write(guards: readonly BatchGuard[], writes: readonly BatchWrite[]): Promise<boolean>;
}

interface Waiting {
  readonly commit: PreparedCommit;
  readonly resolve: (result: CommitResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Told of each batch that was written: how long that took, its flush included, and for how many commits. */
export type OnBatch = (ms: number, commits: number) => void;

export interface GroupCommit {
  commit(ops: readonly MetaOp[]): Promise<CommitResult>;
  /** Why the last batch could not be written; undefined once one could. */
  failure(): unknown;
  /** Resolves when nothing is waiting and no batch is under way. */
  idle(): Promise<void>;
}

export function createGroupCommit(
  engine: CommitEngine,
  options: {
    readonly nextSeq: () => number;
    readonly deadlineMs?: number;
    readonly onBatch?: OnBatch | undefined;
  },
): GroupCommit {
  const { nextSeq, deadlineMs = commitDeadlineMs, onBatch } = options;
  const queue: Waiting[] = [];
  let queuedOps = 0;
  let queuedBytes = 0;
  let draining: Promise<void> | undefined;
  let failure: unknown;
  let overdue: Error | undefined;

  function take(): Waiting[] {
    let ops = 0;
    let bytes = 0;
    let count = 0;
    for (const { commit } of queue) {
      ops += commit.ops.length;
      bytes += commit.valueBytes;
      if (count > 0 && (ops > maxBatchOps || bytes > maxBatchBytes)) break;
      count++;
    }
    const batch = queue.splice(0, count);
    for (const { commit } of batch) {
      queuedOps -= commit.ops.length;
      queuedBytes -= commit.valueBytes;
    }
    return batch;
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      // Commits of requests that arrived in this turn of the event loop belong to this batch too.
      await nextTurn();
      const batch = take();
      try {
        await settle(batch);
      } catch (error) {
        failure = error;
        for (const { reject } of batch) reject(error);
      }
    }
    draining = undefined;
  }

  /** Answers every commit of the batch, or throws. */
  async function settle(batch: readonly Waiting[]): Promise<void> {
    let waiting = batch;
    for (let round = 0; round < maxBatchRounds; round++) {
      engine.refresh();
      const plan = planBatch(
        waiting.map(({ commit }) => commit),
        engine,
        nextSeq,
      );
      const open: Waiting[] = [];
      const answers: (() => void)[] = [];
      for (const [i, verdict] of plan.verdicts.entries()) {
        const { resolve, reject } = waiting[i]!;
        if (verdict.kind === 'invalid') reject(verdict.error);
        else if (verdict.kind === 'fails' && !verdict.onUnwritten) resolve(verdict.result);
        else {
          open.push(waiting[i]!);
          const result = verdict.kind === 'fails' ? verdict.result : { committed: true as const };
          answers.push(() => resolve(result));
        }
      }
      const written = plan.writes.length === 0 || (await write(plan.guards, plan.writes, open));
      if (written) {
        for (const answer of answers) answer();
        return;
      }
      waiting = open;
    }
    throw new MetaBusyError(`other processes were faster in ${maxBatchRounds} rounds`);
  }

  async function write(
    guards: readonly BatchGuard[],
    writes: readonly BatchWrite[],
    open: readonly Waiting[],
  ): Promise<boolean> {
    const timer = setTimeout(() => {
      overdue = new Error(`The metadata engine has not answered for ${deadlineMs} ms.`);
      failure = overdue;
      for (const { reject } of [...open, ...queue.splice(0)]) reject(overdue);
      queuedOps = 0;
      queuedBytes = 0;
    }, deadlineMs);
    try {
      const startedAt = performance.now();
      const written = await engine.write(guards, writes);
      // A round that another process won costs no flush.
      if (written) onBatch?.(performance.now() - startedAt, open.length);
      failure = undefined;
      return written;
    } finally {
      clearTimeout(timer);
      overdue = undefined;
    }
  }

  return {
    async commit(ops) {
      const commit = prepareCommit(ops);
      if (overdue) throw new MetaBusyError('a batch is overdue', { cause: overdue });
      if (
        queuedOps + commit.ops.length > maxQueuedOps ||
        queuedBytes + commit.valueBytes > maxQueuedBytes
      ) {
        throw new MetaBusyError(`${queuedOps} operations are waiting already`);
      }
      return await new Promise<CommitResult>((resolve, reject) => {
        queue.push({ commit, resolve, reject });
        queuedOps += commit.ops.length;
        queuedBytes += commit.valueBytes;
        draining ??= drain();
      });
    },
    failure: () => failure,
    async idle() {
      while (draining) await draining;
    },
  };
}
