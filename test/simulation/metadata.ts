/**
 * Records that are durable as LMDB's are: a commit is seen when it is on disk, and answered later. One that
 * the power cut met may be there or not; one that was answered is. The memory adapter's content is the disk.
 */
import { createMemoryMetaStore } from '../../src/store/meta/memory.ts';
import type { MetaStore } from '../../src/store/meta/port.ts';
import type { Machine } from './machine.ts';

const commitErrors = ['ENOSPC', 'EIO'];

export function createMetadata(machine: () => Machine): MetaStore {
  const disk = createMemoryMetaStore({ now: () => machine().now() });
  return {
    ...disk,
    async commit(ops) {
      const commit = () => disk.commit(ops);
      const call = `commit of ${ops.length}`;
      const result = await machine().step({
        call,
        changes: true,
        errors: commitErrors,
        effect: commit,
        // One that fails may be there all the same.
        partial: (random) => {
          if (random.chance(0.5)) void commit();
        },
      });
      await machine().step({ call: `${call}: answer`, changes: true, errors: [], effect() {} });
      return result;
    },
    async close() {},
  };
}
