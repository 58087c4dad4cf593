/**
 * Log lines: structured, one JSON object each, or the same as text for people.
 *
 * Secrets never get here by design; what could carry one by accident (headers, query strings of
 * presigned URLs, members of accounts, fields of errors) is blanked or left out on the way.
 */
import { createRequire } from 'node:module';
import type { DestinationStream } from 'pino';

const requirePackage = createRequire(import.meta.url);
/** Late: most processes have nothing to say while they start. */
const loadPino = () => requirePackage('pino') as typeof import('pino');

/** From the least important on. */
const lineLevels = ['debug', 'info', 'warn', 'error'] as const;
type LineLevel = (typeof lineLevels)[number];
type LogLevel = LineLevel | 'silent';
/** When it is opened without a line: a process that runs out of descriptors can say so. */
const openAfterMs = 500;
type LogFormat = 'text' | 'json';

export type LogFields = Readonly<Record<string, unknown>>;

/** One line: what happened, in a few words that never vary, and the particulars as fields. */
type WriteLine = (message: string, fields?: LogFields) => void;

export interface Log {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
  /** Whether lines of the level are written at all: guards the making of costly fields. */
  enabled(level: LineLevel): boolean;
  /** The same log with fields that stand on every line. */
  with(fields: LogFields): Log;
  /** Writes out what is buffered; call before the process ends. */
  flush(): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  /** Stand on every line, e.g. the process. */
  readonly fields?: LogFields;
  /** Default: standard error. */
  readonly write?: (line: string) => void;
}

/** Members whose values are blanked wherever a line carries them, one level deep as well. */
const secretMembers = [
  'authorization',
  'Authorization',
  'cookie',
  'password',
  'secret',
  'secretAccessKey',
  'rootSecretAccessKey',
  'masterKey',
  'sessionToken',
  'x-amz-security-token',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-copy-source-server-side-encryption-customer-key',
] as const;

export function createLog(options: LogOptions): Log {
  const written = lineLevels.slice(
    options.level === 'silent' ? lineLevels.length : lineLevels.indexOf(options.level),
  );
  let opened: OpenLogger | undefined;
  const open = (): OpenLogger => {
    opened ??= openLogger(options);
    return opened;
  };
  setTimeout(open, openAfterMs).unref();
  return logOver({
    logger: () => open().logger,
    enabled: (level) => written.includes(level),
    flush: () => opened?.flush(),
  });
}

function openLogger(options: LogOptions): OpenLogger {
  const { pino, stdTimeFunctions } = loadPino();
  const sink = options.write === undefined ? standardError() : lines(options.write);
  const target = options.format === 'json' ? sink.stream : textLines(sink.stream);
  const logger = pino(
    {
      level: options.level,
      base: options.fields ?? {},
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError },
      redact: {
        paths: secretMembers.flatMap((member) => [`["${member}"]`, `*["${member}"]`]),
        censor: '(hidden)',
      },
    },
    target,
  );
  return { logger, flush: sink.flush };
}

/** The part of pino that is used here. */
interface Logger extends Readonly<Record<LineLevel, (fields: LogFields, message: string) => void>> {
  child(fields: LogFields): Logger;
}

interface OpenLogger {
  readonly logger: Logger;
  flush(): void;
}

interface LogSource extends Pick<Log, 'enabled' | 'flush'> {
  /** Opened when it is first asked for. */
  readonly logger: () => Logger;
}

const noFields: LogFields = {};

function logOver(source: LogSource): Log {
  const { logger, enabled, flush } = source;
  const writer = (level: LineLevel): WriteLine =>
    enabled(level) ? (message, fields = noFields) => logger()[level](fields, message) : () => {};
  return {
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
    enabled,
    with: (fields) => {
      let child: Logger | undefined;
      const ownLogger = (): Logger => {
        child ??= logger().child(fields);
        return child;
      };
      return logOver({ ...source, logger: ownLogger });
    },
    flush,
  };
}

interface Sink {
  readonly stream: DestinationStream;
  flush(): void;
}

/** Lines that come while one is being written go out together: nobody waits for the terminal. */
function standardError(): Sink {
  const stream = loadPino().destination({ fd: 2, sync: false });
  // A closed terminal or pipe must not end the server.
  stream.on('error', () => {});
  return {
    stream,
    flush: () => {
      try {
        stream.flushSync();
      } catch {
        // Not open yet or already gone: there is nobody left to tell.
      }
    },
  };
}

function lines(write: (line: string) => void): Sink {
  return { stream: { write }, flush: () => {} };
}

/** What an error says about itself; further members are left out, as they may hold signatures. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? error.code : undefined;
  return {
    name: error.name,
    message: error.message,
    ...(code === undefined ? {} : { code }),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}

const hiddenParameters =
  /(^|&)(X-Amz-Signature|Signature|X-Amz-Security-Token|x-amz-(?:copy-source-)?server-side-encryption-customer-key)=[^&]*/gi;

/** A query string as it may be logged: without signatures, session tokens and customers' keys. */
export function redactQuery(rawQuery: string): string {
  return rawQuery.replaceAll(hiddenParameters, '$1$2=(hidden)');
}

/** `12:04:31.120 info  message  name=value ...`, an error's stack below. */
function textLines(sink: DestinationStream): DestinationStream {
  return {
    write: (line) => {
      const { time, level, message, error, ...fields } = JSON.parse(line) as Record<
        string,
        unknown
      >;
      const shown = Object.entries(fields).map(([name, value]) => `${name}=${plainValue(value)}`);
      const head = `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${String(message)}`;
      const stack = error === undefined ? '' : `${stackOf(error)}`;
      sink.write(`${[head, ...shown].join('  ')}\n${stack}`);
    },
  };
}

/** Quoted where it would not be one word; control characters never reach a terminal. */
function plainValue(value: unknown): string {
  return typeof value === 'string' && /^[\w./:@%+~-]+$/.test(value) ? value : JSON.stringify(value);
}

function stackOf(error: unknown): string {
  const { stack, message, cause } = (
    typeof error === 'object' && error !== null ? error : { message: error }
  ) as Readonly<Record<string, unknown>>;
  const own = String(stack ?? message).replaceAll(/^/gm, '    ');
  return `${own}\n${cause === undefined ? '' : `    caused by:\n${stackOf(cause)}`}`;
}
