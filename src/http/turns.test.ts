import { describe, expect, it } from 'vitest';
import { createTurns, type Turns } from './turns.ts';

/** Turns over a clock and a loop of the test's own; each item takes as long as it says. */
function turnsOf(onStart: (ms: number, turns: Turns<number>) => void = () => {}) {
  const started: number[] = [];
  const callbacks: (() => void)[] = [];
  let time = 0;
  const turns: Turns<number> = createTurns({
    start: (ms) => {
      started.push(ms);
      time += ms;
      onStart(ms, turns);
    },
    monotonicNow: () => time,
    nextTurn: (callback) => {
      callbacks.push(callback);
    },
  });
  return {
    started,
    take: (...all: number[]) => {
      for (const ms of all) turns.take(ms, time);
    },
    /** False where the loop has nothing to come back for. */
    nextTurn: (): boolean => {
      const due = callbacks.splice(0);
      for (const callback of due) callback();
      return due.length > 0;
    },
  };
}

describe('a turn', () => {
  it('starts what comes while it has time, and leaves the rest to the next ones in order', () => {
    const { started, take, nextTurn } = turnsOf();
    take(0.5, 0.6, 0.7, 0.8, 0.1);
    expect(started).toEqual([0.5, 0.6]);
    nextTurn();
    expect(started).toEqual([0.5, 0.6, 0.7, 0.8]);
    nextTurn();
    expect(started).toEqual([0.5, 0.6, 0.7, 0.8, 0.1]);
  });

  it('lets nobody who comes later overtake those who wait', () => {
    const { started, take, nextTurn } = turnsOf();
    take(2, 0.1, 0.2);
    nextTurn();
    expect(started).toEqual([2, 0.1, 0.2]);
    take(3, 0.3);
    nextTurn();
    take(0.4);
    expect(started).toEqual([2, 0.1, 0.2, 3, 0.3, 0.4]);
  });

  it('takes one longer than a turn, and every one that waits, in the end', () => {
    const { started, take, nextTurn } = turnsOf();
    take(5, 6, 7);
    while (nextTurn());
    expect(started).toEqual([5, 6, 7]);
  });

  it('has what comes while it starts others wait behind them', () => {
    const { started, take, nextTurn } = turnsOf((ms, turns) => {
      if (ms === 2) turns.take(0.9, 2);
    });
    take(1, 2, 3);
    nextTurn();
    expect(started).toEqual([1, 2]);
    while (nextTurn());
    expect(started).toEqual([1, 2, 3, 0.9]);
  });

  it('keeps the loop awake only while there is something to start', () => {
    const { take, nextTurn } = turnsOf();
    take(0.1);
    expect(nextTurn()).toBe(true);
    expect(nextTurn()).toBe(false);
  });
});
