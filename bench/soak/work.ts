/** What the operations of a soak share: where they work, and how they judge answers. */
import type { Answer, SoakClient } from './client.ts';
import type { Content, Pool } from './contents.ts';
import type { Model, State } from './model.ts';

export interface Work {
  readonly client: SoakClient;
  readonly pool: Pool;
  readonly model: Model;
  readonly bucket: string;
  readonly versionedBucket: string;
  /** An answer that must not be. */
  wrong(what: string): void;
}

/** Does one thing, or nothing if what it needs is taken. */
export type Operation = (work: Work) => Promise<void>;

/** @throws if the status is another one */
export function demand(answer: Answer, what: string, ...statuses: readonly number[]): Answer {
  if (statuses.includes(answer.status)) return answer;
  const text = answer.body.toString('utf8', 0, 300);
  throw new Error(`${what} answered ${answer.status}: ${text}`);
}

export const etagOf = ({ headers }: Answer): string =>
  String(headers.etag ?? '').replaceAll('"', '');

/** One of these, with all its bytes; or its absence. */
export function checkWhole(
  { pool, wrong }: Work,
  what: string,
  answer: Answer,
  may: Iterable<State>,
): void {
  const states = [...may];
  if (answer.status === 404) {
    if (!states.includes(undefined)) wrong(`${what}: lost, answered 404`);
    return;
  }
  if (answer.status !== 200) {
    wrong(`${what}: answered ${answer.status}`);
    return;
  }
  const etag = etagOf(answer);
  const isOne = (content: State): boolean =>
    content !== undefined && content.etag === etag && pool.holds(content, answer.body);
  if (states.some(isOne)) return;
  wrong(`${what}: ${answer.body.length} bytes with ETag ${etag}, expected ${told(states)}`);
}

export function checkHead(
  { wrong }: Work,
  what: string,
  answer: Answer,
  may: Iterable<State>,
): void {
  const states = [...may];
  const etag = etagOf(answer);
  const size = Number(answer.headers['content-length']);
  const fits =
    answer.status === 404
      ? states.includes(undefined)
      : answer.status === 200 &&
        states.some((content) => content?.etag === etag && content.size === size);
  if (!fits)
    wrong(`${what}: ${answer.status}, ${size} bytes, ETag ${etag}; expected ${told(states)}`);
}

/** Bytes from `start` to `end`, as far as there are so many. */
export function checkRange(
  { pool, wrong }: Work,
  what: string,
  answer: Answer,
  [start, end]: readonly [number, number],
  may: Iterable<State>,
): void {
  const states = [...may];
  const isSlice = (content: State): content is Content =>
    content !== undefined &&
    start < content.size &&
    pool.holds(pool.range(content, start, Math.min(end, content.size)), answer.body);
  const fits =
    answer.status === 206
      ? states.some(isSlice)
      : answer.status === 404
        ? states.includes(undefined)
        : answer.status === 416 &&
          states.some((content) => content !== undefined && start >= content.size);
  if (!fits) {
    wrong(`${what}, bytes ${start} to ${end}: ${answer.status}, ${answer.body.length} bytes`);
  }
}

const told = (states: readonly State[]): string =>
  states
    .map((state) => (state === undefined ? 'nothing' : `${state.size} bytes (${state.etag})`))
    .join(' or ');
