/** Limits that hold, as docs/operations/limits.md promises them, and clients that are slow on purpose. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { beforeAll, describe, expect, test } from 'vitest';
import { bytesOf, put, read } from '../support/objects.ts';
import { outcome, RawConnection, requestHead } from '../support/raw-http.ts';
import { presignedV4, signedV4 } from '../support/signed-request.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';

let server: TestServer;
let bucket: string;
beforeAll(async () => {
  server = await startTestServer({ maxSelectQueries: 1 });
  bucket = await server.createBucket();
});

interface Asked {
  readonly method: 'PUT' | 'POST' | 'GET';
  readonly path: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

async function ask(asked: Asked): Promise<string> {
  const { head } = signedV4({ body: Buffer.alloc(0), ...asked });
  const connection = await RawConnection.open(server.port);
  await connection.write(head);
  if (asked.body !== undefined) await connection.write(asked.body);
  const response = await connection.response();
  connection.close();
  return outcome(response);
}

const parts = (count: number) =>
  Buffer.from(
    `<CompleteMultipartUpload>${Array.from({ length: count }, (_, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>e</ETag></Part>`).join('')}</CompleteMultipartUpload>`,
  );

describe('beyond its limit', () => {
  test.each<readonly [what: string, asked: (bucket: string) => Asked, answer: string]>([
    [
      'a key is refused',
      (b) => ({ method: 'PUT', path: `/${b}/${'k'.repeat(1025)}` }),
      '400 KeyTooLongError',
    ],
    [
      'metadata is refused',
      (b) => ({
        method: 'PUT',
        path: `/${b}/key`,
        headers: { 'x-amz-meta-large': 'm'.repeat(2048) },
      }),
      '400 MetadataTooLarge',
    ],
    [
      'a part number is refused',
      (b) => ({ method: 'PUT', path: `/${b}/key`, query: 'partNumber=10001&uploadId=none' }),
      '400 InvalidArgument',
    ],
    [
      'a list of parts is refused',
      (b) => ({ method: 'POST', path: `/${b}/key`, query: 'uploadId=none', body: parts(10_001) }),
      '400 MalformedXML',
    ],
    [
      'the document of a completion is refused',
      (b) => ({
        method: 'POST',
        path: `/${b}/key`,
        query: 'uploadId=none',
        body: Buffer.alloc(4 * 2 ** 20 + 1),
      }),
      '400 MaxMessageLengthExceeded',
    ],
    [
      'an object is refused',
      (b) => ({
        method: 'PUT',
        path: `/${b}/key`,
        headers: { 'Content-Length': String(5 * 2 ** 30 + 1) },
      }),
      '400 EntityTooLarge',
    ],
    [
      'a set of tags is refused',
      (b) => ({
        method: 'PUT',
        path: `/${b}/key`,
        headers: { 'x-amz-tagging': Array.from({ length: 11 }, (_, i) => `t${i}=v`).join('&') },
      }),
      '400 InvalidTag',
    ],
    [
      'the number of declared entities is refused',
      (b) => ({
        method: 'PUT',
        path: `/${b}`,
        query: 'versioning=',
        body: Buffer.from('<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
      }),
      '400 MalformedXML',
    ],
    [
      'the depth of XML is refused',
      (b) => ({
        method: 'PUT',
        path: `/${b}`,
        query: 'versioning=',
        body: Buffer.from('<a>'.repeat(33) + '</a>'.repeat(33)),
      }),
      '400 MalformedXML',
    ],
    [
      'a document is refused',
      (b) => ({
        method: 'PUT',
        path: `/${b}`,
        query: 'versioning=',
        body: Buffer.alloc(2 ** 20 + 1),
      }),
      '400 MaxMessageLengthExceeded',
    ],
  ])('%s', async (_, asked, answer) => {
    expect(await ask(asked(bucket))).toBe(answer);
  });
});

test('a second SQL query is Busy while the first one is at work, and runs once that has ended', async () => {
  const rows = Buffer.from(`${'x'.repeat(1000)}\n`.repeat(20_000));
  await put(server.main, bucket, 'rows.csv', rows);
  const select = Buffer.from(
    '<SelectObjectContentRequest><Expression>SELECT * FROM S3Object</Expression><ExpressionType>SQL</ExpressionType><InputSerialization><CSV/></InputSerialization><OutputSerialization><CSV/></OutputSerialization></SelectObjectContentRequest>',
  );
  const asked: Asked = {
    method: 'POST',
    path: `/${bucket}/rows.csv`,
    query: 'select=&select-type=2',
    body: select,
  };
  // Its client reads nothing, so that 20 MB of answer cannot end.
  const { head } = signedV4({ body: select, ...asked });
  const first = connect(server.port, '127.0.0.1');
  first.write(head);
  first.write(select);
  await once(first, 'readable');
  expect(await ask(asked)).toBe('503 Busy');
  first.destroy();
  await expect.poll(() => ask(asked)).toMatch(/^200/);
});

describe('with limits that are small', () => {
  let small: TestServer;
  let smallBucket: string;
  async function start(limits: Parameters<typeof startTestServer>[0]): Promise<void> {
    small = await startTestServer(limits);
    smallBucket = await small.createBucket();
    // Its connection counts, too.
    small.main.destroy();
  }

  /** Its headers have come and been allowed; its body is awaited. */
  async function uploading(bytes: number) {
    const path = `/${smallBucket}/key`;
    const upload = await RawConnection.open(small.port);
    const headers = { Expect: '100-continue' };
    const { head } = signedV4({ method: 'PUT', path, headers, body: Buffer.alloc(bytes) });
    await upload.write(head);
    return { upload, first: await upload.response() };
  }

  /** What is answered while bytes come one by one. */
  async function whileDripping(connection: RawConnection) {
    const drip = setInterval(() => void connection.write('x'), 50);
    try {
      return await connection.response();
    } finally {
      clearInterval(drip);
    }
  }

  test('connections beyond their number are closed at once, and taken when others have gone', async () => {
    await start({ maxConnections: 2 });
    const head = requestHead('GET', '/', { Host: 'localhost' });
    const open = [await RawConnection.open(small.port), await RawConnection.open(small.port)];
    for (const one of open) {
      await one.write(head);
      expect((await one.response()).status).toBe(403);
    }
    const beyond = await RawConnection.open(small.port);
    await beyond.closed();
    for (const one of open) one.close();
    await expect
      .poll(async () => {
        const next = await RawConnection.open(small.port);
        await next.write(head);
        return next.response().then(
          ({ status }) => status,
          () => undefined,
        );
      })
      .toBe(403);
  });

  test('a request beyond their number is SlowDown', async () => {
    await start({ maxInFlight: 1 });
    const { upload, first } = await uploading(10);
    expect(first.status).toBe(100);
    const refused = await RawConnection.open(small.port);
    await refused.write(requestHead('GET', '/', { Host: 'localhost' }));
    expect(outcome(await refused.response())).toBe('503 SlowDown');
    await upload.write(Buffer.alloc(10));
    expect((await upload.response()).status).toBe(200);
  });

  test('an upload that finds no room for its body is SlowDown before it has sent it', async () => {
    // Room for 21 streams.
    await start({ maxBufferedBytes: 16 * 2 ** 20 });
    const uploads = await Promise.all(Array.from({ length: 21 }, () => uploading(2 ** 21)));
    expect(uploads.every(({ first }) => first.status === 100)).toBe(true);
    expect(outcome((await uploading(2 ** 21)).first)).toBe('503 SlowDown');
    const { upload } = uploads[0]!;
    await upload.write(Buffer.alloc(2 ** 21));
    expect((await upload.response()).status).toBe(200);
    expect((await uploading(2 ** 21)).first.status).toBe(100);
  });

  test('headers that come a byte at a time are told so and closed', async () => {
    await start({ headersTimeoutMs: 1000 });
    const connection = await RawConnection.open(small.port);
    await connection.write('GET / HTTP/1.1\r\nHost: ');
    expect(outcome(await whileDripping(connection))).toBe('408 RequestTimeout');
    await connection.closed();
  });

  test('a body that stops coming is told so and closed', async () => {
    await start({ idleTimeoutMs: 1000 });
    const { upload, first } = await uploading(10);
    expect(first.status).toBe(100);
    await upload.write(Buffer.alloc(5));
    expect(outcome(await upload.response())).toBe('400 RequestTimeout');
    await upload.closed();
  });

  test('a body that comes a byte at a time is told so and closed', async () => {
    await start({ requestTimeoutMs: 1000, headersTimeoutMs: 1000 });
    const { upload, first } = await uploading(10_000);
    expect(first.status).toBe(100);
    expect(outcome(await whileDripping(upload))).toBe('400 RequestTimeout');
    await upload.closed();
  });

  test('headers that are longer are refused', async () => {
    await start({ maxHeaderBytes: 8192 });
    const connection = await RawConnection.open(small.port);
    await connection.write(
      requestHead('GET', '/', { Host: 'localhost', 'X-Long': 'x'.repeat(8192) }),
    );
    expect(outcome(await connection.response())).toBe('431 RequestHeaderSectionTooLarge');
    await connection.closed();
  });
});

test('200 clients that read slowly leave the fast ones served', async () => {
  const large = bytesOf(4 * 1024 ** 2);
  await put(server.main, bucket, 'large', large);
  const target = presignedV4({ method: 'GET', path: `/${bucket}/large`, expiresSeconds: 600 });
  const slow: Socket[] = [];
  try {
    for (let i = 0; i < 200; i++) {
      const socket = connect(server.port, '127.0.0.1');
      socket.write(requestHead('GET', target, { Host: 'localhost' }));
      slow.push(socket);
    }
    // Each has the beginning of its answer, and takes no more.
    await Promise.all(slow.map((socket) => once(socket, 'readable')));
    for (let i = 0; i < 5; i++) {
      expect((await read(server.main, bucket, 'large')).equals(large)).toBe(true);
      await put(server.main, bucket, `fast-${i}`, 'served');
    }
    // Nobody was cut for it either: one of them reads to the end.
    const [one] = slow as [Socket];
    expect(slow.every((socket) => !socket.destroyed)).toBe(true);
    let bytes = 0;
    one.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await expect.poll(() => bytes, { timeout: 20_000 }).toBeGreaterThan(large.length);
  } finally {
    for (const socket of slow) socket.destroy();
  }
});
