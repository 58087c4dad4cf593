/**
 * InputSerialization and OutputSerialization with S3's defaults: "CSVInput", "CSVOutput", "JSONInput",
 * "JSONOutput" in the API reference. BZIP2 is refused by name.
 */
import type {
  CSVInput,
  CSVOutput,
  InputSerialization,
  OutputSerialization,
} from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import type { Compression } from './input/bytes.ts';
import type { CsvInput } from './input/csv.ts';
import type { Output } from './output/write-records.ts';

export type Input =
  | { readonly format: 'CSV'; readonly compression: Compression; readonly csv: CsvInput }
  | {
      readonly format: 'JSON';
      readonly compression: Compression;
      readonly type: 'DOCUMENT' | 'LINES';
    }
  | { readonly format: 'Parquet' };

const defaults = { quote: '"', field: ',', record: '\n', comment: '#' };
/** Characters of a delimiter between records, such as CR LF. */
const longestRecordDelimiter = 2;

/** @throws S3Error MissingRequiredParameter, ObjectSerializationConflict, InvalidRequestParameter, NotImplemented */
export function inputOf(given: InputSerialization): Input {
  const { CSV, JSON: json, Parquet, CompressionType } = given;
  assertOne([CSV, json, Parquet]);
  const compression = compressionOf(CompressionType);
  if (CSV !== undefined) return { format: 'CSV', compression, csv: csvInput(CSV) };
  if (json !== undefined) {
    if (json.Type === undefined) throw missing('Type');
    return { format: 'JSON', compression, type: json.Type };
  }
  if (compression !== 'NONE') {
    throw new S3Error('InvalidRequestParameter', {
      message: 'CompressionType must be NONE for Parquet, which is compressed within.',
    });
  }
  return { format: 'Parquet' };
}

/** @throws S3Error MissingRequiredParameter, ObjectSerializationConflict, InvalidRequestParameter */
export function outputOf({ CSV, JSON: json }: OutputSerialization): Output {
  assertOne([CSV, json]);
  if (CSV !== undefined) return csvOutput(CSV);
  const recordDelimiter = delimiter(
    'RecordDelimiter',
    json?.RecordDelimiter,
    defaults.record,
    longestRecordDelimiter,
  );
  return { format: 'JSON', recordDelimiter };
}

function compressionOf(type: InputSerialization['CompressionType']): Compression {
  if (type === 'BZIP2') {
    throw new S3Error('NotImplemented', { message: 'CompressionType BZIP2 is not implemented' });
  }
  return type ?? 'NONE';
}

function csvInput(csv: CSVInput): CsvInput {
  const quote = quoteOf(csv);
  const input: CsvInput = {
    header: csv.FileHeaderInfo ?? 'NONE',
    quote,
    escaper: delimiter('QuoteEscapeCharacter', csv.QuoteEscapeCharacter, quote),
    comment: character('Comments', csv.Comments, defaults.comment),
    fieldDelimiter: delimiter('FieldDelimiter', csv.FieldDelimiter, defaults.field),
    recordDelimiter: delimiter(
      'RecordDelimiter',
      csv.RecordDelimiter,
      defaults.record,
      longestRecordDelimiter,
    ),
    quotedDelimiters: csv.AllowQuotedRecordDelimiter ?? false,
    eitherLineEnd: csv.RecordDelimiter === undefined,
  };
  assertDifferent(input.fieldDelimiter, input.recordDelimiter, input.quote);
  return input;
}

function csvOutput(csv: CSVOutput): Output {
  const quote = quoteOf(csv);
  return {
    format: 'CSV',
    quoteFields: csv.QuoteFields ?? 'ASNEEDED',
    quote,
    escaper: delimiter('QuoteEscapeCharacter', csv.QuoteEscapeCharacter, quote),
    fieldDelimiter: delimiter('FieldDelimiter', csv.FieldDelimiter, defaults.field),
    recordDelimiter: delimiter(
      'RecordDelimiter',
      csv.RecordDelimiter,
      defaults.record,
      longestRecordDelimiter,
    ),
  };
}

/** Escapes itself unless the caller says otherwise. */
function quoteOf({ QuoteCharacter }: CSVInput | CSVOutput): string {
  return character('QuoteCharacter', QuoteCharacter, defaults.quote);
}

/** One character, or none. */
function character(name: string, value: string | undefined, otherwise: string): string {
  return value === '' ? '' : delimiter(name, value, otherwise);
}

function delimiter(name: string, value: string | undefined, otherwise: string, most = 1): string {
  if (value === undefined) return otherwise;
  const length = [...value].length;
  if (length >= 1 && length <= most) return value;
  const allowed = most === 1 ? 'one character' : `one to ${most} characters`;
  throw new S3Error('InvalidRequestParameter', { message: `${name} must be ${allowed}.` });
}

function assertDifferent(field: string, record: string, quote: string): void {
  if (field !== record && field !== quote && record !== quote) return;
  throw new S3Error('InvalidRequestParameter', {
    message: 'FieldDelimiter, RecordDelimiter and QuoteCharacter must differ.',
  });
}

function assertOne(formats: readonly unknown[]): void {
  const given = formats.filter((format) => format !== undefined).length;
  if (given === 0) throw new S3Error('MissingRequiredParameter');
  if (given > 1) throw new S3Error('ObjectSerializationConflict');
}

function missing(name: string): S3Error {
  const { message } = new S3Error('MissingRequiredParameter');
  return new S3Error('MissingRequiredParameter', { message: `${message} Missing: ${name}.` });
}
