/** A MetaStore that tells of its commits: how long they took, how many operations, whether they held. */
import type { MetaStore } from './port.ts';

export type OnCommit = (ms: number, ops: number, committed: boolean) => void;

export function measureCommits(meta: MetaStore, onCommit: OnCommit): MetaStore {
  return {
    ...meta,
    async commit(ops) {
      const started = performance.now();
      const result = await meta.commit(ops);
      onCommit(performance.now() - started, ops.length, result.committed);
      return result;
    },
  };
}
