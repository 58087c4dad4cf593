import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { BatchWrite, StoredRecord } from './batch.ts';
import {
  type CommitEngine,
  createGroupCommit,
  maxBatchRounds,
  maxQueuedOps,
} from './group-commit.ts';
import { MetaBusyError, type MetaKey, type MetaOp } from './port.ts';

/** An engine whose writes wait until the test lets them go, fail, or lose a race. */
function createTestEngine() {
  const records = new Map<string, StoredRecord>();
  const writes: { finish(outcome: boolean | Error): void; count: number }[] = [];

  function apply(batch: readonly BatchWrite[]): void {
    for (const { fullKey, record } of batch) {
      const id = fullKey.toString('latin1');
      if (record) records.set(id, record);
      else records.delete(id);
    }
  }

  const engine: CommitEngine = {
    refresh() {},
    read: (fullKey) => records.get(fullKey.toString('latin1')),
    readSeq: (fullKey) => records.get(fullKey.toString('latin1'))?.seq,
    write: (_guards, batch) =>
      new Promise((resolve, reject) => {
        writes.push({
          count: batch.length,
          finish(outcome) {
            if (outcome instanceof Error) return reject(outcome);
            if (outcome) apply(batch);
            resolve(outcome);
          },
        });
      }),
  };

  return {
    engine,
    /** The write under way, once there is one. */
    async nextWrite() {
      await vi.waitUntil(() => writes.length > 0, { interval: 1 });
      return writes.shift()!;
    },
    /** What another process does meanwhile. */
    interfere: (key: string, seq: number) =>
      records.set(`\x05\x00${key}`, { value: Buffer.from('foreign'), seq }),
    writesUnderWay: () => writes.length,
  };
}

const at = (key: string): MetaKey => ({
  table: 'object',
  part: Buffer.alloc(0),
  key: Buffer.from(key),
});
const create = (key: string): MetaOp => ({
  op: 'put',
  at: at(key),
  value: Buffer.from('x'),
  guard: { absent: true },
});

describe('group commit', () => {
  let world: ReturnType<typeof createTestEngine>;
  let seq = 0;
  const open = (deadlineMs?: number) =>
    createGroupCommit(world.engine, { nextSeq: () => ++seq, deadlineMs });

  beforeEach(() => {
    world = createTestEngine();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('one batch at a time; what arrives meanwhile forms the next one', async () => {
    const group = open();
    const first = group.commit([create('a')]);
    const write = await world.nextWrite();
    const rest = Array.from({ length: 20 }, (_, i) => group.commit([create(`b${i}`)]));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(world.writesUnderWay()).toBe(0);
    write.finish(true);
    expect(await first).toEqual({ committed: true });
    const second = await world.nextWrite();
    expect(second.count).toBe(20);
    second.finish(true);
    await Promise.all(rest);
    await group.idle();
  });

  test('each batch is told of, with the commits in it; a lost round is not', async () => {
    const batches: number[] = [];
    const onBatch = (_: number, commits: number) => batches.push(commits);
    const group = createGroupCommit(world.engine, { nextSeq: () => ++seq, onBatch });
    const first = group.commit([create('a'), create('b')]);
    const write = await world.nextWrite();
    const rest = [group.commit([create('c')]), group.commit([create('d')])];
    write.finish(true);
    await first;
    (await world.nextWrite()).finish(false);
    (await world.nextWrite()).finish(true);
    await Promise.all(rest);
    expect(batches).toEqual([1, 2]);
  });

  test('who fails on what is stored is answered at once, who fails on the batch only after it', async () => {
    world.interfere('taken', 1);
    const group = open();
    const answers: string[] = [];
    const note = (name: string) => () => answers.push(name);
    const stored = group.commit([create('taken')]).then(note('stored'));
    const winner = group.commit([create('new')]).then(note('winner'));
    const loser = group.commit([create('new')]).then(note('loser'));
    const write = await world.nextWrite();
    await stored;
    expect(answers).toEqual(['stored']);
    write.finish(true);
    await Promise.all([winner, loser]);
    expect(answers).toEqual(['stored', 'winner', 'loser']);
  });

  test('if the batch fails, so does whoever was judged by it, with the cause; the next one works', async () => {
    const group = open();
    const cause = Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    const outcomes = Promise.allSettled([
      group.commit([create('a')]),
      group.commit([create('a')]),
      group.commit([create('b')]),
    ]);
    (await world.nextWrite()).finish(cause);
    for (const outcome of await outcomes) {
      expect(outcome).toEqual({ status: 'rejected', reason: cause });
    }
    expect(group.failure()).toBe(cause);
    const again = group.commit([create('a')]);
    (await world.nextWrite()).finish(true);
    expect(await again).toEqual({ committed: true });
    expect(group.failure()).toBeUndefined();
  });

  test('after a lost race everybody is judged anew', async () => {
    const group = open();
    const beaten = group.commit([create('a')]);
    const depending = group.commit([create('a')]);
    const other = group.commit([create('b')]);
    const write = await world.nextWrite();
    world.interfere('a', 99);
    write.finish(false);
    const foreign = {
      committed: false,
      failedOp: 0,
      current: expect.objectContaining({ seq: 99 }),
    };
    expect(await beaten).toEqual(foreign);
    expect(await depending).toEqual(foreign);
    (await world.nextWrite()).finish(true);
    expect(await other).toEqual({ committed: true });
  });

  test('who loses every race is told that the store is busy', async () => {
    const group = open();
    const commit = group.commit([{ op: 'add', at: at('c'), deltas: [1] }]);
    const refused = expect(commit).rejects.toThrow(MetaBusyError);
    for (let round = 0; round < maxBatchRounds; round++) (await world.nextWrite()).finish(false);
    await refused;
  });

  test('the queue is bounded', async () => {
    const group = open();
    const ops = Array.from({ length: 20_000 }, (_, i) => create(`k${i}`));
    const first = group.commit([create('a')]);
    const write = await world.nextWrite();
    const fitting = Array.from({ length: maxQueuedOps / ops.length }, () => group.commit(ops));
    await expect(group.commit([create('b')])).rejects.toThrow(MetaBusyError);
    write.finish(true);
    await first;
    const settled = Promise.all(fitting);
    (await world.nextWrite()).finish(true);
    await settled;
    const later = group.commit([create('b')]);
    (await world.nextWrite()).finish(true);
    expect(await later).toEqual({ committed: true });
  });

  test('a batch that takes too long leaves nobody waiting, and the store recovers', async () => {
    const group = open(20);
    const stuck = group.commit([create('a')]);
    const rejected = expect(stuck).rejects.toThrow('has not answered for 20 ms');
    const write = await world.nextWrite();
    await rejected;
    await expect(group.commit([create('b')])).rejects.toThrow(MetaBusyError);
    expect(group.failure()).toBeDefined();
    write.finish(true);
    await group.idle();
    const later = group.commit([create('b')]);
    (await world.nextWrite()).finish(true);
    expect(await later).toEqual({ committed: true });
  });
});
