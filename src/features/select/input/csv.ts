/** CSV → records of text, in batches: "CSVInput" in the API reference. Empty lines are no records. */
import { S3Error } from '../../../protocol/errors.ts';
import { columnsShape, type RowShape } from '../evaluate/row-shape.ts';
import { maxRecordBytes } from '../limits.ts';
import type { Value } from '../values/value.ts';
import { decoded } from './bytes.ts';
import { type CsvDialect, createCsvReader } from './csv-fields.ts';
import { type ScanRange, splitLines } from './lines.ts';

export interface CsvInput extends CsvDialect {
  readonly header: 'NONE' | 'IGNORE' | 'USE';
  /** Lines may end in CR LF as well. */
  readonly eitherLineEnd: boolean;
}

/** Records of any input, with what names mean in them; often, so that time is looked at, and maybe none. */
export interface RecordBatch<Row> {
  readonly rows: readonly Row[];
  /** The same for all batches that have one; the last has. Undefined until there is a record. */
  readonly shape: RowShape<Row> | undefined;
}

/**
 * @param header of the object, where the pieces begin somewhere within it
 * @throws S3Error CSVUnescapedQuote, OverMaxRecordSize, InvalidTextEncoding
 */
export async function* readCsv(
  pieces: AsyncIterable<Buffer>,
  input: CsvInput,
  range?: ScanRange,
  header?: readonly string[],
): AsyncGenerator<RecordBatch<readonly Value[]>> {
  let shape = header === undefined ? undefined : columnsShape(header, true);
  let awaitsHeader = input.header !== 'NONE' && (range === undefined || range.start === 0);
  for await (const records of csvRecords(pieces, input, range)) {
    let rows = records;
    if (rows.length > 0) {
      if (awaitsHeader && input.header === 'USE') shape = columnsShape(rows[0], true);
      if (awaitsHeader) rows = rows.slice(1);
      awaitsHeader = false;
      shape ??= columnsShape(undefined, true);
    }
    yield { rows, shape };
  }
  if (shape === undefined) yield { rows: [], shape: nothingShape };
}

/** Of an empty object: every name is MISSING. */
const nothingShape: RowShape<readonly Value[]> = {
  ...columnsShape(undefined, true),
  member: () => () => undefined,
};

/** The object's first record. */
export async function readHeader(
  pieces: AsyncIterable<Buffer>,
  input: CsvInput,
): Promise<readonly string[]> {
  for await (const [first] of csvRecords(pieces, input, undefined)) {
    if (first !== undefined) return first;
  }
  return [];
}

function csvRecords(
  pieces: AsyncIterable<Buffer>,
  input: CsvInput,
  range: ScanRange | undefined,
): AsyncGenerator<readonly (readonly string[])[]> {
  return input.quotedDelimiters ? quotedRecords(pieces, input) : lineRecords(pieces, input, range);
}

async function* lineRecords(
  pieces: AsyncIterable<Buffer>,
  input: CsvInput,
  range: ScanRange | undefined,
): AsyncGenerator<readonly (readonly string[])[]> {
  const { comment, eitherLineEnd } = input;
  for await (const lines of splitLines(pieces, Buffer.from(input.recordDelimiter), range)) {
    const records: (readonly string[])[] = [];
    for (const whole of lines) {
      const line = eitherLineEnd && whole.endsWith('\r') ? whole.slice(0, -1) : whole;
      if (line === '' || (comment !== '' && line.startsWith(comment))) continue;
      records.push(createCsvReader(line, input, undefined, true)(0)!.fields);
    }
    yield records;
  }
}

async function* quotedRecords(
  pieces: AsyncIterable<Buffer>,
  input: CsvInput,
): AsyncGenerator<readonly (readonly string[])[]> {
  let rest = '';
  for await (const text of decoded(pieces)) {
    if (text === '') continue;
    const { records, next } = takeRecords(rest + text, input, false);
    rest = next;
    if (rest.length > maxRecordBytes) throw new S3Error('OverMaxRecordSize');
    yield records;
  }
  yield takeRecords(rest, input, true).records;
}

/** With the delimiter it ends in, if it is the usual one; another isn't found as a record's whole text. */
const emptyLine = /^\r?\n?$/;

function takeRecords(
  text: string,
  input: CsvInput,
  isLast: boolean,
): { readonly records: readonly (readonly string[])[]; readonly next: string } {
  const { comment, recordDelimiter } = input;
  const records: (readonly string[])[] = [];
  const read = createCsvReader(text, input, recordDelimiter, isLast);
  let at = 0;
  while (at < text.length) {
    if (comment !== '' && text.startsWith(comment, at)) {
      const end = text.indexOf(recordDelimiter, at);
      if (end < 0) return { records, next: isLast ? '' : text.slice(at) };
      at = end + recordDelimiter.length;
      continue;
    }
    const record = read(at);
    if (record === undefined) break;
    const { fields, next } = record;
    if (next - at > maxRecordBytes) throw new S3Error('OverMaxRecordSize');
    const isEmpty = fields.length === 1 && emptyLine.test(text.slice(at, next));
    if (!isEmpty) records.push(input.eitherLineEnd ? withoutReturn(fields) : fields);
    at = next;
  }
  return { records, next: text.slice(at) };
}

function withoutReturn(fields: readonly string[]): readonly string[] {
  const last = fields.at(-1)!;
  return last.endsWith('\r') ? [...fields.slice(0, -1), last.slice(0, -1)] : fields;
}
