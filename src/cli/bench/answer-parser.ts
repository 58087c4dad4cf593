/**
 * Reads HTTP/1.1 answers off a connection, one at a time, with as little work as that takes: a load
 * generator must cost less than the server that it measures. Bodies are counted and dropped; kept are
 * those of errors, and those that are asked for.
 *
 * RFC 9112, sections 4, 6.3 and 7.1. Not a parser for proxies: header lines are looked up, not checked.
 */

/** Most bytes of a head; S3's are below 10 KiB. */
const maxHeadBytes = 64 * 1024;
/** Most bytes of a chunk's size line or of a trailer line. */
const maxLineBytes = 8 * 1024;
/** Most bytes kept of an error's body. */
const maxErrorBytes = 16 * 1024;
/** Most bytes kept of a body that was asked for. */
const maxKeptBytes = 16 * 1024 * 1024;

const headEnd = Buffer.from('\r\n\r\n');
const lineFeed = 0x0a;
const nothing = Buffer.alloc(0);

export class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';
}

export interface AnswerParser {
  /** Starts on the next answer. `toHead`: it has no body, whatever it says. */
  expect(toHead: boolean, keepBody: boolean): void;
  /** Takes what arrived; true at the end of the answer. @throws MalformedAnswerError */
  take(data: Buffer): boolean;
  /** The connection has ended; whether that was the end of the answer as well. */
  end(): boolean;
  status(): number;
  /** Bytes of the body, without the framing of chunks. */
  bodyBytes(): number;
  /** What was kept of it. */
  body(): Buffer;
  /** The server takes another request on the connection. */
  keepsAlive(): boolean;
}

type State =
  | 'head'
  | 'sized'
  | 'to-close'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailer'
  | 'done';

export function createAnswerParser(): AnswerParser {
  let state: State = 'done';
  let toHead = false;
  let keepBody = false;
  let status = 0;
  let keepsAlive = true;
  let bodyBytes = 0;
  /** Of the body, or of the chunk. */
  let remaining = 0;
  /** The beginning of a head or line whose end has not arrived. */
  let partial: Buffer = nothing;
  let kept: Buffer[] = [];
  let keptBytes = 0;

  /** Looks at a head that is complete; what it announces becomes the state. */
  function readHead(text: string): void {
    const match = /^HTTP\/1\.([01]) ([1-5]\d\d)[ \r]/.exec(text);
    if (match === null) throw new MalformedAnswerError('The answer is not HTTP/1.1.');
    status = Number(match[2]);
    // An interim answer: the real one follows.
    if (status < 200) return;
    const fields = text.toLowerCase();
    const connection = fieldOf(fields, 'connection');
    keepsAlive = match[1] === '1' ? connection !== 'close' : connection === 'keep-alive';
    if (toHead || status === 204 || status === 304) {
      state = 'done';
      return;
    }
    if (fieldOf(fields, 'transfer-encoding')?.endsWith('chunked')) {
      state = 'chunk-size';
      return;
    }
    const length = fieldOf(fields, 'content-length');
    if (length === undefined) {
      keepsAlive = false;
      state = 'to-close';
      return;
    }
    if (!/^\d{1,15}$/.test(length)) throw new MalformedAnswerError('No content length.');
    remaining = Number(length);
    state = remaining === 0 ? 'done' : 'sized';
  }

  function readBody(data: Buffer): void {
    bodyBytes += data.length;
    const limit = keepBody ? maxKeptBytes : status >= 300 ? maxErrorBytes : 0;
    const room = limit - keptBytes;
    if (room <= 0) return;
    // The socket's buffer is used again.
    const part = Buffer.from(data.subarray(0, room));
    kept.push(part);
    keptBytes += part.length;
  }

  /** A line of the framing without its end; undefined while there is none. */
  function readLine(data: Buffer, from: number): { line: string; next: number } | undefined {
    const at = data.indexOf(lineFeed, from);
    if (at >= 0) return { line: data.toString('latin1', from, at).trim(), next: at + 1 };
    if (data.length - from > maxLineBytes) throw new MalformedAnswerError('A line does not end.');
    partial = Buffer.from(data.subarray(from));
    return undefined;
  }

  function sizeOf(line: string): number {
    const size = /^[0-9a-f]{1,12}(?=$|[ \t;])/i.exec(line);
    if (size === null) throw new MalformedAnswerError('A chunk has no size.');
    return Number.parseInt(size[0], 16);
  }

  return {
    expect(forHead, keep) {
      state = 'head';
      toHead = forHead;
      keepBody = keep;
      status = 0;
      bodyBytes = 0;
      partial = nothing;
      if (kept.length > 0) kept = [];
      keptBytes = 0;
    },

    take(arrived) {
      const data = partial.length === 0 ? arrived : Buffer.concat([partial, arrived]);
      partial = nothing;
      let at = 0;
      while (at < data.length) {
        switch (state) {
          case 'head': {
            const end = data.indexOf(headEnd, at);
            if (end < 0) {
              if (data.length - at > maxHeadBytes) {
                throw new MalformedAnswerError('The head does not end.');
              }
              partial = Buffer.from(data.subarray(at));
              return false;
            }
            readHead(data.toString('latin1', at, end + 2));
            at = end + 4;
            break;
          }
          case 'sized':
          case 'chunk': {
            const part = Math.min(remaining, data.length - at);
            readBody(data.subarray(at, at + part));
            at += part;
            remaining -= part;
            if (remaining === 0) state = state === 'sized' ? 'done' : 'chunk-end';
            break;
          }
          case 'to-close':
            readBody(data.subarray(at));
            return false;
          case 'chunk-size':
          case 'chunk-end':
          case 'trailer': {
            const read = readLine(data, at);
            if (read === undefined) return false;
            at = read.next;
            if (state === 'chunk-end') {
              if (read.line !== '')
                throw new MalformedAnswerError('A chunk is longer than it said.');
              state = 'chunk-size';
            } else if (state === 'chunk-size') {
              remaining = sizeOf(read.line);
              state = remaining === 0 ? 'trailer' : 'chunk';
            } else if (read.line === '') {
              state = 'done';
            }
            break;
          }
          case 'done':
            throw new MalformedAnswerError('There is more than the answer.');
        }
      }
      return state === 'done';
    },

    end() {
      if (state === 'to-close') state = 'done';
      return state === 'done';
    },
    status: () => status,
    bodyBytes: () => bodyBytes,
    body: () => Buffer.concat(kept),
    keepsAlive: () => keepsAlive,
  };
}

/** The value of a header in a head in lower case that has a line end before and after each field. */
function fieldOf(head: string, name: string): string | undefined {
  const at = head.indexOf(`\n${name}:`);
  if (at < 0) return undefined;
  const from = at + name.length + 2;
  return head.slice(from, head.indexOf('\r', from)).trim();
}
