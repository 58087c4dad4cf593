/**
 * Runs simulations by hand, for as long as you like:
 *
 *     npx tsx test/simulation/main.ts --seeds 1-1000
 *     npx tsx test/simulation/main.ts --minutes 60
 *     npx tsx test/simulation/main.ts --seeds 17 --trace
 *
 * A seed that fails is printed with its difference, and belongs into `simulation.test.ts`.
 */
import { parseArgs } from 'node:util';
import { simulate } from './simulate.ts';
import { createTotals } from './totals.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string' },
    minutes: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const reportEveryMs = 10_000;
const maxFailures = 10;

/** From a seed that nobody has tried, where time is what counts. */
const [from = 0, to = from] = values.seeds?.split('-').map(Number) ?? [
  Date.now() % 2 ** 31,
  Number.POSITIVE_INFINITY,
];
const until =
  values.minutes === undefined
    ? Number.POSITIVE_INFINITY
    : Date.now() + Number(values.minutes) * 60_000;
if (
  ![from, to].every((seed) => seed >= 0) ||
  Number.isNaN(until) ||
  (to === Number.POSITIVE_INFINITY && values.minutes === undefined)
) {
  console.error('usage: npx tsx test/simulation/main.ts --seeds FROM-TO | --minutes N [--trace]');
  process.exit(2);
}

const totals = createTotals();
const failed: number[] = [];
let reportAt = Date.now() + reportEveryMs;
for (let seed = from; seed <= to && Date.now() < until && failed.length < maxFailures; seed++) {
  try {
    const trace = values.trace ? (line: string) => console.log(line) : undefined;
    totals.add(await simulate({ seed, trace }));
  } catch (error) {
    failed.push(seed);
    console.error(`seed ${seed}:`, error);
  }
  if (Date.now() >= reportAt) {
    console.log(`seeds ${from}-${seed}: ${totals.line()}`);
    reportAt += reportEveryMs;
  }
}
console.log(totals.line());
console.log(totals.operations());
if (failed.length > 0) {
  console.error(`failed: ${failed.join(', ')}`);
  process.exitCode = 1;
}
