/** What every MetaStore does, whatever it stands on. Adapters call this from their own tests. */

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type DelimitedEntry,
  keyAfter,
  keyAfterPrefix,
  type MetaGuard,
  type MetaKey,
  type MetaOp,
  type MetaRecord,
  type MetaStore,
  type MetaTable,
  maxCommitOps,
  maxMetaKeyBytes,
  maxMetaValueBytes,
  maxPartBytes,
  maxScanLimit,
} from '../meta/port.ts';

export interface MetaStoreHarness {
  /** The store of a place; the same place again after `close` has the same records if persistent. */
  open(place: string, options: { readonly now: () => number }): Promise<MetaStore>;
  readonly persistent: boolean;
}

const noPart = Buffer.alloc(0);
const bucket = Buffer.from('bucket-1');

function at(key: string | Buffer, part: Buffer = bucket, table: MetaTable = 'object'): MetaKey {
  return { table, part, key: Buffer.from(key as string) };
}

function put(key: string, value: string, guard?: MetaGuard): MetaOp {
  return { op: 'put', at: at(key), value: Buffer.from(value), guard };
}

export function describeMetaStore(name: string, harness: MetaStoreHarness): void {
  describe(`${name} as a MetaStore`, () => {
    let store: MetaStore;
    let place: string;
    let time = 1_700_000_000_000;
    let places = 0;
    const now = () => time;

    beforeEach(async () => {
      place = `${process.pid}-${++places}`;
      store = await harness.open(place, { now });
    });
    afterEach(async () => {
      await store.close();
    });

    async function seqOf(key: string): Promise<number> {
      return (await store.get(at(key)))!.seq;
    }
    async function textOf(key: string): Promise<string | undefined> {
      return (await store.get(at(key)))?.value.toString();
    }
    async function counters(key: string): Promise<bigint[]> {
      const value = (await store.get(at(key)))?.value ?? Buffer.alloc(0);
      return Array.from({ length: value.length / 8 }, (_, i) => value.readBigInt64LE(i * 8));
    }

    describe('records', () => {
      test('a record is there once its commit has resolved, and gone after a delete', async () => {
        expect(await store.get(at('a'))).toBeUndefined();
        expect(await store.commit([put('a', 'one')])).toEqual({ committed: true });
        const record = await store.get(at('a'));
        expect(record?.key).toEqual(Buffer.from('a'));
        expect(record?.value).toEqual(Buffer.from('one'));
        expect(Number.isSafeInteger(record?.seq)).toBe(true);
        await store.commit([{ op: 'delete', at: at('a') }]);
        expect(await store.get(at('a'))).toBeUndefined();
      });

      test('seqOf is the sequence number of the record, as it is now', async () => {
        expect(await store.seqOf(at('a'))).toBeUndefined();
        await store.commit([put('a', '1')]);
        const first = (await store.get(at('a')))!.seq;
        expect(await store.seqOf(at('a'))).toBe(first);
        await store.commit([put('a', 'x'.repeat(100_000))]);
        expect(await store.seqOf(at('a'))).toBe((await store.get(at('a')))!.seq);
        expect(await store.seqOf(at('a'))).not.toBe(first);
        await store.commit([{ op: 'delete', at: at('a') }]);
        expect(await store.seqOf(at('a'))).toBeUndefined();
      });

      test('getMany answers in the order of its keys', async () => {
        await store.commit([put('a', '1'), put('c', '3')]);
        const records = await store.getMany([at('c'), at('b'), at('a')]);
        expect(records.map((record) => record?.value.toString())).toEqual(['3', undefined, '1']);
      });

      test('deleting what is not there is success', async () => {
        expect(await store.commit([{ op: 'delete', at: at('nothing') }])).toEqual({
          committed: true,
        });
      });

      test('what was handed out does not change later', async () => {
        await store.commit([put('a', 'first'), put('b', 'other')]);
        const first = (await store.get(at('a')))!;
        const page = await store.scan({ table: 'object', part: bucket, limit: 10 });
        await store.commit([put('a', 'SECOND')]);
        for (let i = 0; i < 50; i++) await store.get(at('b'));
        expect(first.value.toString()).toBe('first');
        expect(page.entries.map(({ value }) => value.toString())).toEqual(['first', 'other']);
      });

      test('a buffer may be reused once its commit has resolved', async () => {
        const value = Buffer.from('kept');
        await store.commit([{ op: 'put', at: at('a'), value }]);
        value.fill('x');
        expect(await textOf('a')).toBe('kept');
      });

      test('records may be empty, of a page, of many pages, and of the largest size', async () => {
        for (const size of [0, 1, 4096, 40_000, 300_000, maxMetaValueBytes]) {
          const value = Buffer.alloc(size, size % 251);
          await store.commit([{ op: 'put', at: at('sized'), value }]);
          const record = await store.get(at('sized'));
          expect(record?.value.equals(value), `${size} bytes by get`).toBe(true);
          expect(record?.value.length).toBe(size);
          const { entries } = await store.scan({ table: 'object', part: bucket, limit: 1 });
          expect(entries[0]?.value.equals(value), `${size} bytes by scan`).toBe(true);
          expect(entries[0]?.value.subarray(0, 3)).toEqual(value.subarray(0, 3));
        }
      });

      test('tables and parts are apart, also where one part begins like another', async () => {
        const keys = [
          at('k', Buffer.from('a')),
          at('k', Buffer.from('ab')),
          at('k', noPart),
          at('bk', Buffer.from('a')),
          at('k', Buffer.from('a'), 'version'),
          at('k', Buffer.alloc(maxPartBytes, 0xff)),
        ];
        await store.commit(
          keys.map((key, i) => ({ op: 'put', at: key, value: Buffer.from(`${i}`) })),
        );
        for (const [i, key] of keys.entries()) {
          expect((await store.get(key))?.value.toString()).toBe(`${i}`);
        }
        const page = await store.scan({ table: 'object', part: Buffer.from('a'), limit: 10 });
        expect(page.entries.map((entry) => entry.key.toString())).toEqual(['bk', 'k']);
      });

      test('a delete and a new record never bring an old seq back', async () => {
        const seen = new Set<number>();
        for (let round = 0; round < 100; round++) {
          await store.commit([put('a', `${round}`)]);
          seen.add(await seqOf('a'));
          if (round % 2 === 0) await store.commit([{ op: 'delete', at: at('a') }]);
        }
        expect(seen.size).toBe(100);
      });
    });

    describe('guards', () => {
      test('absent holds where nothing is, and only there', async () => {
        expect(await store.commit([put('a', '1', { absent: true })])).toEqual({ committed: true });
        const again = await store.commit([put('a', '2', { absent: true })]);
        expect(again).toMatchObject({ committed: false, failedOp: 0 });
        expect(!again.committed && again.current?.value.toString()).toBe('1');
        expect(!again.committed && again.current?.key.toString()).toBe('a');
        expect(await textOf('a')).toBe('1');
      });

      test('seq holds for exactly the record that was read', async () => {
        await store.commit([put('a', '1')]);
        const seq = await seqOf('a');
        expect(await store.commit([put('a', '2', { seq })])).toEqual({ committed: true });
        const stale = await store.commit([{ op: 'delete', at: at('a'), guard: { seq } }]);
        expect(stale).toMatchObject({ committed: false, failedOp: 0 });
        expect(await textOf('a')).toBe('2');
        await store.commit([{ op: 'delete', at: at('a') }]);
        const gone = await store.commit([put('a', '3', { seq })]);
        expect(gone).toEqual({ committed: false, failedOp: 0, current: undefined });
      });

      test('check guards without changing', async () => {
        await store.commit([put('a', '1')]);
        const seq = await seqOf('a');
        expect(
          await store.commit([{ op: 'check', at: at('a'), guard: { seq } }, put('b', '1')]),
        ).toEqual({ committed: true });
        expect(await seqOf('a')).toBe(seq);
        expect(await store.commit([{ op: 'check', at: at('a'), guard: { seq } }])).toEqual({
          committed: true,
        });
        expect(
          await store.commit([
            put('c', '1'),
            { op: 'check', at: at('a'), guard: { absent: true } },
          ]),
        ).toMatchObject({ committed: false, failedOp: 1 });
        expect(await textOf('c')).toBeUndefined();
      });

      test.each([1, 2, 500, 501, 1500])(
        'of %i guards, any one that fails stops all',
        async (count) => {
          const seed: MetaOp[] = Array.from({ length: count }, (_, i) => put(`g${i}`, 'old'));
          await store.commit(seed);
          const records = await store.getMany(seed.map((op) => op.at));
          const guarded = records.map(
            (record, i): MetaOp =>
              i % 3 === 0
                ? { op: 'check', at: at(`free${i}`), guard: { absent: true } }
                : put(`g${i}`, 'new', { seq: record!.seq }),
          );
          for (const failing of new Set([0, count >> 1, count - 1])) {
            const ops = [...guarded];
            ops[failing] =
              failing % 2 === 0
                ? { op: 'check', at: at(`g${failing}`), guard: { absent: true } }
                : { op: 'delete', at: at(`g${failing}`), guard: { seq: 1 } };
            const result = await store.commit([put('other', 'x'), ...ops]);
            expect(result).toMatchObject({ committed: false, failedOp: failing + 1 });
            expect(await textOf('other')).toBeUndefined();
            expect(await textOf(`g${count - 1}`)).toBe('old');
          }
          expect(await store.commit([put('other', 'x'), ...guarded])).toEqual({ committed: true });
          expect(await textOf('other')).toBe('x');
        },
      );

      test('of 200 that race for one key, one wins', async () => {
        const racers = Array.from({ length: 200 }, (_, i) => `racer ${i}`);
        const results = await Promise.all(
          racers.map((racer) => store.commit([put('prize', racer, { absent: true })])),
        );
        const winners = racers.filter((_, i) => results[i]!.committed);
        expect(winners).toHaveLength(1);
        expect(await textOf('prize')).toBe(winners[0]);
        for (const result of results) {
          // The losers are told by whom they were beaten.
          if (!result.committed) expect(result.current?.value.toString()).toBe(winners[0]);
        }

        const seq = await seqOf('prize');
        const second = await Promise.all(
          racers.map((racer) => store.commit([put('prize', racer, { seq })])),
        );
        expect(second.filter((result) => result.committed)).toHaveLength(1);
      });

      test('read, plan, commit, retry loses no update among many', async () => {
        await store.commit([put('n', '0')]);
        async function increment(): Promise<void> {
          for (;;) {
            const record = (await store.get(at('n')))!;
            const next = String(Number(record.value.toString()) + 1);
            const result = await store.commit([put('n', next, { seq: record.seq })]);
            if (result.committed) return;
          }
        }
        await Promise.all(Array.from({ length: 50 }, increment));
        expect(await textOf('n')).toBe('50');
      });

      test('commits that meet in one batch see each other in their order', async () => {
        const results = await Promise.all([
          store.commit([put('x', '1', { absent: true })]),
          store.commit([{ op: 'delete', at: at('x') }]),
          store.commit([put('x', '2', { absent: true })]),
          store.commit([put('x', '3', { absent: true })]),
          store.commit([put('y', '1'), put('x', '4', { absent: true })]),
        ]);
        expect(results.map((result) => result.committed)).toEqual([true, true, true, false, false]);
        expect(results[4]).toMatchObject({ failedOp: 1 });
        expect(await textOf('x')).toBe('2');
        expect(await textOf('y')).toBeUndefined();
      });
    });

    describe('add', () => {
      test('counters start at zero, go below it, and widen', async () => {
        await store.commit([{ op: 'add', at: at('c'), deltas: [1, -2] }]);
        expect(await counters('c')).toEqual([1n, -2n]);
        await store.commit([{ op: 'add', at: at('c'), deltas: [1] }]);
        expect(await counters('c')).toEqual([2n, -2n]);
        await store.commit([{ op: 'add', at: at('c'), deltas: [0, 0, Number.MAX_SAFE_INTEGER] }]);
        await store.commit([{ op: 'add', at: at('c'), deltas: [0, 0, Number.MAX_SAFE_INTEGER] }]);
        expect(await counters('c')).toEqual([2n, -2n, 2n * BigInt(Number.MAX_SAFE_INTEGER)]);
      });

      test('adds commute: any number at once, none conflicts, none is lost', async () => {
        const results = await Promise.all(
          Array.from({ length: 500 }, (_, i) =>
            store.commit([
              put(`k${i}`, 'x', { absent: true }),
              { op: 'add', at: at('total'), deltas: [1, i] },
              { op: 'add', at: at(`shard${i % 3}`), deltas: [1] },
            ]),
          ),
        );
        expect(results.every((result) => result.committed)).toBe(true);
        expect(await counters('total')).toEqual([500n, 124_750n]);
        const shards = await Promise.all([0, 1, 2].map((i) => counters(`shard${i}`)));
        expect(shards.flat().reduce((a, b) => a + b)).toBe(500n);
      });

      test('a commit that fails adds nothing, whoever meets it in a batch', async () => {
        await store.commit([put('taken', 'x')]);
        const results = await Promise.all(
          Array.from({ length: 20 }, (_, i) =>
            store.commit([
              { op: 'add', at: at('c'), deltas: [1] },
              put(i % 2 === 0 ? 'taken' : `free${i}`, 'y', { absent: true }),
            ]),
          ),
        );
        expect(results.filter((result) => result.committed)).toHaveLength(10);
        expect(await counters('c')).toEqual([10n]);
      });

      test('with a bound as many get through as there is room for, however many come at once', async () => {
        const results = await Promise.all(
          Array.from({ length: 100 }, (_, i) =>
            store.commit([
              put(`bounded${i}`, 'x', { absent: true }),
              { op: 'add', at: at('bounded'), deltas: [3, 1], most: [100, undefined] },
            ]),
          ),
        );
        expect(results.filter(({ committed }) => committed)).toHaveLength(33);
        expect(await counters('bounded')).toEqual([99n, 33n]);
        for (const [i, { committed }] of results.entries()) {
          expect((await textOf(`bounded${i}`)) !== undefined).toBe(committed);
        }
      });

      test('what passes its bound fails with the op and the counters as they are', async () => {
        const add = (deltas: number[], most: (number | undefined)[]) =>
          store.commit([put('beside', 'x'), { op: 'add', at: at('bounded'), deltas, most }]);
        expect(await add([11], [10])).toEqual({
          committed: false,
          failedOp: 1,
          current: undefined,
        });
        expect(await textOf('beside')).toBeUndefined();
        expect(await add([10, 5], [10, 5])).toEqual({ committed: true });
        const refused = await add([0, 1], [10, 5]);
        expect(refused).toMatchObject({ committed: false, failedOp: 1 });
        const { current } = refused as Extract<typeof refused, { committed: false }>;
        expect(current?.key).toEqual(at('bounded').key);
        expect(current?.value.readBigInt64LE(8)).toBe(5n);
      });

      test('what shrinks or stays may be beyond its bound', async () => {
        const add = (deltas: number[], most?: number[]) =>
          store.commit([{ op: 'add', at: at('bounded'), deltas, ...(most && { most }) }]);
        await add([20, 20]);
        expect(await add([-5, 0], [10, 10])).toEqual({ committed: true });
        expect(await add([-6, 1], [10, 10])).toMatchObject({ committed: false });
        expect(await add([1, -6], [16, 10])).toEqual({ committed: true });
        expect(await counters('bounded')).toEqual([16n, 14n]);
      });

      test('a record that is no vector, or a delta that is no integer, is refused', async () => {
        await store.commit([put('text', 'abc')]);
        const add = (key: string, delta: number) =>
          store.commit([{ op: 'add', at: at(key), deltas: [delta] }]);
        await expect(add('text', 1)).rejects.toThrow(RangeError);
        await expect(add('c', 0.5)).rejects.toThrow(RangeError);
        expect(await textOf('text')).toBe('abc');
        expect(await store.get(at('c'))).toBeUndefined();
      });
    });

    describe('scans', () => {
      const keyBytes = fc.oneof(
        {
          weight: 3,
          arbitrary: fc
            .string({ unit: fc.constantFrom('a', 'b', '/', 'é'), minLength: 1, maxLength: 6 })
            .map((text) => Buffer.from(text)),
        },
        {
          weight: 1,
          arbitrary: fc
            .uint8Array({ minLength: 1, maxLength: 4 })
            .map((bytes) => Buffer.from(bytes)),
        },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            Buffer.of(0xff),
            Buffer.of(0xff, 0xff),
            Buffer.of(0xff, 0x2f),
            Buffer.of(0),
          ),
        },
      );
      const keySet = fc.uniqueArray(keyBytes, {
        selector: (key) => key.toString('latin1'),
        maxLength: 40,
      });
      const bound = fc.option(keyBytes, { nil: undefined });
      let parts = 0;

      /** The keys in a part of their own. */
      async function fill(keys: readonly Buffer[]): Promise<{ part: Buffer; sorted: Buffer[] }> {
        const part = Buffer.from(`part${++parts}`);
        await store.commit(
          keys.map((key) => ({ op: 'put', at: at(key, part), value: Buffer.from(key) })),
        );
        // Neighbours on both sides must not be seen.
        for (const other of [`part${parts}\0`, `part${parts}\xff`, `part${parts - 1}`]) {
          await store.commit([
            { op: 'put', at: at('stranger', Buffer.from(other, 'latin1')), value: noPart },
          ]);
        }
        return { part, sorted: [...keys].sort(Buffer.compare) };
      }

      test('a page at a time, of any size and in both directions, equals one big list', async () => {
        await fc.assert(
          fc.asyncProperty(
            keySet,
            bound,
            bound,
            fc.integer({ min: 1, max: 7 }),
            fc.boolean(),
            async (keys, from, to, limit, reverse) => {
              const { part, sorted } = await fill(keys);
              const inRange = sorted.filter(
                (key) => (!from || key.compare(from) >= 0) && (!to || key.compare(to) < 0),
              );
              const expected = reverse ? inRange.reverse() : inRange;

              const seen: MetaRecord[] = [];
              let low: Buffer | undefined = from;
              let high: Buffer | undefined = to;
              for (;;) {
                const page = await store.scan({
                  table: 'object',
                  part,
                  from: low,
                  to: high,
                  limit,
                  reverse,
                });
                expect(page.entries.length).toBeLessThanOrEqual(limit);
                seen.push(...page.entries);
                expect(page.more).toBe(seen.length < expected.length);
                if (!page.more) break;
                const last = page.entries.at(-1)!.key;
                if (reverse) high = last;
                else low = keyAfter(last);
              }
              expect(seen.map(({ key }) => key.toString('hex'))).toEqual(
                expected.map((key) => key.toString('hex')),
              );
              for (const { key, value } of seen) expect(value.equals(key)).toBe(true);
            },
          ),
          { numRuns: 60 },
        );
      });

      test('delimited pages of any size equal a naive roll-up', async () => {
        const text = (entry: DelimitedEntry) =>
          entry.kind === 'record'
            ? `record ${entry.record.key.toString('hex')}`
            : `prefix ${entry.prefix.toString('hex')}`;
        await fc.assert(
          fc.asyncProperty(
            keySet,
            fc
              .constantFrom('', 'a', 'a/', 'é', '\xff')
              .map((prefix) => Buffer.from(prefix, 'latin1')),
            fc.constantFrom('/', 'b', 'a/', 'é').map((delimiter) => Buffer.from(delimiter)),
            bound,
            fc.integer({ min: 1, max: 6 }),
            async (keys, prefix, delimiter, from, limit) => {
              const { part, sorted } = await fill(keys);
              const expected: string[] = [];
              for (const key of sorted) {
                if (!key.subarray(0, prefix.length).equals(prefix)) continue;
                if (from && key.compare(from) < 0) continue;
                const index = key.indexOf(delimiter, prefix.length);
                const entry =
                  index === -1
                    ? `record ${key.toString('hex')}`
                    : `prefix ${key.toString('hex', 0, index + delimiter.length)}`;
                if (expected.at(-1) !== entry) expected.push(entry);
              }

              const seen: string[] = [];
              let next: Buffer | undefined = from;
              for (;;) {
                const page = await store.scanDelimited({
                  table: 'object',
                  part,
                  prefix,
                  delimiter,
                  from: next,
                  limit,
                });
                expect(page.entries.length).toBeLessThanOrEqual(limit);
                seen.push(...page.entries.map(text));
                expect(page.more).toBe(seen.length < expected.length);
                if (!page.more) break;
                const last = page.entries.at(-1)!;
                next =
                  last.kind === 'record' ? keyAfter(last.record.key) : keyAfterPrefix(last.prefix);
              }
              expect(seen).toEqual(expected);
            },
          ),
          { numRuns: 80 },
        );
      });

      test('pages of several ranges are each as a scan of its own', async () => {
        await store.commit([put('a', '1'), put('b', '2'), put('c', '3')]);
        const ranges = [
          { table: 'object', part: bucket, limit: 2 },
          { table: 'object', part: bucket, from: Buffer.from('b'), limit: 2 },
          { table: 'marker', part: bucket, limit: 2 },
        ] as const;
        const pages = await store.scanMany(ranges);
        for (const [i, range] of ranges.entries())
          expect(pages[i]).toEqual(await store.scan(range));
        expect(pages.map(({ entries, more }) => [entries.length, more])).toEqual([
          [2, true],
          [2, false],
          [0, false],
        ]);
      });

      test('pages of several ranges are as of one moment', async () => {
        const places = [at('moved'), at('moved', bucket, 'marker')] as const;
        let isMoving = true;
        const value = Buffer.from('x');
        await store.commit([{ op: 'put', at: places[0], value }]);
        const mover = (async () => {
          for (let i = 0; i < 100; i++) {
            await store.commit([
              { op: 'delete', at: places[i % 2]! },
              { op: 'put', at: places[(i + 1) % 2]!, value },
            ]);
          }
          isMoving = false;
        })();
        while (isMoving) {
          const pages = await store.scanMany([
            { table: 'object', part: bucket, limit: 10 },
            { table: 'marker', part: bucket, limit: 10 },
          ]);
          expect(pages.map(({ entries }) => entries.length).sort()).toEqual([0, 1]);
          await new Promise((resolve) => setImmediate(resolve));
        }
        await mover;
      });

      test('a delimited scan from inside a common prefix still returns it', async () => {
        await store.commit([put('a/1', 'x'), put('a/2', 'x'), put('b', 'x')]);
        const page = await store.scanDelimited({
          table: 'object',
          part: bucket,
          prefix: noPart,
          delimiter: Buffer.from('/'),
          from: Buffer.from('a/2'),
          limit: 10,
        });
        expect(page.entries.map((entry) => entry.kind)).toEqual(['prefix', 'record']);
      });

      test('a page may hold as many records as the limit allows', async () => {
        const total = maxScanLimit + 1;
        const ops = Array.from({ length: total }, (_, i) => put(String(i).padStart(6, '0'), 'x'));
        await store.commit(ops);
        const page = await store.scan({ table: 'object', part: bucket, limit: maxScanLimit });
        expect(page.entries).toHaveLength(maxScanLimit);
        expect(page.more).toBe(true);
        const last = await store.scan({
          table: 'object',
          part: bucket,
          from: keyAfter(page.entries.at(-1)!.key),
          limit: maxScanLimit,
        });
        expect(last.entries).toHaveLength(1);
        expect(last.more).toBe(false);
      });
    });

    describe('limits', () => {
      test('the longest key in the longest part works in every way', async () => {
        const long = at(Buffer.alloc(maxMetaKeyBytes, 0xfe), Buffer.alloc(maxPartBytes, 0xff));
        await store.commit([
          { op: 'put', at: long, value: Buffer.from('x'), guard: { absent: true } },
        ]);
        const record = (await store.get(long))!;
        expect(record.value.toString()).toBe('x');
        const { part } = long;
        const page = await store.scan({
          table: 'object',
          part,
          from: keyAfter(long.key),
          limit: 1,
        });
        expect(page.entries).toEqual([]);
        const back = await store.scan({ table: 'object', part, limit: 1, reverse: true });
        expect(back.entries[0]?.key).toEqual(long.key);
        expect(
          await store.commit([{ op: 'delete', at: long, guard: { seq: record.seq } }]),
        ).toEqual({ committed: true });
      });

      test('what does not fit is a RangeError, and changes nothing', async () => {
        const value = Buffer.from('x');
        const refused: MetaOp[][] = [
          [{ op: 'put', at: at(''), value }],
          [{ op: 'put', at: at(Buffer.alloc(maxMetaKeyBytes + 1, 1)), value }],
          [{ op: 'put', at: at('a', Buffer.alloc(maxPartBytes + 1)), value }],
          [{ op: 'put', at: at('a'), value: Buffer.alloc(maxMetaValueBytes + 1) }],
          [put('a', '1'), { op: 'delete', at: at('a') }],
          Array.from({ length: maxCommitOps + 1 }, (_, i) => put(`k${i}`, 'x')),
        ];
        for (const ops of refused) {
          await expect(store.commit([put('first', '1'), ...ops])).rejects.toThrow(RangeError);
        }
        expect(await textOf('first')).toBeUndefined();
        const ask = async (key: MetaKey) => store.get(key);
        await expect(ask(at(''))).rejects.toThrow(RangeError);
        for (const limit of [0, -1, 1.5, maxScanLimit + 1]) {
          const scan = async () => store.scan({ table: 'object', part: bucket, limit });
          await expect(scan()).rejects.toThrow(RangeError);
        }
        const noDelimiter = async () =>
          store.scanDelimited({
            table: 'object',
            part: bucket,
            prefix: noPart,
            delimiter: noPart,
            limit: 1,
          });
        await expect(noDelimiter()).rejects.toThrow(RangeError);
      });

      test('the largest commit goes through as one', async () => {
        const ops = Array.from({ length: maxCommitOps }, (_, i) =>
          put(`k${i}`, 'x', i % 10 === 0 ? { absent: true } : undefined),
        );
        expect(await store.commit(ops)).toEqual({ committed: true });
        expect(await store.commit(ops)).toMatchObject({ committed: false, failedOp: 0 });
      });
    });

    describe('leases', () => {
      test.each([
        ['is no text', '{"holder":"one'],
        ['runs for years', '{"holder":"one","expiresAt":9999999999999}'],
      ])('a lease whose record %s is damaged and holds nobody up', async (_, text) => {
        const place = at('lease/sweep', noPart, 'system');
        await store.commit([{ op: 'put', at: place, value: Buffer.from(text) }]);
        await store.release('sweep', 'two');
        expect(await store.lease('sweep', 'two', 1000)).toBe(true);
        expect(await store.lease('sweep', 'one', 1000)).toBe(false);
      });

      test('one holder at a time, renewed by itself, free when it ends', async () => {
        expect(await store.lease('sweep', 'one', 1000)).toBe(true);
        expect(await store.lease('sweep', 'two', 1000)).toBe(false);
        expect(await store.lease('other', 'two', 1000)).toBe(true);
        time += 999;
        expect(await store.lease('sweep', 'two', 1000)).toBe(false);
        expect(await store.lease('sweep', 'one', 1000)).toBe(true);
        time += 999;
        expect(await store.lease('sweep', 'two', 1000)).toBe(false);
        time += 1;
        expect(await store.lease('sweep', 'two', 1000)).toBe(true);
        expect(await store.lease('sweep', 'one', 1000)).toBe(false);
      });

      test('only its holder can give it back', async () => {
        await store.lease('sweep', 'one', 1000);
        await store.release('sweep', 'two');
        expect(await store.lease('sweep', 'two', 1000)).toBe(false);
        await store.release('sweep', 'one');
        expect(await store.lease('sweep', 'two', 1000)).toBe(true);
        await store.release('never taken', 'one');
      });

      test('of many that ask at once, one gets it', async () => {
        const got = await Promise.all(
          Array.from({ length: 30 }, (_, i) => store.lease('sweep', `holder ${i}`, 1000)),
        );
        expect(got.filter(Boolean)).toHaveLength(1);
      });
    });

    describe('life', () => {
      test('a store that serves is healthy', async () => {
        await store.commit([put('a', '1')]);
        await expect(store.health()).resolves.toBeUndefined();
      });

      test('close waits for commits under way, then nothing works', async () => {
        const commits = Array.from({ length: 50 }, (_, i) => store.commit([put(`k${i}`, 'x')]));
        await store.close();
        expect((await Promise.all(commits)).every((result) => result.committed)).toBe(true);
        await expect((async () => store.get(at('k1')))()).rejects.toThrow('closed');
        await expect(store.commit([put('a', '1')])).rejects.toThrow('closed');
        await expect(store.health()).rejects.toThrow('closed');
        await store.close();
      });

      if (harness.persistent) {
        test('what was committed is there after reopening', async () => {
          await store.commit([put('a', '1'), { op: 'add', at: at('c'), deltas: [5] }]);
          const before = await store.get(at('a'));
          await store.close();
          store = await harness.open(place, { now });
          expect(await store.get(at('a'))).toEqual(before);
          await store.commit([{ op: 'add', at: at('c'), deltas: [5] }]);
          expect(await counters('c')).toEqual([10n]);
        });
      }
    });
  });
}
