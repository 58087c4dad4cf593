import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { createByteStream } from './byte-stream.ts';

type Chunk = Buffer | Promise<Buffer> | undefined;

/** A stream over chunks `a`, `b`, … and what it did. */
function streamOf(rest: readonly (() => Chunk)[], signal?: AbortSignal) {
  const seen = { reads: 0, releases: 0 };
  const stream = createByteStream({
    first: Buffer.from('a'),
    read: () => rest[seen.reads++]?.(),
    release: () => {
      seen.releases++;
    },
    recycle: () => {},
    signal,
  });
  return { seen, stream, iterator: stream[Symbol.asyncIterator]() };
}

const atHand = (text: string) => () => Buffer.from(text);
const late = (text: string) => () => turn(Buffer.from(text));

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}

describe('a stream of chunks', () => {
  test('gives them in order, whether they are at hand or late, and lets go of the file once', async () => {
    const { seen, stream } = streamOf([atHand('b'), late('c'), late('d'), atHand('e'), late('f')]);
    expect(await textOf(stream)).toBe('abcdef');
    expect(seen.releases).toBe(1);
  });

  test('reads nothing before it is asked for while chunks are at hand', async () => {
    const { seen, iterator } = streamOf([atHand('b'), atHand('c'), atHand('d')]);
    await iterator.next();
    expect(seen.reads).toBe(0);
    await iterator.next();
    expect(seen.reads).toBe(1);
  });

  test('reads one ahead, and only one, after a chunk that was late', async () => {
    const { seen, iterator } = streamOf([late('b'), late('c'), late('d'), late('e')]);
    await iterator.next();
    await iterator.next();
    await turn();
    expect(seen.reads).toBe(2);
  });

  test('tells a failure of what was read ahead in its own turn', async () => {
    const broken = () => {
      throw new Error('broken block');
    };
    const { seen, iterator } = streamOf([late('b'), broken]);
    await iterator.next();
    expect((await iterator.next()).value?.toString()).toBe('b');
    await expect(iterator.next()).rejects.toThrow('broken block');
    expect(seen.releases).toBe(1);
    expect((await iterator.next()).done).toBe(true);
  });

  test('keeps the file until the read under way has come back', async () => {
    let arrive: (bytes: Buffer) => void = () => {};
    const hanging = () =>
      new Promise<Buffer>((resolve) => {
        arrive = resolve;
      });
    const { seen, iterator } = streamOf([late('b'), hanging]);
    await iterator.next();
    await iterator.next();
    const returned = iterator.return?.();
    await turn();
    expect(seen.releases).toBe(0);
    arrive(Buffer.from('c'));
    await returned;
    expect(seen.releases).toBe(1);
    expect((await iterator.next()).done).toBe(true);
  });

  test('lets go of the file where nobody ever read, once it is aborted', () => {
    const controller = new AbortController();
    const { seen } = streamOf([atHand('b')], controller.signal);
    controller.abort(new Error('enough'));
    expect(seen.releases).toBe(1);
  });

  test('that was aborted does not look like one that has ended', async () => {
    const controller = new AbortController();
    const { seen, iterator } = streamOf([atHand('b')], controller.signal);
    await iterator.next();
    controller.abort(new Error('enough'));
    await expect(iterator.next()).rejects.toThrow('enough');
    await expect(iterator.next()).rejects.toThrow('enough');
    expect(seen.releases).toBe(1);
  });
});
