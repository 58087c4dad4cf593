/**
 * Requests that two servers could cut apart differently: each carries another request, allowed by its own signature,
 * where a lenient parser would see one. It must never be run.
 */
import { DeleteObjectsCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { RawConnection } from '../support/raw-http.ts';
import { presignedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const host = 'localhost';

beforeEach(async () => {
  await server.main.send(new PutObjectCommand({ Bucket, Key: 'victim', Body: 'x' }));
});

const signed = (method: string, key: string) =>
  presignedV4({ method, path: `/${Bucket}/${key}`, host, expiresSeconds: 300 });

/** By itself it deletes the victim. */
const hidden = () => `DELETE ${signed('DELETE', 'victim')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
const put = () => `PUT ${signed('PUT', 'outer')} HTTP/1.1\r\nHost: ${host}\r\n`;
const get = () => `GET ${signed('GET', 'victim')} HTTP/1.1\r\nHost: ${host}\r\n`;

const isThere = () =>
  server.main.send(new HeadObjectCommand({ Bucket, Key: 'victim' })).then(
    () => true,
    () => false,
  );

/** Sends it all and waits until the server has ended the connection; a lenient one is asked to. */
async function send(bytes: string): Promise<string> {
  const connection = await RawConnection.open(server.port);
  const statuses: string[] = [];
  try {
    await connection.write(bytes).catch(() => {});
    for (;;) {
      const { status } = await connection.response({ deadlineMs: 3_000 });
      statuses.push(String(status));
    }
  } catch {
    // No further answer.
  } finally {
    connection.close();
  }
  return statuses.join(' ');
}

test('what is hidden would work if it were run', async () => {
  expect(await send(hidden())).toBe('204');
  expect(await isThere()).toBe(false);
});

const chunkedEnd = '0\r\n\r\n';

const attempts: Readonly<Record<string, () => string>> = {
  'CL.TE': () =>
    `${put()}Content-Length: ${chunkedEnd.length + hidden().length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunkedEnd}${hidden()}`,
  'TE.CL': () =>
    `${put()}Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n${hidden().length.toString(16)}\r\n${hidden()}\r\n${chunkedEnd}`,
  'TE.TE with a disguised coding': () =>
    `${put()}Transfer-Encoding: xchunked\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n${chunkedEnd}${hidden()}`,
  'a coding after a tab': () =>
    `${put()}Transfer-Encoding:\tchunked\r\nContent-Length: 5\r\n\r\n${chunkedEnd}${hidden()}`,
  'a coding in a folded header': () =>
    `${put()}Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n\r\n${chunkedEnd}${hidden()}`,
  'a space before the colon': () =>
    `${put()}Content-Length: ${hidden().length}\r\nTransfer-Encoding : chunked\r\n\r\n${chunkedEnd}${hidden()}`,
  'two lengths that differ': () =>
    `${put()}Content-Length: 0\r\nContent-Length: ${hidden().length}\r\n\r\n${hidden()}`,
  'a list of lengths': () => `${put()}Content-Length: 0, ${hidden().length}\r\n\r\n${hidden()}`,
  'a length with a sign': () => `${put()}Content-Length: +0\r\n\r\n${hidden()}`,
  'a negative length': () => `${put()}Content-Length: -1\r\n\r\n${hidden()}`,
  'a length in hex': () => `${put()}Content-Length: 0x0\r\n\r\n${hidden()}`,
  'a length with a space in it': () => `${put()}Content-Length: 0 0\r\n\r\n${hidden()}`,
  'a header that is folded': () => `${get()}X-Header: a\r\n ${hidden()}`,
  'lines that end with LF alone': () =>
    `${get().replaceAll('\r\n', '\n')}Content-Length: 0\n\n${hidden()}`,
  'a LF in a header': () =>
    `${get()}X-Header: a\nContent-Length: ${hidden().length}\r\n\r\n${hidden()}`,
  'a CR in a header': () =>
    `${get()}X-Header: a\rContent-Length: ${hidden().length}\r\n\r\n${hidden()}`,
  'a NUL in a header': () =>
    `${get()}X-Header: a\0b\r\nContent-Length: ${hidden().length}\r\n\r\n${hidden()}`,
  'a NUL in a name': () => `${get()}Content\0-Length: ${hidden().length}\r\n\r\n${hidden()}`,
  'a chunk whose size has a sign': () =>
    `${put()}Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n${hidden()}`,
  'a chunk extension with LF alone': () =>
    `${put()}Transfer-Encoding: chunked\r\n\r\n0;a\n\r\n${hidden()}`,
  'a body of a GET': () => `${get()}Content-Length: ${hidden().length}\r\n\r\n${hidden()}`,
  'a body that is longer than said': () =>
    `${put()}Content-Length: 1\r\n\r\nx${'y'.repeat(3)}${hidden()}`,
  'another protocol': () =>
    `${get()}Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nContent-Length: ${hidden().length}\r\n\r\n${hidden()}`,
};

/** Taken as HTTP says: the second request is no part of the first, and is its client's own. */
const separate: ReadonlySet<string> = new Set([]);

describe('request smuggling', () => {
  test.each(Object.keys(attempts).filter((name) => !separate.has(name)))('%s', async (name) => {
    const statuses = await send(attempts[name]!());
    expect(await isThere(), `the hidden request was run; answers: ${statuses}`).toBe(true);
    // One answer at most, a refusal or that to the outer request.
    expect(statuses).toMatch(/^(|[245]\d\d)$/);
  });

  test('leaves nothing behind on the connection', async () => {
    const Objects = [{ Key: 'victim' }, { Key: 'outer' }];
    const { Errors = [] } = await server.main.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects } }),
    );
    expect(Errors).toEqual([]);
  });
});
