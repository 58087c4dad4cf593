/** A line for people, and only for them. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createProgressLine } from './progress-line.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 10, written, write: (text: string) => written.push(text) };
}

it('shows one line on a terminal, cut to its width, and takes it back', () => {
  const screen = terminal(true);
  const line = createProgressLine(screen);
  line.follow(() => 'putting a long line');
  vi.advanceTimersByTime(600);
  line.clear();
  vi.advanceTimersByTime(600);
  expect(screen.written).toEqual(['\r\x1b[Kputting a', '\r\x1b[Kputting a', '\r\x1b[K']);
});

it('writes nothing where there is no terminal', () => {
  const screen = terminal(false);
  const line = createProgressLine(screen);
  line.follow(() => 'putting');
  vi.advanceTimersByTime(600);
  line.clear();
  expect(screen.written).toEqual([]);
});
