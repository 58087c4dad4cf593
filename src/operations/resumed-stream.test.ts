import { expect, test } from 'vitest';
import { resumed } from './resumed-stream.ts';

function counting() {
  const state = { closed: false };
  async function* count() {
    try {
      for (let next = 1; next <= 3; next++) yield next;
    } finally {
      state.closed = true;
    }
  }
  return { state, numbers: count() };
}

test('the first piece comes first, the others after it', async () => {
  const { numbers } = counting();
  const pieces: number[] = [];
  for await (const piece of resumed(await numbers.next(), numbers)) pieces.push(piece);
  expect(pieces).toEqual([1, 2, 3]);
});

test('what is closed before anybody has read is closed to its source', async () => {
  const { state, numbers } = counting();
  const stream = resumed(await numbers.next(), numbers)[Symbol.asyncIterator]();
  await stream.return?.();
  expect(state.closed).toBe(true);
  expect(await stream.next()).toEqual({ done: true, value: undefined });
});
