/** What `find`, `du` and `head` pick, before any server is asked. */
import { expect, it } from 'vitest';
import { criteria, foldersOf } from './find.ts';
import { firstOf } from './read.ts';

const now = Date.parse('2026-01-10T00:00:00Z');
const day = 86_400_000;
const found = (key: string, size = 10, days = 1) => ({
  key,
  size,
  lastModified: new Date(now - days * day),
});

it.each([
  [{ name: '*.log' }, [true, false]],
  [{ regex: '^a/.*log$' }, [true, false]],
  [{ larger: 10 }, [false, true]],
  [{ smaller: 11 }, [true, false]],
  [{ olderThan: 2 * day }, [false, true]],
  [{ newerThan: 2 * day }, [true, false]],
  [{ name: '*.log', larger: 10 }, [false, false]],
  [{}, [true, true]],
])('%j', (flags, taken) => {
  expect([found('a/x.log'), found('a/y.bin', 20, 3)].map(criteria(flags, now))).toEqual(taken);
});

it('an expression that can’t be is refused', () => {
  expect(() => criteria({ regex: '(' }, now)).toThrow('--regex');
});

it('folders are summed down to a depth', () => {
  expect(foldersOf('p/a/b/c', 'p/', 0)).toEqual(['p/']);
  expect(foldersOf('p/a/b/c', 'p/', 1)).toEqual(['p/', 'p/a/']);
  expect(foldersOf('p/a/b/c', 'p/', 9)).toEqual(['p/', 'p/a/', 'p/a/b/']);
});

it.each([
  [{ lines: 2 }, 'one\ntwo\n'],
  [{ lines: 0 }, ''],
  [{ lines: 9 }, 'one\ntwo\nthree'],
  [{ lines: 9, bytes: 5 }, 'one\nt'],
])('the head of an object: %j', async (flags, text) => {
  async function* chunks() {
    for (const piece of ['on', 'e\ntw', 'o\nthree']) yield Buffer.from(piece);
  }
  let read = '';
  for await (const piece of firstOf(chunks(), flags)) read += Buffer.from(piece).toString();
  expect(read).toBe(text);
});
