import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { S3Error } from '../errors.ts';
import type { QueryPairs, WireRequest } from '../request.ts';
import { canonicalHeaderValue, canonicalQuery } from './canonical-request.ts';
import { parseSigV4 } from './claim.ts';
import { canonicalPath, uriEncode } from './percent-encoding.ts';
import { presignSigV4, type SigningOptions, signSigV4 } from './sign.ts';
import { type SigningContext, type SigV4Options, verifySigV4 } from './verify.ts';

const accessKeyId = 'AKIAIOSFODNN7EXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const credentials = { accessKeyId, secretAccessKey: secret };
const now = Date.parse('2013-05-24T00:00:00Z');
const region = 'us-east-1';
const host = 'examplebucket.s3.amazonaws.com';
const emptySha256 = createHash('sha256').digest('hex');

/** Leaves what is no valid escape as it is. */
function decode(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

function decodeQuery(rawQuery: string): QueryPairs {
  if (rawQuery === '') return [];
  return rawQuery.split('&').map((pair) => {
    const [name = '', ...value] = pair.split('=');
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

function sign(
  unsigned: WireRequest,
  options: Partial<SigningOptions> & { payload?: string; sessionToken?: string } = {},
): WireRequest {
  const { payload = emptySha256, sessionToken } = options;
  const signingOptions = { now, region, ...options, payload };
  const { headers } = signSigV4(unsigned, { ...credentials, sessionToken }, signingOptions);
  return { ...unsigned, headers };
}

function presign(unsigned: WireRequest, options: { expiresSeconds?: number; now?: number } = {}) {
  const rawQuery = presignSigV4(unsigned, credentials, {
    now,
    region,
    expiresSeconds: 86_400,
    ...options,
  });
  return { ...unsigned, rawQuery, query: decodeQuery(rawQuery) };
}

function verify(
  signed: WireRequest,
  options: Partial<SigV4Options> = {},
  key = secret,
): SigningContext {
  const claim = parseSigV4(signed);
  if (claim === undefined) throw new Error('no claim');
  return verifySigV4(claim, signed, key, { now, ...options });
}

function withHeader(signed: WireRequest, name: string, value: string | undefined): WireRequest {
  return { ...signed, headers: { ...signed.headers, [name]: value } };
}

function withAuthorization(signed: WireRequest, from: string | RegExp, to: string): WireRequest {
  return withHeader(signed, 'authorization', signed.headers.authorization!.replace(from, to));
}

function withQuery(signed: WireRequest, from: string | RegExp, to: string): WireRequest {
  const rawQuery = signed.rawQuery.replace(from, to);
  return { ...signed, rawQuery, query: decodeQuery(rawQuery) };
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

describe("AWS's published examples", () => {
  const signatureOf = (signed: WireRequest) => signed.headers.authorization?.slice(-64);
  const examples: readonly [name: string, signature: string, WireRequest, payload?: string][] = [
    [
      'GET Object with a range',
      'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
      request('GET', '/test.txt', { host, range: 'bytes=0-9' }),
    ],
    [
      'PUT Object',
      '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
      request('PUT', '/test$file.text', {
        host,
        date: 'Fri, 24 May 2013 00:00:00 GMT',
        'x-amz-storage-class': 'REDUCED_REDUNDANCY',
      }),
      createHash('sha256').update('Welcome to Amazon S3.').digest('hex'),
    ],
    [
      'GET Bucket lifecycle',
      'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543',
      request('GET', '/?lifecycle', { host }),
    ],
    [
      'GET Bucket (list objects)',
      '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
      request('GET', '/?prefix=J&max-keys=2', { host }),
    ],
  ];

  test.each(examples)('hold: %s', (_name, signature, unsigned, payload) => {
    const signed = sign(unsigned, { payload });
    expect(signatureOf(signed)).toBe(signature);
    expect(verify(signed).seedSignature).toBe(signature);
  });

  test('hold: presigned URL', () => {
    const presigned = presign(request('GET', '/test.txt', { host }));
    expect(presigned.rawQuery).toBe(
      'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    );
    verify(presigned);
  });
});

describe('the canonical path', () => {
  test.each([
    ['/a%20b/a+b', '/a%20b/a%2Bb'],
    ['/%c3%bc/%E4%B8%AD', '/%C3%BC/%E4%B8%AD'],
    ["/!*'()~=&:@$,;", '/%21%2A%27%28%29~%3D%26%3A%40%24%2C%3B'],
    ['/%7Etilde/%2D', '/~tilde/-'],
    ['/100%25/100%/%zz', '/100%25/100%25/%25zz'],
    ['//a//b/', '//a//b/'],
    ['/a/./b/../c', '/a/./b/../c'],
    ['/a%2Fb', '/a%2Fb'],
    ['/\u00c3\u00bc', '/%C3%BC'],
    ['/', '/'],
  ])('of %s is %s', (raw, canonical) => {
    expect(canonicalPath(raw)).toBe(canonical);
  });

  test('of an encoded path is that path', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (segments) => {
        const path = `/${segments.map(uriEncode).join('/')}`;
        expect(canonicalPath(path)).toBe(path);
      }),
    );
  });
});

describe('the canonical query', () => {
  test.each([
    ['b=2&a=1', 'a=1&b=2'],
    ['a=2&a=1&a=&A=3', 'A=3&a=&a=1&a=2'],
    ['acl&b=', 'acl=&b='],
    ['a=b+c&d=e%2Bf&g=%20', 'a=b%20c&d=e%2Bf&g=%20'],
    ['k=1&k-x=2&k.y=3&k0=4', 'k=1&k-x=2&k.y=3&k0=4'],
    ["k=%c3%bc~!*'()&l=a=b&m=a:b/c", 'k=%C3%BC~%21%2A%27%28%29&l=a%3Db&m=a%3Ab%2Fc'],
    ['&&a=1&', 'a=1'],
    ['a=1&X-Amz-Signature=2&b=3', 'a=1&b=3'],
    ['a=%ff', 'a=%FF'],
  ])('of %s is %s', (raw, canonical) => {
    expect(canonicalQuery(raw)).toBe(canonical);
  });
});

test.each([
  ['a b', 'a b'],
  ['  a   b \t c  ', 'a b c'],
  ['', ''],
  [' ', ''],
  ['a\tb', 'a b'],
])('the canonical value of the header %j is %j', (value, canonical) => {
  expect(canonicalHeaderValue(value)).toBe(canonical);
});

describe('a signed request', () => {
  const key = fc
    .array(
      fc.oneof(
        fc.constantFrom('/', '//', '+', '%', ' ', '~', '..', '.'),
        fc.string({ unit: 'grapheme' }),
      ),
    )
    .map((parts) => parts.join(''));

  test('is verified, whatever its key and query', () => {
    fc.assert(
      fc.property(key, key, key, fc.string(), (name, prefix, marker, metadata) => {
        const rawPath = `/${name.split('/').map(uriEncode).join('/')}`;
        const target = `${rawPath}?prefix=${uriEncode(prefix)}&acl&marker=${uriEncode(marker)}`;
        const unsigned = request('PUT', target, { host, 'x-amz-meta-a': metadata });
        verify(sign(unsigned));
        verify(presign(unsigned));
      }),
    );
  });

  const put = request('PUT', '/a%20b?tagging', { host, 'x-amz-meta-color': 'red' });

  test('is refused if one character of what is signed differs', () => {
    const original = sign(put);
    const texts = ['method', 'rawPath', 'rawQuery', ...Object.keys(original.headers)];
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.nat(),
        fc.integer({ min: 1, max: 93 }),
        (field, at, by) => {
          const before =
            original.headers[field] ?? original[field as 'method' | 'rawPath' | 'rawQuery'];
          const index = at % before.length;
          const code = 33 + ((before.charCodeAt(index) - 33 + by + 94) % 94);
          const after =
            before.slice(0, index) + String.fromCharCode(code) + before.slice(index + 1);
          // The same query in other words, and a key id, which is looked up and not verified.
          fc.pre(canonicalQuery(after) !== canonicalQuery(before) || field !== 'rawQuery');
          fc.pre(field !== 'authorization' || after.includes(`Credential=${accessKeyId}/`));
          const isHeader = original.headers[field] !== undefined;
          const mutated = isHeader
            ? withHeader(original, field, after)
            : {
                ...original,
                [field]: after,
                query: decodeQuery(field === 'rawQuery' ? after : put.rawQuery),
              };
          // Another spelling of the list of signed headers is the same list.
          const sameList =
            after.toLowerCase() === before.toLowerCase() && field === 'authorization';
          fc.pre(!sameList);
          expect(() => verify(mutated)).toThrow();
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('gives what chunks are signed with', () => {
    const context = verify(sign(put));
    expect(context).toMatchObject({
      accessKeyId,
      scope: '20130524/us-east-1/s3/aws4_request',
      amzDate: '20130524T000000Z',
    });
  });

  test('carries its session token, from the header or the query', () => {
    const header = parseSigV4(sign(put, { sessionToken: 'the/token+=' }));
    expect(header?.sessionToken).toBe('the/token+=');
    const rawQuery = presignSigV4(
      put,
      { ...credentials, sessionToken: 'the/token+=' },
      {
        now,
        region,
        expiresSeconds: 60,
      },
    );
    const presigned = { ...put, rawQuery, query: decodeQuery(rawQuery) };
    expect(parseSigV4(presigned)?.sessionToken).toBe('the/token+=');
    verify(presigned);
  });

  test('may have the Date header instead of x-amz-date', () => {
    const date = new Date(now).toUTCString();
    const signed = sign(withHeader(put, 'date', date));
    const bare = withAuthorization(withHeader(signed, 'x-amz-date', undefined), ';x-amz-date', '');
    expect(parseSigV4(bare)?.amzDate).toBe('20130524T000000Z');
  });

  test('may have its components in any order, with and without spaces', () => {
    const authorization = sign(put).headers.authorization!;
    const [credential, headers, signature] = authorization.slice(17).split(', ');
    for (const text of [
      `AWS4-HMAC-SHA256 ${credential},${headers},${signature}`,
      `AWS4-HMAC-SHA256   ${signature} , ${credential}  ,${headers}`,
    ]) {
      verify(withHeader(sign(put), 'authorization', text));
    }
  });

  test('may have a key id that holds slashes', () => {
    const odd = { ...credentials, accessKeyId: 'team/a/key' };
    const { headers } = signSigV4(put, odd, { now, region, payload: emptySha256 });
    expect(parseSigV4({ ...put, headers })?.accessKeyId).toBe('team/a/key');
  });

  test.each([
    '',
    'a',
    '/',
    '////',
    'a////',
    '/20130524/us-east-1/s3/aws4_request',
    'a/20130524//s3/aws4_request',
    '20130524/us-east-1/s3/aws4_request',
  ])('needs a whole credential, not %j', (credential) => {
    const signed = withAuthorization(sign(put), /Credential=[^,]*/, `Credential=${credential}`);
    expect(errorOf(() => verify(signed)).message).toMatch(
      /the Credential is mal-formed|requires three components/,
    );
  });

  test('may be for any region, or for one', () => {
    const european = sign(put, { region: 'eu-west-1' });
    verify(european);
    const error = errorOf(() => verify(european, { region }));
    expect([error.code, error.message]).toEqual([
      'AuthorizationHeaderMalformed',
      "The authorization header is malformed; the region 'eu-west-1' is wrong; expecting 'us-east-1'",
    ]);
    expect(error.fields).toEqual({ Region: region });
  });

  test('may be for another service, if that is expected', () => {
    const signed = sign(put, { service: 'sts' });
    expect(parseSigV4(signed, { services: ['iam', 'sts'] })?.service).toBe('sts');
    expect(errorOf(() => parseSigV4(signed)).code).toBe('AuthorizationHeaderMalformed');
  });

  test('has its payload declared', () => {
    const payloadOf = (payload: string) => parseSigV4(sign(put, { payload }))?.payload;
    expect(payloadOf(emptySha256)).toEqual({ kind: 'hash', sha256: emptySha256 });
    expect(payloadOf('UNSIGNED-PAYLOAD')).toEqual({ kind: 'unsigned' });
    expect(payloadOf('STREAMING-UNSIGNED-PAYLOAD-TRAILER')).toEqual({
      kind: 'stream',
      signed: false,
      trailer: true,
    });
    expect(payloadOf('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')).toEqual({
      kind: 'stream',
      signed: true,
      trailer: false,
    });
    expect(payloadOf('STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER')).toEqual({
      kind: 'stream',
      signed: true,
      trailer: true,
    });
    expect(parseSigV4(presign(put))?.payload).toEqual({ kind: 'unsigned' });
  });

  test('of which both sides differ is told what the server signed', () => {
    const list = sign(request('GET', '/?prefix=a+b', { host }));
    const error = errorOf(() => verify(list, {}, 'other'));
    expect([error.code, error.status]).toEqual(['SignatureDoesNotMatch', 403]);
    const names = 'host;x-amz-content-sha256;x-amz-date';
    const canonical = `GET\n/\nprefix=a%20b\nhost:${host}\nx-amz-content-sha256:${emptySha256}\nx-amz-date:20130524T000000Z\n\n${names}\n${emptySha256}`;
    const hash = createHash('sha256').update(canonical).digest('hex');
    const stringToSign = `AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n${hash}`;
    const bytes = (text: string) => Buffer.from(text).toString('hex').match(/../g)!.join(' ');
    expect(Object.entries(error.fields)).toEqual([
      ['AWSAccessKeyId', accessKeyId],
      ['StringToSign', stringToSign],
      ['SignatureProvided', list.headers.authorization!.slice(-64)],
      ['StringToSignBytes', bytes(stringToSign)],
      ['CanonicalRequest', canonical],
      ['CanonicalRequestBytes', bytes(canonical)],
    ]);
  });

  test('may have header bytes that are no ASCII', () => {
    const wire = Buffer.from('grün', 'utf8').toString('latin1');
    const signed = sign(withHeader(put, 'x-amz-meta-color', wire));
    const canonical = errorOf(() => verify(signed, {}, 'other')).fields.CanonicalRequest;
    expect(canonical).toContain('x-amz-meta-color:grün\n');
  });
});

describe('an Authorization header', () => {
  const signed = sign(request('GET', '/key', { host }));
  const malformed = (detail: string) => [
    'AuthorizationHeaderMalformed',
    `The authorization header is malformed; ${detail}`,
  ];
  const components = malformed(
    'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
  );

  test.each([
    ['no Credential', /Credential=\S+ /, '', components],
    ['no SignedHeaders', /SignedHeaders=\S+ /, '', components],
    ['no Signature', /, Signature=.*/, '', components],
    [
      'a component too many',
      /$/,
      ', Colour=red',
      malformed('the authorization component "Colour=red" is malformed.'),
    ],
    [
      'a credential of four parts',
      '/us-east-1/',
      '/',
      malformed(
        'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
      ),
    ],
    [
      'a scope date of seven digits',
      '/20130524/',
      '/2013052/',
      malformed(
        'incorrect date format "2013052". This date in the credential must be in the format "yyyyMMdd".',
      ),
    ],
    [
      'another service',
      '/s3/',
      '/ec2/',
      malformed('incorrect service "ec2". This endpoint belongs to "s3".'),
    ],
    [
      'another terminal',
      'aws4_request',
      'aws4_reques',
      malformed('incorrect terminal "aws4_reques". This endpoint uses "aws4_request".'),
    ],
    [
      'a scope date that is not the date of the request',
      '/20130524/',
      '/20130523/',
      malformed(
        'Invalid credential date "20130523". This date is not the same as X-Amz-Date: "20130524".',
      ),
    ],
    [
      'another algorithm',
      'AWS4-HMAC-SHA256',
      'AWS4-HMAC-SHA1',
      ['InvalidArgument', 'Unsupported Authorization Type'],
    ],
    [
      'Signature Version 4A',
      'AWS4-HMAC-SHA256',
      'AWS4-ECDSA-P256-SHA256',
      ['NotImplemented', 'Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented.'],
    ],
    [
      'nothing but the algorithm',
      / .*/,
      '',
      [
        'InvalidArgument',
        "Authorization header is invalid -- one and only one ' ' (space) required",
      ],
    ],
  ] as const)('with %s is refused', (_name, from, to, expected) => {
    const error = errorOf(() => verify(withAuthorization(signed, from, to)));
    expect([error.code, error.message]).toEqual(expected);
  });

  test('leaves requests of other kinds to others', () => {
    expect(parseSigV4(withHeader(signed, 'authorization', undefined))).toBeUndefined();
    expect(parseSigV4(withHeader(signed, 'authorization', 'AWS key:signature'))).toBeUndefined();
  });

  test('needs a date', () => {
    for (const value of [
      undefined,
      '',
      '2013-05-24T00:00:00Z',
      '20131324T000000Z',
      '20130524T250000Z',
    ]) {
      const error = errorOf(() => verify(withHeader(signed, 'x-amz-date', value)));
      expect([error.code, error.message]).toEqual([
        'AccessDenied',
        'AWS authentication requires a valid Date or x-amz-date header',
      ]);
    }
  });

  test('needs x-amz-content-sha256', () => {
    const missing = errorOf(() => verify(withHeader(signed, 'x-amz-content-sha256', undefined)));
    expect([missing.code, missing.message]).toEqual([
      'InvalidRequest',
      'Missing required header for this request: x-amz-content-sha256',
    ]);
    const wrong = errorOf(() => verify(withHeader(signed, 'x-amz-content-sha256', 'ABC')));
    expect(wrong.code).toBe('InvalidArgument');
    expect(wrong.message).toMatch(
      /^x-amz-content-sha256 must be UNSIGNED-PAYLOAD, .* or a valid sha256 value\.$/,
    );
    expect(wrong.fields).toEqual({ ArgumentName: 'x-amz-content-sha256', ArgumentValue: 'ABC' });
    const sigV4a = 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD';
    const ecdsa = errorOf(() => verify(withHeader(signed, 'x-amz-content-sha256', sigV4a)));
    expect(ecdsa.code).toBe('NotImplemented');
  });

  test('needs host and all x-amz-* headers to be signed', () => {
    const added = errorOf(() => verify(withHeader(signed, 'x-amz-acl', 'public-read')));
    expect([added.code, added.message]).toEqual([
      'AccessDenied',
      'There were headers present in the request which were not signed',
    ]);
    expect(added.fields).toEqual({ HeadersNotSigned: 'x-amz-acl' });
    const hostless = sign(request('GET', '/key', {}));
    expect(errorOf(() => verify(hostless)).fields).toEqual({ HeadersNotSigned: 'host' });
  });

  test('holds for 15 minutes either way', () => {
    const minutes = 15 * 60_000;
    verify(signed, { now: now + minutes });
    verify(signed, { now: now - minutes });
    for (const other of [now + minutes + 1, now - minutes - 1]) {
      const error = errorOf(() => verify(signed, { now: other }));
      expect([error.code, error.status]).toEqual(['RequestTimeTooSkewed', 403]);
      expect(error.fields).toEqual({
        RequestTime: '20130524T000000Z',
        ServerTime: `${new Date(other).toISOString().slice(0, 19)}Z`,
        MaxAllowedSkewMilliseconds: '900000',
      });
    }
  });
});

describe('a presigned URL', () => {
  const presigned = presign(request('PUT', '/key?x-id=PutObject&x-amz-acl=private', { host }));
  const bad = (message: string) => ['AuthorizationQueryParametersError', message];
  const required = bad(
    'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
  );

  test.each(['Algorithm', 'Credential', 'Signature', 'Date', 'SignedHeaders', 'Expires'])(
    'without X-Amz-%s is refused',
    (name) => {
      const error = errorOf(() =>
        verify(withQuery(presigned, new RegExp(`X-Amz-${name}=[^&]*&?`), '')),
      );
      expect([error.code, error.message]).toEqual(required);
    },
  );

  test.each([
    [
      'SHA256&',
      'SHA1&',
      bad('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"'),
    ],
    [
      '20130524T000000Z',
      '2013-05-24',
      bad(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`),
    ],
    [
      '=86400',
      '=604801',
      bad(
        'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
      ),
    ],
    ['=86400', '=-1', bad('X-Amz-Expires must be non-negative')],
    ['=86400', '=1h', bad('X-Amz-Expires should be a number')],
    [
      '%2Fs3%2F',
      '%2Fec2%2F',
      bad(
        'Error parsing the X-Amz-Credential parameter; incorrect service "ec2". This endpoint belongs to "s3".',
      ),
    ],
    [
      'AWS4-HMAC-SHA256',
      'AWS4-ECDSA-P256-SHA256',
      ['NotImplemented', 'Signature Version 4A (AWS4-ECDSA-P256-SHA256) is not implemented.'],
    ],
  ] as const)('with %s changed to %s is refused', (from, to, expected) => {
    const error = errorOf(() => verify(withQuery(presigned, from, to)));
    expect([error.code, error.message]).toEqual(expected);
  });

  test('is refused if a parameter, the path or the method differs', () => {
    for (const changed of [
      withQuery(presigned, 'PutObject', 'GetObject'),
      withQuery(presigned, /$/, '&versionId=null'),
      { ...presigned, rawPath: '/other' },
      { ...presigned, method: 'GET' },
    ]) {
      expect(errorOf(() => verify(changed)).code).toBe('SignatureDoesNotMatch');
    }
  });

  test('must have signed all x-amz-* headers that are sent', () => {
    const error = errorOf(() => verify(withHeader(presigned, 'x-amz-meta-a', 'b')));
    expect(error.fields).toEqual({ HeadersNotSigned: 'x-amz-meta-a' });
  });

  test('carries headers as parameters', () => {
    const claim = parseSigV4(presigned);
    expect({ ...claim?.hoistedHeaders }).toEqual({ 'x-amz-acl': 'private' });
  });

  test('names the region in its own words', () => {
    const error = errorOf(() => verify(presigned, { region: 'eu-west-1' }));
    expect([error.code, error.message]).toEqual(
      bad(
        "Error parsing the X-Amz-Credential parameter; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
      ),
    );
    expect(error.fields).toEqual({ Region: 'eu-west-1' });
  });

  test('holds from its date on, with 15 minutes for slow clocks, until it expires', () => {
    const url = presign(request('GET', '/key', { host }), { expiresSeconds: 60 });
    verify(url, { now: now - 900_000 });
    verify(url, { now: now + 60_000 });
    const early = errorOf(() => verify(url, { now: now - 900_001 }));
    expect([early.code, early.message]).toEqual(['AccessDenied', 'Request is not yet valid']);
    const late = errorOf(() => verify(url, { now: now + 60_001 }));
    expect([late.code, late.message]).toEqual(['AccessDenied', 'Request has expired']);
    expect(Object.entries(late.fields)).toEqual([
      ['X-Amz-Expires', '60'],
      ['Expires', '2013-05-24T00:01:00Z'],
      ['ServerTime', '2013-05-24T00:01:00Z'],
    ]);
  });
});
