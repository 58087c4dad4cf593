/**
 * A browser's form as it is sent: multipart/form-data (RFC 7578), the fields first and the file last ("POST
 * Object" in the API reference). Whatever follows the file is ignored, as S3 does.
 *
 * The reader pulls: the parser gets the next bytes of the body when somebody wants more of the file, so no
 * more than one piece of the body waits, and nothing is left running when the reader stops.
 */
import { createRequire } from 'node:module';
import type { Busboy, BusboyFileStream } from '@fastify/busboy';
import { S3Error } from '../errors.ts';

const requirePackage = createRequire(import.meta.url);
/** Late: most servers never see a form. */
const loadBusboy = () => requirePackage('@fastify/busboy') as typeof import('@fastify/busboy');

/** Names, values and whatever else stands before the file, in bytes. */
export const maxFieldBytes = 20 * 1024;
/** Bytes of the body in which the file has to begin: fields, their headers and one read beyond. */
const maxBytesBeforeFile = 256 * 1024;
const maxFields = 1000;

export interface Form {
  /** Name in lower case → value. */
  readonly fields: ReadonlyMap<string, string>;
  /** The name without its path; empty if the form gives none. */
  readonly fileName: string;
  /** To be read once. */
  readonly file: AsyncIterable<Buffer>;
}

/** @throws S3Error MalformedPOSTRequest, MaxPostPreDataLengthExceededError, InvalidArgument */
export async function readForm(body: AsyncIterable<Buffer>, contentType: string): Promise<Form> {
  const state = startParser(contentType);
  const source = body[Symbol.asyncIterator]();
  try {
    let fedBytes = 0;
    while (state.fileName === undefined) {
      if (state.failure !== undefined) throw state.failure;
      if (state.finished) throw noFile();
      if (fedBytes > maxBytesBeforeFile) throw new S3Error('MaxPostPreDataLengthExceededError');
      fedBytes += await feed(state, source);
    }
    if (state.failure !== undefined) throw state.failure;
    return { fields: state.fields, fileName: state.fileName, file: fileOf(state, source) };
  } catch (error) {
    await source.return?.();
    throw error;
  }
}

/** What the parser has made of the bytes so far. */
interface ParserState {
  readonly parser: InstanceType<typeof Busboy>;
  readonly fields: Map<string, string>;
  /** Of the file, but not yet read. */
  readonly queue: Buffer[];
  /** Set when the file begins. */
  fileName: string | undefined;
  fileEnded: boolean;
  finished: boolean;
  sourceEnded: boolean;
  failure: S3Error | undefined;
  /** Called whenever any of these changes. */
  wake: () => void;
}

function startParser(contentType: string): ParserState {
  const parser = createParser(contentType);
  const state: ParserState = {
    parser,
    fields: new Map(),
    queue: [],
    fileName: undefined,
    fileEnded: false,
    finished: false,
    sourceEnded: false,
    failure: undefined,
    wake: () => {},
  };
  let fieldBytes = 0;
  const fail = (error: unknown): void => {
    state.failure ??= error instanceof S3Error ? error : malformed(error);
    state.wake();
  };
  const tooMuch = (): void => fail(new S3Error('MaxPostPreDataLengthExceededError'));
  parser.on('error', fail);
  parser.on('fieldsLimit', tooMuch);
  parser.on('field', (given: string | undefined, value: string, _: boolean, cut: boolean) => {
    if (state.fileName !== undefined || given === undefined) return;
    const name = given.toLowerCase();
    fieldBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    if (cut || fieldBytes > maxFieldBytes) tooMuch();
    else if (state.fields.has(name)) fail(severalValues(given));
    else state.fields.set(name, value);
  });
  parser.on('file', (_: string, stream: BusboyFileStream, fileName: string | undefined) => {
    state.fileName = fileName ?? '';
    stream.on('data', (chunk: Buffer) => {
      state.queue.push(chunk);
      state.wake();
    });
    stream.on('error', fail);
    stream.on('end', () => {
      state.fileEnded = true;
      state.wake();
    });
    state.wake();
  });
  parser.on('finish', () => {
    state.finished = true;
    state.wake();
  });
  return state;
}

/**
 * Gives the parser the next piece of the body, or waits for what it makes of the last one.
 * @returns how many bytes it was
 */
async function feed(state: ParserState, source: AsyncIterator<Buffer>): Promise<number> {
  const { parser } = state;
  if (state.sourceEnded) {
    // The file's end comes a turn after the parser's.
    if (!state.finished || state.fileName !== undefined) await changed(state);
    return 0;
  }
  const { done, value } = await source.next();
  if (done === true) {
    state.sourceEnded = true;
    parser.end();
    return 0;
  }
  await new Promise<void>((resolve) => {
    state.wake = () => {
      if (state.failure !== undefined) resolve();
    };
    parser.write(value, () => resolve());
  });
  return value.length;
}

function changed(state: ParserState): Promise<void> {
  return new Promise((resolve) => {
    state.wake = resolve;
  });
}

async function* fileOf(
  state: ParserState,
  source: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void> {
  try {
    for (;;) {
      const chunk = state.queue.shift();
      if (chunk !== undefined) yield chunk;
      else if (state.failure !== undefined) throw state.failure;
      else if (state.fileEnded) return;
      else await feed(state, source);
    }
  } finally {
    await source.return?.();
  }
}

function createParser(contentType: string): InstanceType<typeof Busboy> {
  const { Busboy } = loadBusboy();
  try {
    return new Busboy({
      headers: { 'content-type': contentType },
      isPartAFile: (name) => name?.toLowerCase() === 'file',
      limits: { fieldSize: maxFieldBytes, fields: maxFields, files: 1 },
    });
  } catch (cause) {
    throw malformed(cause);
  }
}

function malformed(cause: unknown): S3Error {
  return new S3Error('MalformedPOSTRequest', { cause });
}

function noFile(): S3Error {
  return new S3Error('InvalidArgument', {
    message: 'POST requires exactly one file upload per request.',
    fields: { ArgumentName: 'file', ArgumentValue: '0' },
  });
}

/** Not with the value, which may be a customer's key. */
function severalValues(name: string): S3Error {
  return new S3Error('InvalidArgument', {
    message: 'A form field may be given only once.',
    fields: { ArgumentName: name },
  });
}
