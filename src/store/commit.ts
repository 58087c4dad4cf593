/**
 * Read, plan, commit; on conflict plan again.
 *
 * Plans that touch one record from one process line up behind each other (`KeyedQueue`), so that
 * they don't spend rounds on refusing each other; other processes are kept out by the guards alone.
 */
import { ContentionError } from './errors.ts';
import type { CommitResult, MetaOp, MetaStore } from './meta/port.ts';
import { quotaExceeded } from './quota-ops.ts';

/** Rounds after which a change is given up: many processes would have to race for one record. */
const maxCommitAttempts = 200;

/** What a plan came to: operations to commit and then a result, or a result without any. */
export type Plan<T> =
  | { readonly ops: readonly MetaOp[]; readonly result: T }
  | { readonly done: T };

/**
 * @param plan is called for each attempt; `conflict` is what made the last one fail.
 * @throws ContentionError, QuotaExceededError
 */
export async function transact<T>(
  meta: MetaStore,
  plan: (
    conflict: Extract<CommitResult, { committed: false }> | undefined,
  ) => Plan<T> | Promise<Plan<T>>,
): Promise<T> {
  let conflict: Extract<CommitResult, { committed: false }> | undefined;
  for (let attempt = 0; attempt < maxCommitAttempts; attempt++) {
    const made = plan(conflict);
    const planned = made instanceof Promise ? await made : made;
    if ('done' in planned) return planned.done;
    const outcome = await meta.commit(planned.ops);
    if (outcome.committed) return planned.result;
    const failed = planned.ops[outcome.failedOp]!;
    // All guards held, so another plan would come to the same.
    if (failed.op === 'add') throw quotaExceeded(failed, outcome.current?.value);
    conflict = outcome;
  }
  throw new ContentionError(`no commit in ${maxCommitAttempts} attempts`);
}

/** Runs tasks of one key one after the other; tasks of different keys run at once. */
export interface KeyedQueue {
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(key, task) {
      const before = tails.get(key);
      const turn = before === undefined ? task() : before.then(task, task);
      tails.set(key, turn);
      const leave = (): void => {
        if (tails.get(key) === turn) tails.delete(key);
      };
      turn.then(leave, leave);
      return turn;
    },
  };
}
