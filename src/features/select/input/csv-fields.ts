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
 * Reads the record that begins at a place, which is never before the last one. Undefined where the record may go on
 * beyond the text.
 * @throws S3Error CSVUnescapedQuote, OverMaxColumn
 */
export type CsvReader = (start: number) => CsvRecord | undefined;

/**
 * @param recordDelimiter undefined where the text is one record
 * @param isLast no more text comes
 */
export function createCsvReader(
  text: string,
  dialect: CsvDialect,
  recordDelimiter: string | undefined,
  isLast: boolean,
): CsvReader {
  const { quote, fieldDelimiter } = dialect;
  const findDelimiter = finder(text, fieldDelimiter);
  const findRecordEnd = recordDelimiter === undefined ? nowhere : finder(text, recordDelimiter);
  const findEscaper = dialect.escaper === quote ? nowhere : finder(text, dialect.escaper);
  return (start) => {
    const fields: string[] = [];
    let at = start;
    for (;;) {
      let field = '';
      if (quote !== '' && text.startsWith(quote, at)) {
        const quoted = readQuoted(text, at, dialect, findEscaper, isLast);
        if (quoted === undefined) return undefined;
        field = quoted.value;
        at = quoted.next;
      }
      const recordEnd = Math.min(findRecordEnd(at), text.length);
      const delimiter = findDelimiter(at);
      const endsRecord = delimiter >= recordEnd;
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
  };
}

/** Where something is next; infinity where it isn't. */
type Finder = (from: number) => number;

const nowhere: Finder = () => Number.POSITIVE_INFINITY;

/** For places that never go back, so that the text is searched once, not once for each field. */
function finder(text: string, wanted: string): Finder {
  let found = -1;
  return (from) => {
    if (found < from) {
      found = text.indexOf(wanted, from);
      if (found < 0) found = Number.POSITIVE_INFINITY;
    }
    return found;
  };
}

function readQuoted(
  text: string,
  start: number,
  { quote, escaper }: CsvDialect,
  findEscaper: Finder,
  isLast: boolean,
): { readonly value: string; readonly next: number } | undefined {
  let value = '';
  let at = start + quote.length;
  let escaped = findEscaper(at);
  for (;;) {
    const closing = text.indexOf(quote, at);
    if (closing < 0) {
      if (isLast) throw new S3Error('CSVUnescapedQuote');
      return undefined;
    }
    if (escaped < closing) {
      const after = escaped + escaper.length;
      const literal = text.startsWith(escaper, after) ? escaper : quote;
      const isEscape = after === closing || literal === escaper;
      value += text.slice(at, escaped) + (isEscape ? literal : escaper);
      at = isEscape ? after + literal.length : after;
      escaped = findEscaper(at);
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
