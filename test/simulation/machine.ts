/**
 * The simulated machine: it decides which of the calls under way goes on next, when a call fails, and when
 * the power goes. Every call that reaches the disk is a step; a step that changes something is a crash point.
 *
 * After the power cut every call fails, so that what was under way ends; nobody hears its answers.
 */
import { createRandom, type Random } from './random.ts';

/** Every call after the power cut. */
export class PowerCutError extends Error {
  override readonly name = 'PowerCutError';
}

/** An error of the disk that the machine made up. */
class InjectedError extends Error {
  override readonly name = 'InjectedError';
  readonly code: string;
  constructor(code: string, call: string) {
    super(`${code}: ${call}`);
    this.code = code;
  }
}

/** Whether an error comes from one that the machine made up. */
export function isInjected(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof InjectedError) return true;
  }
  return false;
}

export interface Step<T> {
  /** For messages. */
  readonly call: string;
  /** Whether it changes something: a moment at which the power may go. */
  readonly changes: boolean;
  readonly errors: readonly string[];
  effect(): T;
  /** What a step that fails, or is cut off, may have done all the same. */
  partial?(random: Random): void;
}

export interface Machine {
  /** Waits for its turn, then happens, fails or is cut off. */
  step<T>(step: Step<T>): Promise<T>;
  /** A call that does not wait. */
  stepNow<T>(step: Step<T>): T;
  now(): number;
  /** Lets time pass. */
  wait(ms: number): void;
  /** The power goes at the given crash point, counted from now. */
  cutPowerAt(crashPoint: number): void;
  /** Probability that a call fails; 0 is a healthy disk. */
  setErrorRate(probability: number): void;
  /** Power comes back. */
  boot(): void;
  readonly hasPower: boolean;
  /** Life of the machine: one more with each boot. */
  readonly life: number;
  readonly counts: { crashPoints: number; powerCuts: number; errors: number };
}

interface Waiting {
  readonly life: number;
  readonly step: Step<unknown>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** More than any simulation takes: one that goes round in circles is a failure, too. */
const maxSteps = 500_000;

/** What happens of a step that the power cut meets. */
const cutOutcomes = ['nothing', 'part', 'all'] as const;

export function createMachine(
  seed: number,
  onPowerCut: () => void,
  /** Told of each step and what became of it. */
  trace: (line: string) => void = () => {},
): Machine {
  const schedule = createRandom(seed, 'schedule');
  const failures = createRandom(seed, 'failures');
  const cuts = createRandom(seed, 'cuts');
  const clock = createRandom(seed, 'clock');
  const waiting: Waiting[] = [];
  const counts = { crashPoints: 0, powerCuts: 0, errors: 0 };
  let pumping = false;
  let time = 1_700_000_000_000;
  let cutAt = Number.POSITIVE_INFINITY;
  let errorRate = 0;
  let hasPower = true;
  let life = 0;
  let steps = 0;

  function happen<T>(step: Step<T>): T {
    if (++steps > maxSteps) throw new Error(`no end after ${maxSteps} steps: ${step.call}`);
    if (!hasPower) throw new PowerCutError(step.call);
    if (step.changes && ++counts.crashPoints >= cutAt) {
      const outcome = cuts.pick(cutOutcomes);
      if (outcome === 'part') step.partial?.(cuts);
      if (outcome === 'all') step.effect();
      hasPower = false;
      cutAt = Number.POSITIVE_INFINITY;
      counts.powerCuts++;
      trace(`${counts.crashPoints} power cut, ${outcome} done: ${step.call}`);
      onPowerCut();
      throw new PowerCutError(step.call);
    }
    if (errorRate > 0 && step.errors.length > 0 && failures.chance(errorRate)) {
      counts.errors++;
      if (failures.chance(0.5)) step.partial?.(failures);
      const error = new InjectedError(failures.pick(step.errors), step.call);
      trace(`${counts.crashPoints} ${error.message}`);
      throw error;
    }
    trace(`${counts.crashPoints} ${step.call}`);
    return step.effect();
  }

  function pump(): void {
    const index = schedule.below(waiting.length);
    const { step, resolve, reject, life: startedIn } = waiting.splice(index, 1)[0]!;
    try {
      if (startedIn !== life) throw new PowerCutError(step.call);
      resolve(happen(step));
    } catch (error) {
      reject(error);
    }
    if (waiting.length > 0) setImmediate(pump);
    else pumping = false;
  }

  return {
    step<T>(step: Step<T>): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        waiting.push({ life, step, resolve: resolve as (value: unknown) => void, reject });
        if (!pumping) {
          pumping = true;
          setImmediate(pump);
        }
      });
    },
    stepNow: happen,
    now() {
      if (clock.chance(0.3)) time++;
      return time;
    },
    wait(ms) {
      time += ms;
    },
    cutPowerAt(crashPoint) {
      cutAt = counts.crashPoints + crashPoint;
    },
    setErrorRate(probability) {
      errorRate = probability;
    },
    boot() {
      hasPower = true;
      cutAt = Number.POSITIVE_INFINITY;
      life++;
    },
    get hasPower() {
      return hasPower;
    },
    get life() {
      return life;
    },
    counts,
  };
}
