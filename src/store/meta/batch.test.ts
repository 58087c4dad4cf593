import { describe, expect, test } from 'vitest';
import { planBatch, prepareCommit, type StoredRecord } from './batch.ts';
import type { MetaKey, MetaOp, MetaTable } from './port.ts';

const at = (table: MetaTable, key: string): MetaKey => ({
  table,
  part: Buffer.alloc(0),
  key: Buffer.from(key),
});

/** A put of a new object, as the store commits it: under its bucket, counted. */
const putInto = (bucketSeq: number, key: string): MetaOp[] => [
  { op: 'check', at: at('bucket', 'photos'), guard: { seq: bucketSeq } },
  { op: 'put', at: at('object', key), value: Buffer.from(key), guard: { absent: true } },
  { op: 'add', at: at('usage', 'photos'), deltas: [1, 4096] },
];

/** Plans against one bucket with the sequence number 7, and counts what is read. */
function plan(commits: readonly (readonly MetaOp[])[]) {
  const bucket: StoredRecord = { value: Buffer.from('bucket'), seq: 7 };
  const read: string[] = [];
  const find = (fullKey: Buffer) => {
    read.push(fullKey.toString('latin1', 2));
    return fullKey[0] === 4 ? bucket : undefined;
  };
  let seq = 100;
  const planned = planBatch(
    commits.map(prepareCommit),
    { read: find, readSeq: (fullKey) => find(fullKey)?.seq },
    () => seq++,
  );
  return { ...planned, read };
}

describe('a batch', () => {
  test('reads and guards once what several of its commits rest on', () => {
    const { verdicts, read, guards, writes } = plan([putInto(7, 'a'), putInto(7, 'b')]);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['holds', 'holds']);
    expect(read.toSorted()).toEqual(['a', 'b', 'photos', 'photos']);
    expect(guards.map(({ seq }) => seq)).toEqual([7, undefined, undefined, undefined]);
    const [counters] = writes.filter(({ fullKey }) => fullKey[0] === 11);
    expect(counters?.record?.value.readBigInt64LE(0)).toBe(2n);
    expect(counters?.record?.value.readBigInt64LE(8)).toBe(8192n);
  });

  test('judges each commit by its own guard on what it shares with others', () => {
    const { verdicts, writes } = plan([putInto(7, 'a'), putInto(6, 'b'), putInto(7, 'c')]);
    expect(verdicts[1]).toMatchObject({
      kind: 'fails',
      onUnwritten: false,
      result: { failedOp: 0, current: { seq: 7 } },
    });
    const keys = writes.map(({ fullKey }) => fullKey.toString('latin1', 2));
    expect(keys.toSorted()).toEqual(['a', 'c', 'photos']);
  });

  test('leaves nothing of a commit that fails at its last step', () => {
    const broken: MetaOp[] = [...putInto(7, 'a').slice(0, 2)];
    broken.push({ op: 'add', at: at('usage', 'photos'), deltas: [0.5] });
    const { verdicts, guards, writes } = plan([broken]);
    expect(verdicts.map(({ kind }) => kind)).toEqual(['invalid']);
    expect([guards, writes]).toEqual([[], []]);
  });
});
