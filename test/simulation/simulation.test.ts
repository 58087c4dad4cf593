/**
 * The store under power cuts and disk errors: a fixed number of seeds, every crash point of a short history,
 * and seeds that once found something. More by hand: `npx tsx test/simulation/main.ts --minutes 60`.
 */
import { expect, test } from 'vitest';
import { simulate } from './simulate.ts';
import { spoils } from './spoil.ts';
import { createTotals } from './totals.ts';

const seeds = 12;
/**
 * Seeds that found something. They take another way whenever the simulation or the store's steps change, so that
 * each fault they found has a test of its own beside the code, too.
 */
const remembered = [201, 276, 398, 412, 507, 16, 27, 148245018, 149863674, 151659154];

const fixed = Array.from({ length: seeds }, (_, i) => i + 1);
const totals = createTotals();

test.each([...fixed, ...remembered])(
  'what was acknowledged is there after the power cuts and disk errors of seed %i, and nothing by halves',
  async (seed) => {
    totals.add(await simulate({ seed }));
  },
);

test('the seeds had power cuts', () => {
  console.log(`simulation: ${totals.line()}`);
  expect(totals.powerCuts).toBeGreaterThan(seeds);
});

/** Of these, every crash point. */
const histories = [6, 126, 262];
const history = { lives: 1, operationsPerWriter: 9, errors: false };
const uncut = (seed: number) => simulate({ ...history, seed, cutAt: Number.POSITIVE_INFINITY });

test.each(histories)('a power cut at any crash point of history %i loses nothing', async (seed) => {
  const { firstLife } = await uncut(seed);
  expect(firstLife).toBeGreaterThan(30);
  for (let cutAt = 1; cutAt <= firstLife; cutAt++) {
    const { powerCuts } = await simulate({ ...history, seed, cutAt });
    expect(powerCuts, `crash point ${cutAt}`).toBe(1);
  }
});

test('between them the histories have every operation', async () => {
  const done = new Set<string>();
  for (const seed of histories) {
    for (const name of (await uncut(seed)).acknowledged.keys()) done.add(name);
  }
  expect([...done].sort()).toEqual([
    'abort upload',
    'annotate',
    'change attributes',
    'complete upload',
    'copy',
    'copy part',
    'create upload',
    'delete',
    'delete version',
    'give up',
    'put in a file',
    'put in a pack',
    'put inline',
    'put part',
    'read',
    'remove annotation',
    'rename',
  ]);
});

test('a seed says everything: the same one runs the same way again', async () => {
  const first = await trace(5);
  expect(await trace(5)).toEqual(first);
});

test.each(Object.keys(spoils))('a store that %s is found out', async (fault) => {
  const found = await (async () => {
    for (let seed = 1; seed <= 20; seed++) {
      try {
        await simulate({ seed, spoil: spoils[fault] });
      } catch (error) {
        return error;
      }
    }
    return undefined;
  })();
  expect(found).toBeInstanceOf(Error);
  expect((found as Error).name).toMatch(/^(Difference|BlobCorruptError|BlobMissingError)$/);
});

async function trace(seed: number): Promise<readonly string[]> {
  const lines: string[] = [];
  await simulate({ seed, trace: (line) => lines.push(line) });
  return lines;
}
