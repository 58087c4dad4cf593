/**
 * SelectObjectContent as a stream of events: Records as they come, Progress or Cont in between, then Stats and
 * End ("Appendix: SelectObjectContent Response" in the API reference).
 *
 * The query is evaluated record by record on what is read, so that memory stays flat whatever the object's
 * size; the process sees to others between pieces of work.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SelectObjectContentEventStream as SelectEvent } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { columnsUsed } from './evaluate/columns-used.ts';
import { type Plan, planQuery, type ResultRecord } from './evaluate/plan.ts';
import { type ByteCount, newByteCount } from './input/byte-count.ts';
import { type Bytes, openBytes } from './input/bytes.ts';
import { type RecordBatch, readCsv, readHeader } from './input/csv.ts';
import { jsonLineEnd, readJsonDocument, readJsonLines } from './input/json.ts';
import { readFrom, type ScanRange } from './input/lines.ts';
import { heartbeatMs, maxRunMs, recordsMessageBytes } from './limits.ts';
import { type Output, writeRecord } from './output/write-records.ts';
import type { Input } from './serialization.ts';
import type { Query } from './sql/syntax.ts';

export interface SelectRequest {
  readonly query: Query;
  readonly input: Input;
  readonly output: Output;
  readonly range: ScanRange | undefined;
  /** Progress is asked for. */
  readonly progress: boolean;
}

export interface SelectDeps {
  /** Of the object, in bytes. */
  readonly size: number;
  /** Bytes [start, end) of the object. */
  read(start: number, end: number): Promise<Bytes>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly signal: AbortSignal | undefined;
}

/** Records evaluated, by size of the expression and the record, until others have their turn. */
const workPerTurn = 200_000;

/** @throws S3Error whatever is wrong with expression, object or both; Busy where it takes too long */
export async function* selectObjectContent(
  request: SelectRequest,
  deps: SelectDeps,
): AsyncGenerator<SelectEvent> {
  const { now, signal } = deps;
  const startedAt = now();
  const count = newByteCount();
  const result = createResult(request.output, count);
  let lastEventAt = startedAt;
  let plan: Plan<unknown> | undefined;
  let work = 0;

  /** Others have their turn, and the client hears of it if it takes long. */
  async function* pause(): AsyncGenerator<SelectEvent> {
    await nextTurn();
    assertMayGoOn(startedAt, deps);
    if (now() - lastEventAt < heartbeatMs) return;
    lastEventAt = now();
    if (!result.isEmpty()) yield result.take();
    yield request.progress ? { Progress: { Details: details(count) } } : { Cont: {} };
  }

  for await (const { rows, shape } of openRecords(request, deps, count, startedAt)) {
    if (shape !== undefined) plan ??= planQuery(request.query, shape, startedAt);
    for (const row of rows) {
      if (plan === undefined || plan.isOver()) break;
      const record = plan.accept(row);
      work += plan.meter.steps + plan.nodes;
      if (record !== undefined) work += result.add(record);
      if (result.isFull()) {
        lastEventAt = now();
        yield result.take();
      }
      if (work < workPerTurn) continue;
      work = 0;
      yield* pause();
    }
    if (plan?.isOver()) break;
    yield* pause();
  }
  signal?.throwIfAborted();
  const last = plan?.finish();
  if (last !== undefined) result.add(last);
  if (!result.isEmpty()) yield result.take();
  if (request.progress) yield { Progress: { Details: details(count) } };
  yield { Stats: { Details: details(count) } };
  yield { End: {} };
}

function assertMayGoOn(startedAt: number, { now, signal }: SelectDeps): void {
  signal?.throwIfAborted();
  if (now() - startedAt > maxRunMs) {
    throw new S3Error('Busy', { message: 'The query took longer than a query may take.' });
  }
}

function details({ scanned, processed, returned }: ByteCount) {
  return { BytesScanned: scanned, BytesProcessed: processed, BytesReturned: returned };
}

async function* openRecords(
  { query, input, range }: SelectRequest,
  deps: SelectDeps,
  count: ByteCount,
  startedAt: number,
): AsyncGenerator<RecordBatch<unknown>> {
  if (input.format === 'Parquet') {
    assertWholeRecords(query);
    // Loaded by the first who asks: a server that starts has no use for it.
    const { readParquet } = await import('./input/parquet.ts');
    const file = {
      size: deps.size,
      read: async (start: number, end: number) => whole(await deps.read(start, end)),
    };
    yield* readParquet(file, count, columnsUsed(query)) as AsyncGenerator<RecordBatch<unknown>>;
    return;
  }
  const delimiter = input.format === 'CSV' ? input.csv.recordDelimiter : jsonLineEnd;
  const start = range === undefined ? 0 : readFrom(range, Buffer.from(delimiter));
  const pieces = openBytes(await deps.read(start, deps.size), input.compression, count);
  if (input.format === 'CSV') {
    assertWholeRecords(query);
    const needsHeader = range !== undefined && range.start > 0 && input.csv.header === 'USE';
    const header = needsHeader ? await headerOf(input.csv, deps, startedAt) : undefined;
    yield* readCsv(pieces, input.csv, range, header) as AsyncGenerator<RecordBatch<unknown>>;
  } else if (input.type === 'LINES') {
    yield* readJsonLines(pieces, query.source, range) as AsyncGenerator<RecordBatch<unknown>>;
  } else {
    yield* readJsonDocument(pieces, query.source) as AsyncGenerator<RecordBatch<unknown>>;
  }
}

async function headerOf(
  csv: Parameters<typeof readHeader>[1],
  deps: SelectDeps,
  startedAt: number,
): Promise<readonly string[]> {
  const pieces = openBytes(await deps.read(0, deps.size), 'NONE', newByteCount());
  return readHeader(inTime(pieces, startedAt, deps), csv);
}

/** No record may begin for long, as where everything is comments. */
async function* inTime(
  pieces: AsyncIterable<Buffer>,
  startedAt: number,
  deps: SelectDeps,
): AsyncGenerator<Buffer> {
  for await (const piece of pieces) {
    assertMayGoOn(startedAt, deps);
    yield piece;
  }
}

/** Only JSON has something below S3Object. */
function assertWholeRecords({ source }: Query): void {
  if (source.length > 0) throw new S3Error('InvalidKeyPath');
}

async function whole(bytes: Bytes): Promise<Buffer> {
  if (Buffer.isBuffer(bytes)) return bytes;
  const chunks: Buffer[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

interface Result {
  /** How long the record is as text. */
  add(record: ResultRecord): number;
  isFull(): boolean;
  isEmpty(): boolean;
  take(): SelectEvent;
}

function createResult(output: Output, count: ByteCount): Result {
  let text = '';
  return {
    add(record) {
      const written = writeRecord(record, output);
      text += written;
      return written.length;
    },
    isFull: () => text.length >= recordsMessageBytes,
    isEmpty: () => text === '',
    take() {
      const Payload = Buffer.from(text, 'utf8');
      text = '';
      count.returned += Payload.length;
      return { Records: { Payload } };
    },
  };
}
