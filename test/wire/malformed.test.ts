/** Hostile and broken input: XML bombs, floods, oversize everything. Answered clearly, and survived. */
import { beforeAll, expect, test } from 'vitest';
import { put, readText } from '../support/objects.ts';
import { exchange, outcome, RawConnection, requestHead } from '../support/raw-http.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

beforeAll(() => put(server.main, Bucket, 'safe', 'still here'));

function deleteObjects(body: string) {
  const { bytes } = signedV4({
    method: 'POST',
    path: `/${Bucket}`,
    query: 'delete=',
    body,
    headers: { 'content-md5': md5Base64(body) },
  });
  return exchange(server.port, bytes);
}

const target = '<Object><Key>safe</Key></Object>';
const bombs: readonly (readonly [string, string])[] = [
  [
    'entities within entities',
    `<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><Delete><Object><Key>&c;</Key></Object></Delete>`,
  ],
  [
    'an entity that names a file',
    '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Delete><Object><Key>&x;</Key></Object></Delete>',
  ],
  ['a document type alone', `<!DOCTYPE Delete><Delete>${target}</Delete>`],
  ['an entity that is not XML’s own', '<Delete><Object><Key>&nbsp;</Key></Object></Delete>'],
  ['depth', `${'<a>'.repeat(50_000)}${'</a>'.repeat(50_000)}`],
  ['depth in the right document', `<Delete>${'<Object>'.repeat(10_000)}`],
  ['an element without end', `<Delete><Object><Key>${'k'.repeat(100_000)}`],
  ['an attribute without end', `<Delete a="${'a'.repeat(100_000)}`],
  [
    'thousands of attributes',
    `<Delete ${Array.from({ length: 20_000 }, (_, i) => `a${i}="1"`).join(' ')}/>`,
  ],
  ['bytes that are not UTF-8', '<Delete><Object><Key>\u0000</Key></Object></Delete>'],
  ['two documents', `<Delete>${target}</Delete><Delete>${target}</Delete>`],
  ['text around the document', `text<Delete>${target}</Delete>text`],
  ['an empty body', ''],
  ['spaces', '   \n  '],
];

test.each(bombs)('XML with %s is refused and deletes nothing', async (_, body) => {
  const started = Date.now();
  expect(outcome(await deleteObjects(body))).toMatch(
    /^400 (MalformedXML|MissingRequestBodyError|KeyTooLongError|InvalidRequest)$/,
  );
  expect(Date.now() - started).toBeLessThan(5_000);
  expect(await readText(server.main, Bucket, 'safe')).toBe('still here');
});

test('a body of XML that is too large is refused before it has all come', async () => {
  const connection = await RawConnection.open(server.port);
  const { head } = signedV4({
    method: 'POST',
    path: `/${Bucket}`,
    query: 'delete=',
    payload: 'UNSIGNED-PAYLOAD',
    headers: { 'content-length': String(64 * 1024 ** 2), 'content-md5': md5Base64('') },
  });
  await connection.write(head);
  const response = await connection.response();
  expect(response.status).toBe(400);
  expect(outcome(response)).toMatch(/^400 (MalformedXML|MaxMessageLengthExceeded|EntityTooLarge)$/);
  connection.close();
});

const Host = 'localhost';

test('too many bytes of headers are answered, not cut', async () => {
  const flood = Array.from({ length: 100 }, (_, index): [string, string] => [
    `x-flood-${index}`,
    'f'.repeat(1_000),
  ]);
  const response = await exchange(server.port, requestHead('GET', '/', [['Host', Host], ...flood]));
  expect([400, 431]).toContain(response.status);
});

test('one endless header is answered', async () => {
  const response = await exchange(
    server.port,
    requestHead('GET', '/', { Host, 'x-endless': 'e'.repeat(200_000) }),
  );
  expect([400, 431]).toContain(response.status);
});

test('a thousand small headers are answered', async () => {
  const flood = Array.from({ length: 1_500 }, (_, index): [string, string] => [`x-${index}`, 'y']);
  const response = await exchange(server.port, requestHead('GET', '/', [['Host', Host], ...flood]));
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
});

test('an endless path is answered', async () => {
  const response = await exchange(
    server.port,
    requestHead('GET', `/${Bucket}/${'p'.repeat(100_000)}`, { Host }),
  );
  expect([400, 414, 431]).toContain(response.status);
});

test.each([
  ['no HTTP at all', 'hello, is it S3 you are?\r\n\r\n'],
  ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a method that there is not', requestHead('FROBNICATE', '/', { Host })],
  ['a header without a colon', `GET / HTTP/1.1\r\nHost: ${Host}\r\nnonsense\r\n\r\n`],
  ['a space before the colon', `GET / HTTP/1.1\r\nHost: ${Host}\r\nx-a : b\r\n\r\n`],
  ['a folded header', `GET / HTTP/1.1\r\nHost: ${Host}\r\nx-a: b\r\n  c\r\n\r\n`],
  ['a control character in a header', `GET / HTTP/1.1\r\nHost: ${Host}\r\nx-a: b\u0001c\r\n\r\n`],
  ['two Host headers', `GET / HTTP/1.1\r\nHost: ${Host}\r\nHost: other\r\n\r\n`],
  ['an asterisk for a path', `GET * HTTP/1.1\r\nHost: ${Host}\r\n\r\n`],
  [
    'an upgrade',
    `GET / HTTP/1.1\r\nHost: ${Host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  ],
])('%s is answered with a client’s error', async (_, bytes) => {
  const connection = await RawConnection.open(server.port);
  await connection.write(bytes);
  connection.end();
  const response = await connection.response();
  connection.close();
  expect(response.status).toBeGreaterThanOrEqual(400);
  expect(response.status).toBeLessThan(500);
});

test('CONNECT opens no tunnel', async () => {
  const connection = await RawConnection.open(server.port);
  await connection.write(`CONNECT example.com:443 HTTP/1.1\r\nHost: ${Host}\r\n\r\n`);
  await connection.closed();
  expect(connection.pending).toBe(0);
  connection.close();
});

test('requests sent all at once on one connection are answered in order', async () => {
  const connection = await RawConnection.open(server.port);
  const paths = ['safe', 'missing', 'safe'];
  await connection.write(
    Buffer.concat(paths.map((key) => signedV4({ method: 'GET', path: `/${Bucket}/${key}` }).bytes)),
  );
  const statuses: number[] = [];
  for (const _ of paths) statuses.push((await connection.response()).status);
  expect(statuses).toEqual([200, 404, 200]);
  connection.close();
});

test('oversize parameters are refused by name', async () => {
  const list = (query: string) =>
    exchange(server.port, signedV4({ method: 'GET', path: `/${Bucket}`, query }).bytes);
  expect(outcome(await list('list-type=2&max-keys=99999999999999999999'))).toBe(
    '400 InvalidArgument',
  );
  const long = 'x'.repeat(8_000);
  expect((await list(`list-type=2&prefix=${long}`)).status).toBeLessThan(500);
  expect((await list(`list-type=2&continuation-token=${long}`)).status).toBe(400);
});
