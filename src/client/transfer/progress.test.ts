import { expect, test } from 'vitest';
import type { TransferProgress } from './options.ts';
import { createProgress } from './progress.ts';

test('what goes again is counted once', () => {
  const seen: TransferProgress[] = [];
  const progress = createProgress(100, (one) => seen.push(one), 10);
  const reached = progress.ofPiece();
  for (const bytes of [20, 40, 20, 40, 50]) reached(bytes);
  progress.add(40);
  progress.add(0);
  expect(seen.map(({ transferredBytes }) => transferredBytes)).toEqual([10, 30, 50, 60, 100]);
  expect(seen.every(({ totalBytes }) => totalBytes === 100)).toBe(true);
});
