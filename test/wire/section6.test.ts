/** DESIGN.md, section 6: what clients ask of the design, line by line, over a raw connection. */
import { CreateBucketCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { beforeAll, describe, expect, test } from 'vitest';
import { allUsers, alt, main, tenant } from '../support/accounts.ts';
import { put, readText } from '../support/objects.ts';
import {
  element,
  exchange,
  outcome,
  RawConnection,
  type RawResponse,
  requestHead,
} from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { md5Base64, presignedV4, type RequestToSign, signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();

beforeAll(() => put(server.main, Bucket, 'object', '0123456789'));

function send(request: RequestToSign): Promise<RawResponse> {
  const head = request.method === 'HEAD';
  return exchange(server.port, signedV4(request).bytes, { head });
}

/** The head of a signed request with its lines changed after signing; no body follows. */
function sendHead(request: RequestToSign, change: (head: string) => string): Promise<RawResponse> {
  return exchange(server.port, change(signedV4(request).head));
}

const putObject = { method: 'PUT', path: `/${Bucket}/wire`, body: 'body' } as const;

describe('1. locations', () => {
  test.each(['us-east-1', 'eu-central-1', ''])(
    'LocationConstraint %j is accepted',
    async (name) => {
      const body = `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${name}</LocationConstraint></CreateBucketConfiguration>`;
      const response = await send({ method: 'PUT', path: `/${uniqueBucketName()}`, body });
      expect(outcome(response)).toBe('200');
    },
  );
});

describe('2. versions of unversioned buckets', () => {
  test('no answer has x-amz-version-id', async () => {
    for (const method of ['PUT', 'GET', 'HEAD', 'DELETE']) {
      const body = method === 'PUT' ? 'x' : '';
      const response = await send({ method, path: `/${Bucket}/unversioned`, body });
      expect(response.status).toBeLessThan(300);
      expect(response.headers['x-amz-version-id']).toBeUndefined();
    }
  });

  test('versionId=null is accepted by every operation that takes a version', async () => {
    for (const [method, query] of [
      ['GET', 'versionId=null'],
      ['HEAD', 'versionId=null'],
      ['GET', 'acl=&versionId=null'],
      ['GET', 'tagging=&versionId=null'],
      ['DELETE', 'versionId=null'],
    ] as const) {
      await put(server.main, Bucket, 'null', 'x');
      const response = await send({ method, path: `/${Bucket}/null`, query });
      expect([method, query, response.status]).toEqual([
        method,
        query,
        method === 'DELETE' ? 204 : 200,
      ]);
    }
  });
});

describe('3. preset users', () => {
  test('grants echo id and display name', async () => {
    await put(server.main, Bucket, 'granted', 'x', { GrantRead: `id=${alt.accountId}` });
    const response = await send({ method: 'GET', path: `/${Bucket}/granted`, query: 'acl=' });
    const xml = response.body.toString();
    expect(xml).toContain(`<ID>${alt.accountId}</ID>`);
    expect(xml).toContain(`<DisplayName>${alt.displayName}</DisplayName>`);
    expect(xml).not.toContain(allUsers);
  });

  test('a second namespace has buckets of its own under the same names', async () => {
    await server.tenant.send(new CreateBucketCommand({ Bucket }));
    await put(server.tenant, Bucket, 'object', 'of the tenant');
    expect(await readText(server.main, Bucket, 'object')).toBe('0123456789');
    const Host = `${tenant.namespace}.localhost`;
    const { headers } = signedV4({
      method: 'GET',
      path: `/${Bucket}/object`,
      host: Host,
      account: tenant,
    });
    const response = await exchange(server.port, requestHead('GET', `/${Bucket}/object`, headers));
    expect(response.body.toString()).toBe('of the tenant');
  });
});

describe('5. raw HTTP: Content-Length', () => {
  const without = (head: string) => head.replace(/^content-length:.*\r\n/im, '');

  test('a PutObject without one is 411 MissingContentLength', async () => {
    const response = await sendHead({ ...putObject, signedHeaders: signedNames() }, without);
    expect(outcome(response)).toBe('411 MissingContentLength');
  });

  test('an empty one is refused', async () => {
    const response = await sendHead({ ...putObject, signedHeaders: signedNames() }, (head) =>
      head.replace(/^content-length:.*\r\n/im, 'content-length:\r\n'),
    );
    expect([400, 411]).toContain(response.status);
  });

  test.each(['-1', 'abc', '1e3', '0x10', '4, 5', '+4', '99999999999999999999'])(
    'Content-Length: %s is refused',
    async (value) => {
      const response = await sendHead({ ...putObject, signedHeaders: signedNames() }, (head) =>
        head.replace(/^content-length:.*\r\n/im, `content-length: ${value}\r\n`),
      );
      expect(response.status).toBe(400);
    },
  );

  test('two that differ are refused', async () => {
    const response = await sendHead({ ...putObject, signedHeaders: signedNames() }, (head) =>
      head.replace(/^(content-length:.*\r\n)/im, '$1content-length: 5\r\n'),
    );
    expect(response.status).toBe(400);
  });

  test('more than 5 GiB at once is EntityTooLarge, before any byte of it', async () => {
    const response = await sendHead(
      { ...putObject, headers: { 'content-length': String(5 * 1024 ** 3 + 1) } },
      (head) => head,
    );
    expect(outcome(response)).toBe('400 EntityTooLarge');
  });

  test('Transfer-Encoding: chunked is refused by name', async () => {
    const response = await exchange(server.port, [
      without(
        signedV4({
          ...putObject,
          payload: 'UNSIGNED-PAYLOAD',
          headers: { 'transfer-encoding': 'chunked' },
          signedHeaders: signedNames(),
        }).head,
      ),
      '4\r\nbody\r\n0\r\n\r\n',
    ]);
    expect(outcome(response)).toBe('501 NotImplemented');
  });

  test('Transfer-Encoding beside Content-Length is refused: it hides requests', async () => {
    const response = await exchange(
      server.port,
      `${signedV4({ ...putObject, headers: { 'transfer-encoding': 'chunked' } }).head}0\r\n\r\n`,
    );
    expect(response.status).toBe(400);
  });

  test('a body that ends early stores nothing', async () => {
    const connection = await RawConnection.open(server.port);
    const signed = signedV4({
      method: 'PUT',
      path: `/${Bucket}/cut`,
      payload: 'UNSIGNED-PAYLOAD',
      headers: { 'content-length': '1000' },
    });
    await connection.write(`${signed.head}only this`);
    connection.end();
    await connection.closed();
    connection.close();
    const request = new GetObjectCommand({ Bucket, Key: 'cut' });
    expect(await codeOf(server.main.send(request))).toBe('404 NoSuchKey');
  });
});

describe('5. raw HTTP: Authorization', () => {
  const authorization = signedV4(putObject).headers.authorization ?? '';
  const get = { method: 'GET', path: `/${Bucket}/object` } as const;

  test.each([
    [
      'an empty one',
      '',
      /^(403 AccessDenied|400 AuthorizationHeaderMalformed|400 InvalidArgument)$/,
    ],
    ['an unknown scheme', 'Basic dXNlcjpwYXNz', /^400 InvalidArgument$/],
    ['words', 'hello', /^400 (InvalidArgument|AuthorizationHeaderMalformed)$/],
    ['AWS without a signature', 'AWS key', /^400 InvalidArgument$/],
    ['AWS with an unknown key', 'AWS NOBODY0000000000:c2lnbmF0dXJl', /^403 InvalidAccessKeyId$/],
    [
      'SigV4 without parameters',
      'AWS4-HMAC-SHA256 ',
      /^400 (AuthorizationHeaderMalformed|InvalidArgument)$/,
    ],
    [
      'SigV4 with a scope of no form',
      authorization.replace(/Credential=[^,]*/, `Credential=${main.accessKeyId}/today`),
      /^400 AuthorizationHeaderMalformed$/,
    ],
    [
      'SigV4 for another service',
      authorization.replace('/s3/', '/ec2/'),
      /^400 AuthorizationHeaderMalformed$/,
    ],
    [
      'SigV4 without a signature',
      authorization.replace(/, Signature=.*/, ''),
      /^400 AuthorizationHeaderMalformed$/,
    ],
    [
      'SigV4 with an unknown key',
      authorization.replace(main.accessKeyId, 'NOBODY0000000000'),
      /^403 InvalidAccessKeyId$/,
    ],
  ])('%s has its code', async (_, value, expected) => {
    const response = await sendHead(get, (head) =>
      head.replace(/^authorization:.*\r\n/im, () => `authorization: ${value}\r\n`),
    );
    expect(outcome(response)).toMatch(expected);
  });

  test('one in the header and one in the query are refused', async () => {
    const target = presignedV4({ ...get, expiresSeconds: 60 });
    const { head } = signedV4(get);
    const response = await exchange(
      server.port,
      head.replace(`/${Bucket}/object`, () => target),
    );
    expect(outcome(response)).toBe('400 InvalidArgument');
  });

  test('a signature of no match returns what the server has signed', async () => {
    const response = await sendHead(get, (head) =>
      head.replace(/Signature=.{4}/, 'Signature=0000'),
    );
    expect(outcome(response)).toBe('403 SignatureDoesNotMatch');
    expect(element(response, 'AWSAccessKeyId')).toBe(main.accessKeyId);
    expect(element(response, 'StringToSign')).toMatch(/^AWS4-HMAC-SHA256\n\d{8}T\d{6}Z\n/);
    expect(element(response, 'StringToSignBytes')).toMatch(/^41 57 53 34 /);
    expect(element(response, 'CanonicalRequest')).toContain(`GET\n/${Bucket}/object\n`);
    expect(element(response, 'CanonicalRequestBytes')).toMatch(/^47 45 54 /);
    expect(element(response, 'SignatureProvided')).toMatch(/^0000/);
    expect(element(response, 'RequestId')).toBe(response.headers['x-amz-request-id']);
    expect(element(response, 'HostId')).toBeTypeOf('string');
  });
});

describe('5. raw HTTP: Date', () => {
  const get = { method: 'GET', path: `/${Bucket}/object` } as const;
  const minute = 60_000;

  test.each([
    [-16, '403 RequestTimeTooSkewed'],
    [-14, '200'],
    [14, '200'],
    [16, '403 RequestTimeTooSkewed'],
  ])('a clock that is %i minutes off: %s', async (minutes, expected) => {
    const response = await send({ ...get, now: Date.now() + minutes * minute });
    expect(outcome(response)).toBe(expected);
  });

  test('a skewed request is told both times', async () => {
    const response = await send({ ...get, now: Date.now() - 60 * minute });
    expect(element(response, 'RequestTime')).toBeTypeOf('string');
    expect(element(response, 'ServerTime')).toBeTypeOf('string');
    expect(element(response, 'MaxAllowedSkewMilliseconds')).toBe('900000');
  });

  test.each(['', 'yesterday', '20230101', '99999999T999999Z'])(
    'x-amz-date: %j is refused',
    async (value) => {
      const response = await sendHead(get, (head) =>
        head.replace(/^x-amz-date:.*\r\n/im, `x-amz-date: ${value}\r\n`),
      );
      expect(outcome(response)).toMatch(/^(403 AccessDenied|400 AuthorizationHeaderMalformed)$/);
    },
  );

  test('without any date a signature is worth nothing', async () => {
    const response = await sendHead(get, (head) => head.replace(/^x-amz-date:.*\r\n/im, ''));
    expect(outcome(response)).toBe('403 AccessDenied');
  });
});

describe('5. raw HTTP: Content-MD5 and x-amz-content-sha256', () => {
  test.each(['', 'short', 'not base64 at all!!!!!!!', 'AAAA', 'Y2FmZQ=='])(
    'Content-MD5: %j is InvalidDigest',
    async (value) => {
      const response = await send({ ...putObject, headers: { 'content-md5': value } });
      expect(outcome(response)).toBe('400 InvalidDigest');
    },
  );

  test('a Content-MD5 of other bytes is BadDigest', async () => {
    const headers = { 'content-md5': md5Base64('other') };
    expect(outcome(await send({ ...putObject, headers }))).toBe('400 BadDigest');
  });

  test('a hash of other bytes is XAmzContentSHA256Mismatch, and nothing is stored', async () => {
    const response = await send({
      ...putObject,
      path: `/${Bucket}/mismatch`,
      payload: '0'.repeat(64),
    });
    expect(outcome(response)).toBe('400 XAmzContentSHA256Mismatch');
    expect(element(response, 'ClientComputedContentSHA256')).toBe('0'.repeat(64));
    const request = new GetObjectCommand({ Bucket, Key: 'mismatch' });
    expect(await codeOf(server.main.send(request))).toBe('404 NoSuchKey');
  });

  test('one that is neither a hash nor one of the words is refused', async () => {
    expect(outcome(await send({ ...putObject, payload: 'SOMETHING' }))).toBe('400 InvalidArgument');
  });

  test('a SigV4 request without one is refused', async () => {
    const response = await sendHead(putObject, (head) =>
      head.replace(/^x-amz-content-sha256:.*\r\n/im, ''),
    );
    expect(outcome(response)).toMatch(/^400 (InvalidRequest|MissingSecurityHeader)$/);
  });
});

describe('5. raw HTTP: Range', () => {
  test.each([
    ['bytes=0-4', 206, '01234'],
    ['bytes=-3', 206, '789'],
    ['bytes=7-', 206, '789'],
    ['bytes=5-100', 206, '56789'],
    ['BYTES=0-4', 206, '01234'],
    ['bytes=4-2', 200, '0123456789'],
    ['bytes=a-', 200, '0123456789'],
    ['', 200, '0123456789'],
    ['bytes=0-1,3-4', 200, '0123456789'],
  ])('Range: %j answers %i', async (range, status, body) => {
    const response = await send({ method: 'GET', path: `/${Bucket}/object`, headers: { range } });
    // Units are case-insensitive in HTTP; a server may as well take BYTES for one it doesn't know.
    if (range.startsWith('BYTES')) expect([200, 206]).toContain(response.status);
    else expect([response.status, response.body.toString()]).toEqual([status, body]);
  });

  test('a range beyond the end is 416 with the size in Content-Range or the document', async () => {
    const headers = { range: 'bytes=10-' };
    const response = await send({ method: 'GET', path: `/${Bucket}/object`, headers });
    expect(outcome(response)).toBe('416 InvalidRange');
    expect(element(response, 'ActualObjectSize')).toBe('10');
    expect(element(response, 'RangeRequested')).toBe('bytes=10-');
  });
});

describe('5. raw HTTP: names and paths stay as they were sent', () => {
  test('what looks alike is told apart', async () => {
    const paths = ['a%2Fb', 'a/b', 'a//b', 'a/./b', 'a/../b', 'a+b', 'a%20b', 'a%2Bb', 'A/B'];
    const expected = ['a/b', 'a/b', 'a//b', 'a/./b', 'a/../b', 'a+b', 'a b', 'a+b', 'A/B'];
    for (const [index, path] of paths.entries()) {
      const key = expected[index] ?? '';
      expect(outcome(await send({ ...putObject, path: `/${Bucket}/${path}`, body: path }))).toBe(
        '200',
      );
      expect(await readText(server.main, Bucket, key)).toBe(path);
    }
  });

  test.each(['%', '%zz', '%ff', '%c3%28', '%ed%a0%80'])(
    'the path %s is not UTF-8 and refused',
    async (path) => {
      const response = await exchange(
        server.port,
        requestHead('GET', `/${Bucket}/${path}`, { Host: 'localhost' }),
      );
      expect(outcome(response)).toBe('400 InvalidURI');
    },
  );

  test('%00 is a byte like others', async () => {
    const response = await send({ ...putObject, path: `/${Bucket}/nul%00byte` });
    expect(['200', '400 InvalidURI', '400 InvalidArgument']).toContain(outcome(response));
    const { status } = await send({ method: 'GET', path: `/${Bucket}/nul` });
    expect(status).toBe(404);
  });

  test('a request target may be a whole URL', async () => {
    await put(server.main, Bucket, 'absolute', 'x', { ACL: 'public-read' });
    const target = `http://localhost:${server.port}/${Bucket}/absolute`;
    const response = await exchange(
      server.port,
      requestHead('GET', target, { Host: `localhost:${server.port}` }),
    );
    expect([200, 400]).toContain(response.status);
  });

  test('HTTP/1.1 without a Host is refused', async () => {
    const response = await exchange(server.port, requestHead('GET', '/', {}));
    expect(response.status).toBe(400);
  });
});

describe('5. raw HTTP: every answer', () => {
  test('has a request id of its own, a date and the server’s name', async () => {
    const ids = new Set<string | undefined>();
    for (const path of ['/', `/${Bucket}`, `/${Bucket}/object`, `/${Bucket}/missing`]) {
      const { headers } = await send({ method: 'GET', path });
      ids.add(headers['x-amz-request-id']);
      expect(headers['x-amz-id-2']).toBeTypeOf('string');
      expect(Number.isNaN(Date.parse(headers.date ?? ''))).toBe(false);
    }
    expect(ids.size).toBe(4);
    expect(ids.has(undefined)).toBe(false);
  });

  test('an error document says code, message, resource and request id', async () => {
    const response = await send({ method: 'GET', path: `/${Bucket}/missing` });
    expect(response.headers['content-type']).toBe('application/xml');
    expect(response.body.toString()).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*<Error>/,
    );
    expect(element(response, 'Code')).toBe('NoSuchKey');
    expect(element(response, 'Message')).toBe('The specified key does not exist.');
    expect(element(response, 'RequestId')).toBe(response.headers['x-amz-request-id']);
  });
});

describe('6. XML', () => {
  test('empty elements are present, and keys survive escaping', async () => {
    const bucket = await server.createBucket();
    for (const key of ['a&b<c>', 'cr\rlf\n', '\u{1F600}']) await put(server.main, bucket, key);
    const response = await send({ method: 'GET', path: `/${bucket}` });
    const xml = response.body.toString();
    expect(xml).toMatch(/<Prefix\s*\/>|<Prefix><\/Prefix>/);
    expect(xml).toMatch(/<Marker\s*\/>|<Marker><\/Marker>/);
    expect(xml).toContain('<Key>a&amp;b&lt;c&gt;</Key>');
    expect(xml).toMatch(/<Key>cr&#(13|x0?[dD]);lf(\n|&#(10|x0?[aA]);)<\/Key>/);
    expect(xml).toContain('<Key>\u{1F600}</Key>');
  });
});

/** Without Content-Length, which the tests change after signing. */
function signedNames(): readonly string[] {
  return ['host', 'x-amz-content-sha256', 'x-amz-date'];
}
