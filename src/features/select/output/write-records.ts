/** Records of the result as CSV or JSON: "CSVOutput" and "JSONOutput" in the API reference. */
import { S3Error } from '../../../protocol/errors.ts';
import type { ResultRecord } from '../evaluate/plan.ts';
import { maxRecordBytes } from '../limits.ts';
import { assertTextLength, formatMembers, formatScalarText } from '../values/format.ts';

export interface CsvOutput {
  readonly format: 'CSV';
  readonly quoteFields: 'ALWAYS' | 'ASNEEDED';
  readonly quote: string;
  readonly escaper: string;
  readonly fieldDelimiter: string;
  readonly recordDelimiter: string;
}

export interface JsonOutput {
  readonly format: 'JSON';
  readonly recordDelimiter: string;
}

export type Output = CsvOutput | JsonOutput;

/** With the delimiter after it. @throws S3Error OverMaxRecordSize */
export function writeRecord(record: ResultRecord, output: Output): string {
  const text = output.format === 'CSV' ? writeCsv(record, output) : formatMembers(record);
  if (text.length * 3 > maxRecordBytes && Buffer.byteLength(text) > maxRecordBytes) {
    throw new S3Error('OverMaxRecordSize');
  }
  return text + output.recordDelimiter;
}

function writeCsv(record: ResultRecord, output: CsvOutput): string {
  let text = '';
  let isFirst = true;
  for (const [, value] of record) {
    if (!isFirst) text += output.fieldDelimiter;
    isFirst = false;
    text = assertTextLength(text + writeField(formatScalarText(value), output));
  }
  return text;
}

function writeField(field: string, output: CsvOutput): string {
  const { quote, escaper, quoteFields, fieldDelimiter, recordDelimiter } = output;
  if (quote === '') return field;
  const isQuoted =
    quoteFields === 'ALWAYS' ||
    field.includes(fieldDelimiter) ||
    field.includes(recordDelimiter) ||
    field.includes(quote) ||
    /[\r\n]/.test(field);
  if (!isQuoted) return field;
  const unescaped = escaper === quote ? field : field.replaceAll(escaper, () => escaper + escaper);
  return quote + unescaped.replaceAll(quote, () => escaper + quote) + quote;
}
