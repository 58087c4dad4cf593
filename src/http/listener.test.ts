import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { heldCertificate } from '../tls/held-certificate.fixture.ts';
import type { TlsSource } from '../tls/tls-source.ts';
import { type Edge, startEdge } from './edge.fixture.ts';
import { code } from './raw-client.fixture.ts';

const host = 'Host: s3.example.com';
const get = `GET /public/open HTTP/1.1\r\n${host}\r\n\r\n`;
const slow = `GET /public/open?response-content-type=slow HTTP/1.1\r\n${host}\r\n\r\n`;

let edge: Edge;
let tls: TlsSource | undefined;

beforeEach(async () => {
  edge = await startEdge({ tls });
});

afterEach(() => edge.stop());

async function restart(setup: Parameters<typeof startEdge>[0]): Promise<void> {
  await edge.stop();
  edge = await startEdge({ tls, ...setup });
}

/** Sets what the tests of a group are run over, before their server starts. */
function over(source: TlsSource | undefined): void {
  beforeEach(async () => {
    tls = source;
    await restart({});
  });
  afterEach(() => {
    tls = undefined;
  });
}

const carriers: readonly (readonly [string, TlsSource | undefined])[] = [
  ['TCP', undefined],
  ['TLS', heldCertificate()],
];

describe('what is no HTTP', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n', 400, 'BadRequest'],
    ['an unknown method', `BREW /public HTTP/1.1\r\n${host}\r\n\r\n`, 400, 'BadRequest'],
    ['a lower-case method', `get /public HTTP/1.1\r\n${host}\r\n\r\n`, 400, 'BadRequest'],
    ['a space in the path', `GET /a b HTTP/1.1\r\n${host}\r\n\r\n`, 400, 'BadRequest'],
    ['bytes in the path', `GET /\xe9 HTTP/1.1\r\n${host}\r\n\r\n`, 400, 'InvalidURI'],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : x\r\n\r\n', 400, 'BadRequest'],
    ['no host', 'GET /public/open HTTP/1.1\r\n\r\n', 400, 'BadRequest'],
    ['two hosts', `GET /public/open HTTP/1.1\r\n${host}\r\n${host}\r\n\r\n`, 400, 'BadRequest'],
    [
      'both length and chunks',
      `PUT /public/k HTTP/1.1\r\n${host}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n`,
      501,
      'NotImplemented',
    ],
    [
      'headers without end',
      `GET / HTTP/1.1\r\nx: ${'a'.repeat(64 * 1024)}`,
      431,
      'RequestHeaderSectionTooLarge',
    ],
  ])('%s is answered in S3 words', async (_, text, status, expected) => {
    const connection = edge.open();
    connection.write(Buffer.from(text, 'latin1'));
    const answer = await connection.answer();
    expect([answer.status, code(answer)]).toEqual([status, expected]);
    expect(answer.headers['x-amz-request-id']).toMatch(/^[0-9A-Z]{16}$/);
  });

  it('does not stand in the way of answers to what came before it', async () => {
    const connection = edge.open();
    connection.write(`${slow}nonsense\r\n\r\n`);
    await expect.poll(() => edge.seen.length).toBe(1);
    edge.release();
    const answer = await connection.answer();
    expect([answer.status, answer.headers.connection]).toEqual([200, 'close']);
    await connection.closed;
  });

  it('neither stops nor hangs the server, whatever it is', async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
      fc.constantFrom(
        'GET ',
        'PUT ',
        'POST ',
        'OPTIONS ',
        '/public/k',
        '/public?delete',
        '/%',
        ' HTTP/1.1',
        ' HTTP/1.0',
        '\r\n',
        '\r\n\r\n',
        host,
        'Content-Length: 5',
        'Content-Length: 99999999999',
        'Transfer-Encoding: chunked',
        'Expect: 100-continue',
        'x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length: 5',
        'x-amz-trailer: x-amz-checksum-crc32',
        'Authorization: AWS ALICEKEY:x',
        'Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/e',
        'X-Amz-Date: 20200101T000000Z',
        'hello',
        '5\r\nhello\r\n',
        '0\r\n\r\n',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 24 }), async (pieces) => {
        const connection = edge.open();
        connection.socket.end(Buffer.from(pieces.join(''), 'latin1'));
        await connection.closed;
        const answers = connection.text();
        expect(answers === '' || /^HTTP\/1\.1 [1-5]\d\d /.test(answers)).toBe(true);
        expect(answers).not.toContain('InternalError');
      }),
      { numRuns: 300 },
    );
    expect(edge.logged).toEqual([]);
    expect((await edge.ask(`GET /public/open HTTP/1.1\n${host}`)).body).toBe('hello');
  });

  it('in the middle of a good request is answered and leaves the server well', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(get.length - 1),
        fc.uint8Array({ minLength: 1, maxLength: 8 }),
        async (at, bytes) => {
          const noise = Buffer.from(bytes).toString('latin1');
          const connection = edge.open();
          connection.socket.end(
            Buffer.from(get.slice(0, at) + noise + get.slice(at + 1), 'latin1'),
          );
          await connection.closed;
          expect(connection.text()).not.toContain('InternalError');
        },
      ),
      { numRuns: 300 },
    );
    expect(edge.logged).toEqual([]);
  });
});

describe.each(carriers)('a connection over %s', (_, source) => {
  over(source);

  it('whose headers do not come is told so and closed', async () => {
    await restart({ limits: { headersTimeoutMs: 100 } });
    const connection = edge.open();
    connection.write('GET / HTTP/1.1\r\nHost:');
    const answer = await connection.answer();
    expect([answer.status, code(answer)]).toEqual([408, 'RequestTimeout']);
    await connection.closed;
  });

  it('on which an operation takes its time is left alone', async () => {
    await restart({ limits: { idleTimeoutMs: 50 } });
    const connection = edge.open();
    connection.write(slow);
    await expect.poll(() => edge.seen.length).toBe(1);
    const other = edge.open();
    other.write('PUT /public/k HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n');
    expect(code(await other.answer())).toBe('RequestTimeout');
    edge.release();
    expect((await connection.answer()).status).toBe(200);
  });

  it.each(['large', 'crumbs'])('whose client does not read is cut (%s)', async (body) => {
    await restart({ limits: { idleTimeoutMs: 100 } });
    const connection = edge.open();
    connection.socket.pause();
    connection.write(get.replace('open', `open?response-content-type=${body}`));
    await expect.poll(() => edge.largeEnded, { timeout: 5000 }).toBe(true);
    await expect.poll(() => edge.entries.length).toBe(1);
    expect(edge.entries[0]!.aborted).toBe(true);
  });

  it('whose body takes longer than a request may is told so and closed, however steadily it comes', async () => {
    await restart({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 } });
    const connection = edge.open();
    connection.write('PUT /public/k HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
    const drip = setInterval(() => connection.write('x'), 10);
    const answer = await connection.answer();
    clearInterval(drip);
    expect([answer.status, code(answer)]).toEqual([400, 'RequestTimeout']);
    await connection.closed;
  });

  it('whose answer takes longer than a request may is cut, however steadily it is read', async () => {
    await restart({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 } });
    const { socket, write, closed } = edge.open();
    // Sips: the connection is never silent for long.
    socket.on('data', () => {
      socket.pause();
      setTimeout(() => socket.resume(), 20);
    });
    write(get.replace('open', 'open?response-content-type=large'));
    await closed;
    await expect.poll(() => edge.largeEnded).toBe(true);
    expect(edge.entries[0]!.aborted).toBe(true);
  });

  it('whose operation takes longer than a request may is cut', async () => {
    await restart({ limits: { headersTimeoutMs: 100, requestTimeoutMs: 200 } });
    const connection = edge.open();
    connection.write(slow);
    await connection.closed;
    expect(connection.text()).toBe('');
  });

  it('beyond the limit is closed at once', async () => {
    await restart({ limits: { maxConnections: 1 } });
    const first = edge.open();
    first.write(get);
    await first.answer();
    const second = edge.open();
    await second.closed;
    expect(second.text()).toBe('');
  });
});

describe.each(carriers)('draining over %s', (_, source) => {
  over(source);

  it('lets requests in flight end, closes their connections and refuses new ones', async () => {
    const busy = edge.open();
    busy.write(slow);
    const idle = edge.open();
    idle.write(get);
    await idle.answer();
    await expect.poll(() => edge.seen.length).toBe(2);

    const drained = edge.listener.drain(10_000);
    await idle.closed;
    const late = edge.open();
    await late.closed;
    expect(late.text()).toBe('');

    edge.release();
    expect((await busy.answer()).headers.connection).toBe('close');
    await busy.closed;
    await drained;
  });

  it('does not wait for a connection whose answer had begun before', async () => {
    const connection = edge.open();
    connection.socket.pause();
    connection.write(get.replace('open', 'open?response-content-type=large'));
    await expect.poll(() => edge.seen.length).toBe(1);
    const drained = edge.listener.drain(10_000);
    connection.socket.resume();
    await drained;
    expect(edge.entries[0]).toMatchObject({ aborted: false, bytesOut: 64 * 1024 * 1024 });
  });

  it('cuts what has not ended by the deadline', async () => {
    const busy = edge.open();
    busy.write(slow);
    await expect.poll(() => edge.seen.length).toBe(1);
    await edge.listener.drain(50);
    await busy.closed;
    expect(busy.text()).toBe('');
  });
});
