/** Answers as servers send them, cut anywhere. */
import { describe, expect, it } from 'vitest';
import { createAnswerParser } from './answer-parser.ts';

interface Told {
  readonly status: number;
  readonly bodyBytes: number;
  readonly body: string;
  readonly keepsAlive: boolean;
}

/** Gives the answer to a parser in pieces of `step` bytes; undefined if it does not end. */
function parsed(
  text: string,
  { step = text.length, toHead = false, keepBody = true, close = false } = {},
): Told | undefined {
  const parser = createAnswerParser();
  parser.expect(toHead, keepBody);
  const bytes = Buffer.from(text, 'latin1');
  let ended = false;
  for (let at = 0; at < bytes.length; at += step) {
    expect(ended).toBe(false);
    ended = parser.take(bytes.subarray(at, at + step));
  }
  if (close) ended = parser.end();
  if (!ended) return undefined;
  return {
    status: parser.status(),
    bodyBytes: parser.bodyBytes(),
    body: parser.body().toString('latin1'),
    keepsAlive: parser.keepsAlive(),
  };
}

const sized = 'HTTP/1.1 200 OK\r\nETag: "x"\r\nCONTENT-Length:  5 \r\n\r\nhello';
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\nA\r\n, wide wor\r\n2\r\nld\r\n0\r\nx-amz-checksum-crc32: abc\r\n\r\n';

describe('an answer', () => {
  it.each([1, 2, 3, 7, 1000])('is the same in pieces of %i bytes', (step) => {
    const hello = { status: 200, bodyBytes: 5, body: 'hello', keepsAlive: true };
    expect(parsed(sized, { step })).toEqual(hello);
    expect(parsed(chunked, { step })).toEqual({
      ...hello,
      bodyBytes: 17,
      body: 'hello, wide world',
    });
  });

  it('is over before its body where it has none, whatever it says', () => {
    const head = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n';
    expect(parsed(head, { toHead: true })).toMatchObject({ status: 200, bodyBytes: 0 });
    expect(parsed('HTTP/1.1 204 No Content\r\n\r\n')).toMatchObject({ status: 204, bodyBytes: 0 });
    expect(parsed('HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n')).toMatchObject({
      status: 304,
    });
    expect(parsed('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')).toMatchObject({ bodyBytes: 0 });
  });

  it('follows interim ones', () => {
    expect(parsed(`HTTP/1.1 100 Continue\r\n\r\n${sized}`, { step: 3 })).toMatchObject({
      status: 200,
      body: 'hello',
    });
  });

  it('without a length ends with its connection, and no other way', () => {
    const open = 'HTTP/1.1 200 OK\r\n\r\nhello';
    expect(parsed(open)).toBeUndefined();
    expect(parsed(open, { close: true })).toMatchObject({ body: 'hello', keepsAlive: false });
    expect(parsed(sized.slice(0, -1), { close: true })).toBeUndefined();
    expect(parsed(chunked.slice(0, -2), { close: true })).toBeUndefined();
  });

  it('says whether its connection takes another request', () => {
    const closing = 'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 0\r\n\r\n';
    expect(parsed(closing)).toMatchObject({ keepsAlive: false });
    expect(parsed('HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n')).toMatchObject({
      keepsAlive: false,
    });
  });

  it('keeps no body but those of errors, unless it was asked to', () => {
    expect(parsed(sized, { keepBody: false })).toMatchObject({ bodyBytes: 5, body: '' });
    const refused = sized.replace('200 OK', '403 Forbidden');
    expect(parsed(refused, { keepBody: false, step: 2 })).toMatchObject({ body: 'hello' });
  });

  it.each([
    ['that is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n'],
    ['of another version', 'HTTP/2 200\r\n\r\n'],
    ['longer than it said', `${sized}!`],
    ['without a sensible length', 'HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n'],
    ['with a chunk of no size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n'],
    ['with a chunk too long', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n'],
    ['whose head does not end', `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(70_000)}`],
  ])('%s is refused', (_, text) => {
    expect(() => parsed(text)).toThrow(
      expect.objectContaining({ name: 'MalformedAnswerError' }) as Error,
    );
  });

  it('can follow another on the same parser', () => {
    const parser = createAnswerParser();
    parser.expect(false, false);
    parser.take(Buffer.from(sized.replace('200 OK', '500 Oops')));
    parser.expect(false, true);
    expect(parser.take(Buffer.from(chunked))).toBe(true);
    expect([parser.status(), parser.bodyBytes()]).toEqual([200, 17]);
    expect(parser.body().toString()).toBe('hello, wide world');
  });
});
