/** JSON lines and documents → records, in batches: "JSONInput" in the API reference. */
import { documentShape } from '../evaluate/row-shape.ts';
import type { SourceStep } from '../sql/syntax.ts';
import type { Value } from '../values/value.ts';
import { decoded } from './bytes.ts';
import type { RecordBatch } from './csv.ts';
import { createJsonScanner } from './json-scanner.ts';
import { type ScanRange, splitLines } from './lines.ts';
import { parseJson } from './parse-json.ts';
import { valuesAt } from './source-path.ts';

export const jsonLineEnd = '\n';

/** @throws S3Error JSONParsingError, OverMaxRecordSize, InvalidTextEncoding */
export async function* readJsonLines(
  pieces: AsyncIterable<Buffer>,
  path: readonly SourceStep[],
  range?: ScanRange,
): AsyncGenerator<RecordBatch<Value>> {
  for await (const lines of splitLines(pieces, Buffer.from(jsonLineEnd), range)) {
    const rows: Value[] = [];
    for (const line of lines) {
      if (line.trim() === '') continue;
      for (const value of valuesAt(parseJson(line), path)) rows.push(value);
    }
    yield { rows, shape: documentShape };
  }
  yield { rows: [], shape: documentShape };
}

/** @throws S3Error JSONParsingError, OverMaxRecordSize, InvalidTextEncoding */
export async function* readJsonDocument(
  pieces: AsyncIterable<Buffer>,
  path: readonly SourceStep[],
): AsyncGenerator<RecordBatch<Value>> {
  const scanner = createJsonScanner(path);
  let isFirst = true;
  for await (const text of decoded(pieces)) {
    if (text === '') continue;
    const rows = scanner.push(isFirst && text.startsWith('\uFEFF') ? text.slice(1) : text);
    isFirst = false;
    yield { rows, shape: documentShape };
  }
  yield { rows: scanner.end(), shape: documentShape };
}
