/** A request that holds, changed in one way: the diagnosis names that way. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { S3Error } from '../errors.ts';
import { parseQuery } from '../query.ts';
import type { WireRequest } from '../request.ts';
import { parseSignature, verifySignature } from '../signature.ts';
import { stringToSignV2 } from '../sigv2/string-to-sign.ts';
import { signV2 } from '../sigv2/verify.ts';
import { signSigV4 } from '../sigv4/sign.ts';
import { type DiagnosisContext, diagnoseSignature } from './diagnosis.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const accessKeyId = 'KEY';
const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const bucket = 'photos';

interface Given {
  readonly method: string;
  readonly key: string;
  readonly query: string;
  readonly host: string;
  readonly port: string;
  readonly contentType: string | undefined;
}

const given: fc.Arbitrary<Given> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'DELETE', 'HEAD'),
  key: fc.constantFrom('a', 'a/b', 'dir/a%20b', 'x/y/z.txt', '%C3%A9/b'),
  query: fc.constantFrom('', 'versionId=1', 'tagging', 'prefix=a%20b&max-keys=3'),
  host: fc.constantFrom('s3.example.com', 'storage.local'),
  port: fc.constantFrom('', ':9000', ':8443'),
  contentType: fc.constantFrom(undefined, 'text/plain', 'image/png'),
});

const wire = (method: string, rawPath: string, rawQuery: string, headers: object): WireRequest => ({
  method,
  rawPath,
  rawQuery,
  query: rawQuery === '' ? [] : parseQuery(rawQuery),
  headers: Object.assign(Object.create(null), headers),
});

interface SignWith {
  readonly secret?: string;
  readonly region?: string;
  readonly service?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** As a client sends it, in path style. */
function request(one: Given, more: Readonly<Record<string, string>> = {}): WireRequest {
  const headers = {
    host: one.host + one.port,
    ...(one.contentType !== undefined && { 'content-type': one.contentType }),
    ...more,
  };
  return wire(one.method, `/${bucket}/${one.key}`, one.query, headers);
}

function signed4(
  unsigned: WireRequest,
  { secret: other = secret, region = 'us-east-1', service = 's3' }: SignWith = {},
): WireRequest {
  const credentials = { accessKeyId, secretAccessKey: other };
  const signedHeaders = Object.keys(unsigned.headers).filter(
    (name) => !name.startsWith('x-forwarded'),
  );
  const { headers } = signSigV4(unsigned, credentials, {
    ...{ now, region, service, payload: 'UNSIGNED-PAYLOAD' },
    signedHeaders: [...signedHeaders, 'x-amz-date', 'x-amz-content-sha256'].sort(),
  });
  return { ...unsigned, headers: Object.assign(Object.create(null), headers) };
}

function signed2(unsigned: WireRequest, path = unsigned.rawPath): WireRequest {
  const date = new Date(now).toUTCString();
  const parts = { date, hoistedHeaders: {}, path, withLateSubresources: true };
  const headers = Object.assign(Object.create(null), unsigned.headers, { date });
  const text = stringToSignV2({ ...unsigned, headers }, parts);
  headers.authorization = `AWS ${accessKeyId}:${signV2(secret, text)}`;
  return { ...unsigned, headers };
}

const context: DiagnosisContext = {
  secrets: [secret],
  region: 'us-east-1',
  domains: ['s3.example.com'],
  bucket,
  bucketInHost: false,
  ports: [8443],
};

const header = (sent: WireRequest, name: string, value: string | undefined): WireRequest => ({
  ...sent,
  headers: Object.assign(Object.create(null), sent.headers, { [name]: value }),
});

const query = (sent: WireRequest, rawQuery: string): WireRequest => ({
  ...sent,
  rawQuery,
  query: parseQuery(rawQuery),
});

/** What a client or a proxy does, and the cause that is to be named for it. */
const mutations: Readonly<Record<string, (one: Given) => WireRequest>> = {
  secret: (one) => signed4(request(one), { secret: `${secret}\n` }),
  unknown: (one) => signed4(request(one), { secret: 'quite another' }),
  method: (one) => {
    const sent = signed4(request(one));
    return { ...sent, method: one.method === 'GET' ? 'HEAD' : 'GET' };
  },
  'host-port': (one) => {
    const port = one.port === '' ? ':9000' : '';
    return header(signed4(request(one)), 'host', one.host + port);
  },
  'forwarded-host': (one) => {
    const sent = signed4(request({ ...one, host: 'files.example.org', port: '' }));
    return header(header(sent, 'host', 'backend:3000'), 'x-forwarded-host', 'files.example.org');
  },
  'host-style': (one) => {
    const host = `${bucket}.${one.host}`;
    const direct = request({ ...one, port: '' });
    const virtual = signed4({ ...header(direct, 'host', host), rawPath: `/${one.key}` });
    return { ...header(virtual, 'host', one.host), rawPath: direct.rawPath };
  },
  'path-encoding': (one) => {
    const doubled = { ...one, key: 'a%2520b' };
    return { ...signed4(request(doubled)), rawPath: `/${bucket}/a%20b` };
  },
  'path-normalised': (one) => ({
    ...signed4(request({ ...one, key: 'a/b' })),
    rawPath: `/${bucket}/a//./c/../b`,
  }),
  'path-rewritten': (one) =>
    header(
      {
        ...signed4({ ...request(one), rawPath: `/s3/${bucket}/${one.key}` }),
        rawPath: `/${bucket}/${one.key}`,
      },
      'x-forwarded-prefix',
      '/s3',
    ),
  'query-added utm': (one) => {
    const sent = signed4(request(one));
    return query(sent, one.query === '' ? 'utm=1' : `${one.query}&utm=1`);
  },
  'header-removed content-type': (one) =>
    header(signed4(request({ ...one, contentType: 'text/plain' })), 'content-type', undefined),
  'header-changed content-type': (one) =>
    header(
      signed4(request({ ...one, contentType: 'text/plain' })),
      'content-type',
      'text/plain; charset=utf-8',
    ),
  'header-changed accept-encoding': (one) =>
    header(
      signed4(request(one, { 'accept-encoding': 'identity' })),
      'accept-encoding',
      'gzip, zstd',
    ),
  'missing-headers': (one) =>
    header(signed4(request(one, { 'x-custom': 'nobody guesses this' })), 'x-custom', undefined),
  'payload-hash': (one) => header(signed4(request(one)), 'x-amz-content-sha256', '0'.repeat(64)),
  region: (one) => {
    const other = signed4(request(one), { region: 'eu-central-1' });
    return header(
      other,
      'authorization',
      other.headers.authorization!.replace('eu-central-1', 'us-east-1'),
    );
  },
};

const mutationsV2: Readonly<Record<string, (one: Given) => WireRequest>> = {
  method: (one) => ({ ...signed2(request(one)), method: one.method === 'GET' ? 'HEAD' : 'GET' }),
  'header-removed content-type': (one) =>
    header(signed2(request({ ...one, contentType: 'text/plain' })), 'content-type', undefined),
  'header-added content-type': (one) =>
    header(signed2(request({ ...one, contentType: undefined })), 'content-type', 'a/b'),
  'host-style': (one) => signed2(request(one), `/${one.key}`),
  'path-encoding': (one) => ({
    ...signed2(request({ ...one, key: 'a%2Fb' })),
    rawPath: `/${bucket}/a/b`,
  }),
};

function diagnosisOf(sent: WireRequest): string {
  const claim = parseSignature(sent)!;
  let error: unknown;
  try {
    verifySignature(claim, sent, secret, { now });
  } catch (thrown) {
    error = thrown;
  }
  // It has to be this mistake and no other that the diagnosis is asked about.
  expect((error as S3Error | undefined)?.code).toBe('SignatureDoesNotMatch');
  const { cause, says } = diagnoseSignature(claim, sent, context);
  expect(says).not.toContain(secret);
  return cause;
}

describe('diagnoseSignature', () => {
  it('starts from requests that hold', () => {
    fc.assert(
      fc.property(given, (one) => {
        for (const sent of [signed4(request(one)), signed2(request(one))]) {
          verifySignature(parseSignature(sent)!, sent, secret, { now });
        }
      }),
    );
  });

  it.each(Object.keys(mutations))('names what was done: %s', (cause) => {
    fc.assert(
      fc.property(given, (one) => {
        expect(diagnosisOf(mutations[cause]!(one))).toBe(cause);
      }),
      {
        numRuns: 40,
      },
    );
  });

  it.each(Object.keys(mutationsV2))('names it of Signature Version 2: %s', (cause) => {
    fc.assert(
      fc.property(given, (one) => {
        expect(diagnosisOf(mutationsV2[cause]!(one))).toBe(cause);
      }),
      { numRuns: 40 },
    );
  });

  it('tries the secrets of a key that is being rotated', () => {
    const sent = header(
      signed4(
        request({
          method: 'GET',
          key: 'a',
          query: '',
          host: 'h',
          port: ':9000',
          contentType: undefined,
        }),
      ),
      'host',
      'h',
    );
    const secrets = ['the newest', secret];
    expect(diagnoseSignature(parseSignature(sent)!, sent, { ...context, secrets }).cause).toBe(
      'host-port',
    );
  });
});
