import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { S3Error } from '../errors.ts';
import type { QueryPairs, WireRequest } from '../request.ts';
import { parseSigV2 } from './claim.ts';
import recorded from './recorded-requests.json' with { type: 'json' };
import { signV2, verifySigV2 } from './verify.ts';

interface RecordedRequest {
  readonly name: string;
  readonly method: string;
  readonly rawPath: string;
  readonly rawQuery: string;
  readonly headers: WireRequest['headers'];
  /** Of a virtual-host style request. */
  readonly hostBucket?: string;
}

const recordedRequests: readonly RecordedRequest[] = recorded.requests;
const recordedAt = Date.parse(recorded.recordedAt);

const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

function decodeQuery(rawQuery: string): QueryPairs {
  if (rawQuery === '') return [];
  return rawQuery.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=');
    const decode = (text: string) => decodeURIComponent(text.replaceAll('+', ' '));
    return [decode(name), decode(value.join('='))];
  });
}

function request(
  method: string,
  target: string,
  headers: Record<string, string> = {},
): WireRequest {
  const [rawPath = '/', rawQuery = ''] = target.split(/\?(.*)/s);
  return { method, rawPath, rawQuery, query: decodeQuery(rawQuery), headers };
}

function verify(signed: WireRequest, now: number, hostBucket?: string, key = secret): void {
  const claim = parseSigV2(signed);
  if (claim === undefined) throw new Error('no claim');
  verifySigV2(claim, signed, key, { now, hostBucket });
}

function errorOf(run: () => unknown): S3Error {
  try {
    run();
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the examples of the S3 User Guide', () => {
  const johnsmith = { host: 'johnsmith.s3.amazonaws.com' };
  const examples: readonly [
    name: string,
    signature: string,
    request: WireRequest,
    hostBucket?: string,
  ][] = [
    [
      'object GET',
      'bWq2s1WEIj+Ydj0vQ697zp+IXMU=',
      request('GET', '/photos/puppy.jpg', {
        ...johnsmith,
        date: 'Tue, 27 Mar 2007 19:36:42 +0000',
      }),
      'johnsmith',
    ],
    [
      'object PUT',
      'MyyxeRY7whkBe+bq8fHCL/2kKUg=',
      request('PUT', '/photos/puppy.jpg', {
        ...johnsmith,
        'content-type': 'image/jpeg',
        'content-length': '94328',
        date: 'Tue, 27 Mar 2007 21:15:45 +0000',
      }),
      'johnsmith',
    ],
    [
      'list',
      'htDYFYduRNen8P9ZfE/s9SuKy0U=',
      request('GET', '/?prefix=photos&max-keys=50&marker=puppy', {
        ...johnsmith,
        'user-agent': 'Mozilla/5.0',
        date: 'Tue, 27 Mar 2007 19:42:41 +0000',
      }),
      'johnsmith',
    ],
    [
      'fetch of an ACL',
      'c2WLPFtWHVgbEmeEG93a4cG37dM=',
      request('GET', '/?acl', { ...johnsmith, date: 'Tue, 27 Mar 2007 19:44:46 +0000' }),
      'johnsmith',
    ],
    [
      'upload with headers in other cases and twice',
      'ilyl83RwaSoYIEdixDQcA4OnAnc=',
      request('PUT', '/db-backup.dat.gz', {
        host: 'static.johnsmith.net:8080',
        date: 'Tue, 27 Mar 2007 21:06:08 +0000',
        'x-amz-acl': 'public-read',
        'content-type': 'application/x-download',
        'content-md5': '4gJE4saaMU4BqNR0kLY+lw==',
        'x-amz-meta-reviewedby': 'joe@johnsmith.net,jane@johnsmith.net',
        'x-amz-meta-filechecksum': '0x02661779',
        'x-amz-meta-checksumalgorithm': 'crc32',
        'content-length': '5913339',
      }),
      'static.johnsmith.net',
    ],
    [
      'list of all buckets',
      'qGdzdERIC03wnaRNKh6OqZehG9s=',
      request('GET', '/', { host: 's3.amazonaws.com', date: 'Wed, 28 Mar 2007 01:29:59 +0000' }),
    ],
    [
      'key in Unicode, escaped as sent',
      'DNEZGsoieTZ92F3bUfSPQcbGmlM=',
      request('GET', '/dictionary/fran%C3%A7ais/pr%c3%a9f%c3%a8re', {
        host: 's3.amazonaws.com',
        date: 'Wed, 28 Mar 2007 01:49:49 +0000',
      }),
    ],
  ];

  test.each(examples)('hold: %s', (_name, signature, unsigned, hostBucket) => {
    const headers = { ...unsigned.headers, authorization: `AWS ${accessKeyId}:${signature}` };
    const now = Date.parse(unsigned.headers.date!);
    verify({ ...unsigned, headers }, now, hostBucket);
  });

  test('hold: query string authentication', () => {
    const target = `/photos/puppy.jpg?AWSAccessKeyId=${accessKeyId}&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D&Expires=1175139620`;
    const presigned = request('GET', target, johnsmith);
    verify(presigned, 1175139620_000, 'johnsmith');
    const late = errorOf(() => verify(presigned, 1175139620_001, 'johnsmith'));
    expect([late.code, late.message]).toEqual(['AccessDenied', 'Request has expired']);
    expect(late.fields).toEqual({
      Expires: '2007-03-29T03:40:20Z',
      ServerTime: '2007-03-29T03:40:20Z',
    });
  });
});

describe('a request of botocore', () => {
  test.each(recordedRequests)('holds: $name', (sent) => {
    const { rawQuery, hostBucket } = sent;
    verify({ ...sent, query: decodeQuery(rawQuery) }, recordedAt, hostBucket);
  });

  test.each(recordedRequests)('fails with another secret: $name', (sent) => {
    const signed = { ...sent, query: decodeQuery(sent.rawQuery) };
    const error = errorOf(() => verify(signed, recordedAt, sent.hostBucket, 'other'));
    expect(error.code).toBe('SignatureDoesNotMatch');
  });

  test('carries the headers of a presigned URL in its query', () => {
    const put = recordedRequests.find(({ name }) => name.startsWith('presign put_object'))!;
    const claim = parseSigV2({ ...put, query: decodeQuery(put.rawQuery) });
    expect(claim?.hoistedHeaders).toMatchObject({ 'x-amz-acl': 'public-read' });
  });
});

const now = Date.parse('Tue, 27 Mar 2007 19:36:42 GMT');
const date = 'Tue, 27 Mar 2007 19:36:42 GMT';

function signed(
  method: string,
  target: string,
  stringToSign: string,
  headers: Record<string, string> = { date },
): WireRequest {
  const authorization = `AWS ${accessKeyId}:${signV2(secret, stringToSign)}`;
  return request(method, target, { ...headers, authorization });
}

describe('the string to sign', () => {
  test('may name a bucket with or without a slash at its end', () => {
    verify(signed('GET', '/bucket', `GET\n\n\n${date}\n/bucket`), now);
    verify(signed('GET', '/bucket?acl', `GET\n\n\n${date}\n/bucket/?acl`), now);
    const error = errorOf(() => verify(signed('GET', '/b/k', `GET\n\n\n${date}\n/b/k/`), now));
    expect(error.code).toBe('SignatureDoesNotMatch');
  });

  test('has an empty date line when x-amz-date is sent', () => {
    const headers = { 'x-amz-date': date, date: 'Mon, 01 Jan 2001 00:00:00 GMT' };
    verify(signed('GET', '/b/k', `GET\n\n\n\nx-amz-date:${date}\n/b/k`, headers), now);
  });

  test('sorts sub-resources, decodes their values and ignores other parameters', () => {
    const target = '/b/k?versionId=v%2F1&uploads&response-expires=a%20b&zzz=1&acl';
    const resource = '/b/k?acl&response-expires=a b&uploads&versionId=v/1';
    verify(signed('GET', target, `GET\n\n\n${date}\n${resource}`), now);
  });

  test('may leave young sub-resources out in a header but not in a URL that travels', () => {
    verify(signed('GET', '/b/k?retention', `GET\n\n\n${date}\n/b/k`), now);
    verify(signed('GET', '/b/k?retention', `GET\n\n\n${date}\n/b/k?retention`), now);
    const expires = String(now / 1000);
    const signature = encodeURIComponent(signV2(secret, `GET\n\n\n${expires}\n/b/k`));
    const query = `AWSAccessKeyId=${accessKeyId}&Expires=${expires}&Signature=${signature}`;
    verify(request('GET', `/b/k?${query}`), now);
    const error = errorOf(() => verify(request('GET', `/b/k?${query}&retention`), now));
    expect(error.code).toBe('SignatureDoesNotMatch');
  });

  test('is told to a client whose signature differs', () => {
    const error = errorOf(() => verify(signed('GET', '/b/k', 'something else'), now));
    expect([error.code, error.status]).toEqual(['SignatureDoesNotMatch', 403]);
    const stringToSign = `GET\n\n\n${date}\n/b/k`;
    expect(error.fields).toEqual({
      AWSAccessKeyId: accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: signV2(secret, 'something else'),
      StringToSignBytes: Buffer.from(stringToSign).toString('hex').replace(/../g, '$& ').trimEnd(),
    });
  });
});

describe('headers in the query', () => {
  const expires = String(now / 1000);
  const presigned = (query: string, stringToSign: string, headers: Record<string, string> = {}) => {
    const signature = encodeURIComponent(signV2(secret, stringToSign));
    const own = `AWSAccessKeyId=${accessKeyId}&Expires=${expires}&Signature=${signature}`;
    return request('PUT', `/b/k?${query}&${own}`, headers);
  };

  test('are signed as headers in a presigned URL', () => {
    const acl = `PUT\n\n\n${expires}\nx-amz-acl:private\n/b/k`;
    verify(presigned('X-Amz-Acl=private', acl), now);
    expect(() => verify(presigned('X-Amz-Acl=public-read', acl), now)).toThrow(S3Error);
    const twice = presigned('x-amz-acl=private&X-Amz-Acl=public-read', acl);
    expect(() => verify(twice, now)).toThrow(S3Error);
    const other = presigned('X-Amz-Acl=private', acl, { 'x-amz-acl': 'public-read' });
    expect(() => verify(other, now)).toThrow(S3Error);
  });

  test('do not stand for a Content-MD5 or Content-Type that has to be sent', () => {
    const typed = `PUT\nmd5\ntext/plain\n${expires}\n/b/k`;
    const query = 'content-md5=md5&content-type=text%2Fplain';
    verify(presigned(query, typed, { 'content-md5': 'md5', 'content-type': 'text/plain' }), now);
    expect(() => verify(presigned(query, typed), now)).toThrow(S3Error);
  });

  test('are refused beside an Authorization header, which does not sign them', () => {
    const target = '/b/k?X-Amz-Acl=public-read';
    const error = errorOf(() => verify(signed('PUT', target, `PUT\n\n\n${date}\n/b/k`), now));
    expect([error.code, error.fields]).toEqual(['AccessDenied', { HeadersNotSigned: 'x-amz-acl' }]);
  });
});

describe('the date', () => {
  const withDate = (value: string | undefined) =>
    errorOf(() =>
      verify(signed('GET', '/b/k', '', value === undefined ? {} : { date: value }), now),
    );

  test.each([undefined, '', 'Bad Date', 'Tue, 07 Jul 1950 21:53:04 GMT', '20071327T000000Z'])(
    'is required: %s',
    (value) => {
      const error = withDate(value);
      expect([error.code, error.message]).toEqual([
        'AccessDenied',
        'AWS authentication requires a valid Date or x-amz-date header',
      ]);
    },
  );

  test.each(['Tue, 07 Jul 2010 21:53:04 GMT', 'Tue, 07 Jul 9999 21:53:04 GMT'])(
    'may not be far from now: %s',
    (value) => {
      const error = withDate(value);
      expect(error.code).toBe('RequestTimeTooSkewed');
      expect(error.fields).toEqual({
        RequestTime: value,
        ServerTime: '2007-03-27T19:36:42Z',
        MaxAllowedSkewMilliseconds: '900000',
      });
    },
  );
});

describe('a malformed claim', () => {
  const spaces = "Authorization header is invalid -- one and only one ' ' (space) required";
  const pair = 'AWS authorization header is invalid.  Expected AwsAccessKeyId:signature';

  test.each([
    ['AWS', spaces],
    ['AWS AKIA:abc def', spaces],
    ['AWS HAHAHA', pair],
    ['AWS :signature', pair],
    ['AWS AKIA:', pair],
  ])('in the header is an InvalidArgument: %s', (authorization, message) => {
    const error = errorOf(() => parseSigV2(request('GET', '/', { authorization })));
    expect([error.code, error.message]).toEqual(['InvalidArgument', message]);
    expect(error.fields).toEqual({ ArgumentName: 'Authorization', ArgumentValue: authorization });
  });

  test('in the query is denied', () => {
    const missing = errorOf(() => parseSigV2(request('GET', '/b/k?Signature=x')));
    expect([missing.code, missing.message]).toEqual([
      'AccessDenied',
      'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    ]);
    const target = '/b/k?AWSAccessKeyId=a&Signature=x&Expires=soon';
    const expires = errorOf(() => verify(request('GET', target), now));
    expect(expires.message).toBe('Invalid date (should be seconds since epoch): soon');
  });

  test('with signed chunks is refused, since nothing seeds them', () => {
    const headers = {
      authorization: 'AWS AKIA:abc',
      'x-amz-content-sha256': 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
    };
    expect(errorOf(() => parseSigV2(request('PUT', '/b/k', headers))).code).toBe('InvalidRequest');
  });
});

test('a change of one character of what is signed is refused', () => {
  const headers = { date, 'x-amz-acl': 'private', 'content-type': 'text/plain' };
  const original = signed(
    'PUT',
    '/b/k?acl',
    `PUT\n\ntext/plain\n${date}\nx-amz-acl:private\n/b/k?acl`,
    headers,
  );
  verify(original, now);
  const fields = ['rawPath', 'x-amz-acl', 'content-type', 'authorization'] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...fields),
      fc.nat(),
      fc.integer({ min: 1, max: 94 }),
      (field, at, by) => {
        const from = field === 'authorization' ? 5 : 0;
        const change = (text: string) => {
          const index = from + (at % (text.length - from));
          const code = 33 + ((text.charCodeAt(index) - 33 + by) % 94);
          return text.slice(0, index) + String.fromCharCode(code) + text.slice(index + 1);
        };
        const before = field === 'rawPath' ? original.rawPath : original.headers[field]!;
        const after = change(before);
        // The key id is looked up before the signature is verified: another one has another secret.
        fc.pre(
          after !== before && (field !== 'authorization' || after.includes(`${accessKeyId}:`)),
        );
        const mutated: WireRequest =
          field === 'rawPath'
            ? { ...original, rawPath: after }
            : { ...original, headers: { ...original.headers, [field]: after } };
        expect(() => verify(mutated, now)).toThrow(S3Error);
      },
    ),
  );
});
