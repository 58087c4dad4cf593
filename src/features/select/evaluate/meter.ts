/** What evaluating the expression on one record costs, so that no record takes the process for itself. */
import { S3Error } from '../../../protocol/errors.ts';
import { maxStepsPerRecord } from '../limits.ts';

export interface Meter {
  /** Since `reset`. */
  readonly steps: number;
  /** @throws S3Error MaxOperatorsExceeded */
  spend(steps: number): void;
  reset(): void;
}

export function createMeter(): Meter {
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    spend(more) {
      steps += more;
      if (steps > maxStepsPerRecord) throw new S3Error('MaxOperatorsExceeded');
    },
    reset() {
      steps = 0;
    },
  };
}
