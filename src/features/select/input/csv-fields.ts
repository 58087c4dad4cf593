/**
 * One CSV record → its fields: "CSVInput" in the API reference. A field is quoted if a quote begins it; what
 * follows the closing quote up to the delimiter belongs to it.
 */
import { S3Error } from '../../../protocol/errors.ts';
import { maxColumns } from '../limits.ts';

export interface CsvDialect {
  /** Empty where there are no quotes. */
  readonly quote: string;
  readonly escaper: string;
  readonly fieldDelimiter: string;
  readonly recordDelimiter: string;
  /** Records that begin with it are left out; empty where there are none. */
  readonly comment: string;
  /** Records end where their delimiter is, unless it is in quotes. */
  readonly quotedDelimiters: boolean;
}

export interface CsvRecord {
  readonly fields: readonly string[];
  /** Where the next record begins. */
  readonly next: number;
}

/**
 * Undefined where the record may go on beyond the text.
 * @param recordDelimiter undefined where the text is one record
 * @param isLast no more text comes
 * @throws S3Error CSVUnescapedQuote, OverMaxColumn
 */
export function readCsvRecord(
  text: string,
  start: number,
  dialect: CsvDialect,
  recordDelimiter: string | undefined,
  isLast: boolean,
): CsvRecord | undefined {
  const { quote, fieldDelimiter } = dialect;
  const fields: string[] = [];
  let at = start;
  let recordEnd = -1;
  const findRecordEnd = (from: number): number => {
    const found = recordDelimiter === undefined ? -1 : text.indexOf(recordDelimiter, from);
    return found < 0 ? text.length : found;
  };
  for (;;) {
    let field = '';
    if (quote !== '' && text.startsWith(quote, at)) {
      const quoted = readQuoted(text, at, dialect, isLast);
      if (quoted === undefined) return undefined;
      field = quoted.value;
      at = quoted.next;
    }
    if (recordEnd < at) recordEnd = findRecordEnd(at);
    const delimiter = text.indexOf(fieldDelimiter, at);
    const endsRecord = delimiter < 0 || delimiter >= recordEnd;
    fields.push(field + text.slice(at, endsRecord ? recordEnd : delimiter));
    if (fields.length > maxColumns) throw new S3Error('OverMaxColumn');
    if (endsRecord) {
      if (recordEnd < text.length) {
        return { fields, next: recordEnd + (recordDelimiter?.length ?? 0) };
      }
      return isLast ? { fields, next: text.length } : undefined;
    }
    at = delimiter + fieldDelimiter.length;
  }
}

function readQuoted(
  text: string,
  start: number,
  { quote, escaper }: CsvDialect,
  isLast: boolean,
): { readonly value: string; readonly next: number } | undefined {
  let value = '';
  let at = start + quote.length;
  let escaped = escaper === quote ? -1 : text.indexOf(escaper, at);
  for (;;) {
    const closing = text.indexOf(quote, at);
    if (closing < 0) {
      if (isLast) throw new S3Error('CSVUnescapedQuote');
      return undefined;
    }
    if (escaper !== quote && escaped >= 0 && escaped < closing) {
      const after = escaped + escaper.length;
      const literal = text.startsWith(escaper, after) ? escaper : quote;
      const isEscape = after === closing || literal === escaper;
      value += text.slice(at, escaped) + (isEscape ? literal : escaper);
      at = isEscape ? after + literal.length : after;
      escaped = text.indexOf(escaper, at);
      continue;
    }
    const next = closing + quote.length;
    // The quote may be the first of two.
    if (escaper === quote && next >= text.length && !isLast) return undefined;
    if (escaper !== quote || !text.startsWith(quote, next)) {
      return { value: value + text.slice(at, closing), next };
    }
    value += text.slice(at, next);
    at = next + quote.length;
  }
}
