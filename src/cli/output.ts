/**
 * What commands print: lines for people, or with `--json` one JSON object a line, each with its `type`. Results go to
 * standard output, errors to standard error; with `--json` what ended a command is a line of type `error`, too.
 */
import { errorText, S3Error } from '../client/s3-error.ts';

export type OutputRecord = { readonly type: string } & Readonly<Record<string, unknown>>;

export interface Output {
  readonly json: boolean;
  /** @param text what people read instead; nothing if undefined */
  record(record: OutputRecord, text?: string): void;
  /** A document, as it is. */
  document(text: string): void;
  /** Something that was passed over or done otherwise than expected, for people. */
  note(text: string): void;
  flush(): Promise<void>;
}

const clearLine = '\r\x1b[K';

export function createOutput(json: boolean): Output {
  const { stdout, stderr } = process;
  // Who reads a list's head, and no more, has had enough.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  // A line of progress may stand there.
  const cleared = stderr.isTTY === true ? () => stderr.write(clearLine) : () => {};
  return {
    json,
    record(record, text) {
      if (!json && text === undefined) return;
      cleared();
      stdout.write(`${json ? JSON.stringify(record) : printable(text!)}\n`);
    },
    document(text) {
      stdout.write(text.endsWith('\n') ? text : `${text}\n`);
    },
    note(text) {
      cleared();
      stderr.write(`kist: ${printable(text)}\n`);
    },
    flush: () => new Promise((resolve) => stdout.write('', () => resolve())),
  };
}

/** Keys may hold what moves a terminal's cursor, or ends lines. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const control = /[\x00-\x1f\x7f-\x9f]/g;

const printable = (text: string): string =>
  text.replace(control, (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`);

/** An error as records have it. */
export function errorFields(error: unknown): Readonly<Record<string, unknown>> {
  const message = errorText(error);
  if (!(error instanceof S3Error)) return { message };
  const { code, status, requestId } = error;
  return { code, message, ...(status !== 0 && { status }), ...(requestId && { requestId }) };
}

/** In columns, the last one as long as it is. */
export function tableOf(
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
}
