/** Queries over bytes at hand, for the tests of this room. */
import type {
  InputSerialization,
  OutputSerialization,
  ScanRange,
  SelectObjectContentEventStream as SelectEvent,
} from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { Bytes } from './input/bytes.ts';
import { scanRangeOf } from './scan-range.ts';
import { type SelectDeps, selectObjectContent } from './select.ts';
import { inputOf, outputOf } from './serialization.ts';
import { parseQuery } from './sql/parse-query.ts';

export interface Asked {
  readonly input?: InputSerialization;
  readonly output?: OutputSerialization;
  readonly range?: ScanRange;
  readonly progress?: boolean;
  /** How the bytes come: in chunks of this size; all at once if absent. */
  readonly chunkBytes?: number;
  readonly deps?: Partial<SelectDeps>;
}

export const startedAt = Date.parse('2024-05-06T07:08:09.123Z');

export function openSelect(
  object: Buffer | string,
  sql: string,
  { input = { CSV: {} }, output = { CSV: {} }, range = {}, progress = false, ...more }: Asked = {},
): AsyncGenerator<SelectEvent> {
  const bytes = Buffer.from(object);
  const { chunkBytes, deps } = more;
  const read = async (start: number, end: number): Promise<Bytes> => {
    const asked = bytes.subarray(start, end);
    return chunkBytes === undefined ? asked : chunked(asked, chunkBytes);
  };
  const serialization = inputOf(input);
  const request = {
    query: parseQuery(sql),
    input: serialization,
    output: outputOf(output),
    range: scanRangeOf(range, serialization, bytes.length),
    progress,
  };
  return selectObjectContent(request, {
    size: bytes.length,
    read,
    now: () => startedAt,
    signal: undefined,
    ...deps,
  });
}

export async function eventsOf(...asked: Parameters<typeof openSelect>): Promise<SelectEvent[]> {
  const events: SelectEvent[] = [];
  for await (const event of openSelect(...asked)) events.push(event);
  return events;
}

/** The result as text. */
export async function select(...asked: Parameters<typeof openSelect>): Promise<string> {
  const events = await eventsOf(...asked);
  return Buffer.concat(events.map(({ Records }) => Records?.Payload ?? Buffer.alloc(0))).toString();
}

/** The code of the error that a query ends with. */
export async function refusal(...asked: Parameters<typeof openSelect>): Promise<string> {
  try {
    return `no error but ${JSON.stringify(await select(...asked))}`;
  } catch (error) {
    if (error instanceof S3Error) return error.code;
    throw error;
  }
}

/** What one expression is, on a record without anything in it. */
export async function valueIn(expression: string): Promise<string> {
  const output = { JSON: { RecordDelimiter: '\n' } };
  const input = { JSON: { Type: 'LINES' } } as const;
  const text = await select('{}', `SELECT ${expression} AS v FROM S3Object`, { input, output });
  const match = /^\{(?:"v":(.*))?\}\n$/s.exec(text);
  if (match === null) throw new Error(`not one record: ${text}`);
  return match[1] ?? 'MISSING';
}

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}
