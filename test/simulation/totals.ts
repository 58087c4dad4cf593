/** What many simulations came to. */
import type { SimulationReport } from './simulate.ts';

export interface Totals {
  add(report: SimulationReport): void;
  line(): string;
  /** Acknowledged operations by name. */
  operations(): string;
  readonly powerCuts: number;
}

export function createTotals(): Totals {
  const sum = {
    seeds: 0,
    operations: 0,
    crashPoints: 0,
    powerCuts: 0,
    errors: 0,
    bodies: 0,
    moved: 0,
  };
  const names = new Map<string, number>();
  return {
    add(report) {
      sum.seeds++;
      sum.operations += report.operations;
      sum.crashPoints += report.crashPoints;
      sum.powerCuts += report.powerCuts;
      sum.errors += report.errors;
      sum.bodies += report.bodiesChecked;
      sum.moved += report.bodiesMoved;
      for (const [name, count] of report.acknowledged) {
        names.set(name, (names.get(name) ?? 0) + count);
      }
    },
    line: () =>
      `${sum.seeds} seeds, ${sum.operations} operations acknowledged, ${sum.crashPoints} crash points passed, ` +
      `${sum.powerCuts} power cuts, ${sum.errors} disk errors, ${sum.bodies} bodies read back, ${sum.moved} moved`,
    operations: () => [...names].map(([name, count]) => `${name} ${count}`).join(', '),
    get powerCuts() {
      return sum.powerCuts;
    },
  };
}
