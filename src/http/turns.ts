/**
 * Short turns of the event loop, however many connections are busy: requests beyond a turn's time wait, first
 * come first served, for the next one.
 *
 * Node hands over every request that has arrived before it looks at anything else: with n busy connections a turn
 * takes as long as n requests, and all that happens once a turn waits for it. The supervisor deals connections one
 * at a time, each when the worker has taken the one before, so the last of n new ones would wait for n² / 2
 * requests. Finished writes and flushes are told once a turn too. See docs/decisions/0006-hot-path.md.
 */

/** How long requests may be started in one turn; those under way on other ground take their own time. */
const maxTurnMs = 1;

export interface Turns<T> {
  /** Starts on it now, or when it is its turn. */
  take(item: T, now: number): void;
}

export interface TurnDeps<T> {
  readonly start: (item: T) => void;
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
  /** Calls back after the loop has looked at its connections again. */
  readonly nextTurn?: (callback: () => void) => void;
}

/** As many wait as are taken: whoever calls bounds them. */
export function createTurns<T>(deps: TurnDeps<T>): Turns<T> {
  const { start, monotonicNow, nextTurn = setImmediate } = deps;
  const waiting: T[] = [];
  let endsAt: number | undefined;

  function open(now: number): number {
    endsAt = now + maxTurnMs;
    nextTurn(proceed);
    return endsAt;
  }

  function proceed(): void {
    endsAt = undefined;
    if (waiting.length === 0) return;
    const end = open(monotonicNow());
    let started = 0;
    // At least one, whatever the clock does.
    do start(waiting[started++]!);
    while (started < waiting.length && monotonicNow() < end);
    waiting.splice(0, started);
  }

  return {
    take(item, now) {
      const end = endsAt ?? open(now);
      if (waiting.length > 0 || now >= end) waiting.push(item);
      else start(item);
    },
  };
}
