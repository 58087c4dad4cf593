import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from './key-order.ts';
import { planSync, type SyncEntry, type SyncOptions } from './plan-sync.ts';

interface Entry extends SyncEntry {
  readonly Key: string;
}

const entry = (Key: string, Size = 1, more: Partial<SyncEntry> = {}): Entry => ({
  Key,
  Size,
  ...more,
});
const at = (ms: number) => ({ LastModified: new Date(ms) });

/** `copy a`, … */
async function planned(
  source: readonly Entry[],
  target: readonly Entry[],
  options?: SyncOptions<Entry, Entry>,
): Promise<readonly string[]> {
  const steps: string[] = [];
  for await (const { action, key } of planSync(source, target, options)) {
    steps.push(`${action} ${key}`);
  }
  return steps;
}

describe('a plan', () => {
  it('copies what is missing or has another size, and skips the rest', async () => {
    const source = [entry('a'), entry('b', 2, at(1)), entry('c', 3, at(1))];
    const target = [entry('b', 1, at(2)), entry('c', 3, at(2)), entry('d')];
    expect(await planned(source, target)).toEqual(['copy a', 'copy b', 'skip c']);
  });

  it('deletes what only the target has if it is told to', async () => {
    const target = [entry('a'), entry('c'), entry('e')];
    const steps = await planned([entry('b'), entry('c')], target, {
      deletes: true,
      compare: 'size',
    });
    expect(steps).toEqual(['delete a', 'copy b', 'skip c', 'delete e']);
    expect(await planned([], target, { deletes: true })).toEqual([
      'delete a',
      'delete c',
      'delete e',
    ]);
  });

  it.each([
    ['sizeAndTime', at(2), at(1), 'copy'],
    ['sizeAndTime', at(1), at(1), 'skip'],
    ['sizeAndTime', {}, at(1), 'copy'],
    ['size', at(2), at(1), 'skip'],
    ['etag', { ETag: '"a"' }, { ETag: '"a"' }, 'skip'],
    ['etag', { ETag: '"a"' }, { ETag: '"b"' }, 'copy'],
    ['etag', {}, {}, 'copy'],
  ] as const)('that compares by %s of %o and %o: %s', async (compare, ours, theirs, action) => {
    const steps = await planned([entry('k', 1, ours)], [entry('k', 1, theirs)], { compare });
    expect(steps).toEqual([`${action} k`]);
    expect(await planned([entry('k', 1, ours)], [entry('k', 2, theirs)], { compare })).toEqual([
      'copy k',
    ]);
  });

  it('takes the word of a function, whose answer may take a while', async () => {
    const compare = async (source: Entry) => source.Key === 'b';
    const both = [entry('a'), entry('b')];
    expect(await planned(both, both, { compare })).toEqual(['copy a', 'skip b']);
  });

  it('reads no more of the target than it needs', async () => {
    const read: string[] = [];
    function* target() {
      for (const key of ['a', 'b', 'c', 'd', 'e']) {
        read.push(key);
        yield entry(key);
      }
    }
    for await (const _ of planSync([entry('a'), entry('b')], target()));
    expect(read).toEqual(['a', 'b']);
    for await (const _ of planSync([], target()));
    expect(read).toEqual(['a', 'b']);
  });

  it('lets go of both lists when nobody wants the rest', async () => {
    const closed: string[] = [];
    async function* list(name: string) {
      try {
        for (let index = 0; ; index++) yield entry(String(index).padStart(9, '0'));
      } finally {
        closed.push(name);
      }
    }
    for await (const _ of planSync(list('source'), list('target'))) break;
    expect(closed.sort()).toEqual(['source', 'target']);
  });

  it.each([
    ['the source', [entry('b'), entry('a')], []],
    ['the target', [entry('c'), entry('d')], [entry('b'), entry('a')]],
    ['a key twice', [entry('a'), entry('a')], []],
  ])('isn’t made of lists that are out of order: %s', async (_, source, target) => {
    await expect(planned(source, target)).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it('refuses comparisons that it doesn’t know', async () => {
    const compare = 'md5' as 'size';
    await expect(planned([], [], { compare })).rejects.toMatchObject({ code: 'InvalidInput' });
  });

  it('makes any target like any source', async () => {
    const entries = fc
      .uniqueArray(fc.tuple(fc.string({ unit: 'binary', maxLength: 3 }), fc.nat(2)), {
        selector: ([key]) => key,
      })
      .map((pairs) => pairs.sort(([a], [b]) => compareKeys(a, b)))
      .map((pairs) => pairs.map(([key, size]) => entry(key, size)));
    await fc.assert(
      fc.asyncProperty(entries, entries, async (source, target) => {
        const result = new Map(target.map(({ Key, Size }) => [Key, Size]));
        for await (const step of planSync(source, target, { deletes: true, compare: 'size' })) {
          if (step.action === 'delete') result.delete(step.key);
          if (step.action === 'copy') result.set(step.key, step.source.Size);
        }
        expect(result).toEqual(new Map(source.map(({ Key, Size }) => [Key, Size])));
      }),
    );
  });
});
