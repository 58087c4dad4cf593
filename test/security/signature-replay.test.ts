/** A signature is for one request: it is no good for another method, host, path, query, body, region or service. */
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { exchange, outcome, requestHead } from '../support/raw-http.ts';
import {
  chunkedPut,
  presignedV2,
  presignedV4,
  signedV2,
  signedV4,
} from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const other = await server.createBucket();
for (const bucket of [Bucket, other]) {
  await server.main.send(new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: bucket }));
}
const path = `/${Bucket}/a`;
const mismatch = '403 SignatureDoesNotMatch';

const send = async (method: string, target: string, headers: object, body = ''): Promise<string> =>
  outcome(
    await exchange(
      server.port,
      [requestHead(method, target, headers as Record<string, string>), body],
      {
        head: method === 'HEAD',
      },
    ),
  );

describe.each([
  ['version 4', signedV4],
  ['version 2', signedV2],
] as const)('a signature of %s', (_, sign) => {
  const signed = sign({ method: 'GET', path });

  test('holds for what was signed', async () => {
    expect(await send('GET', path, signed.headers)).toBe('200');
  });

  test.each(['DELETE', 'PUT', 'POST'])('is no good for %s', async (method) => {
    expect(await send(method, path, { ...signed.headers, 'content-length': '0' })).toMatch(
      /^(403|400|405|411|501)/,
    );
    expect(await send('GET', path, signed.headers)).toBe('200');
  });

  test('is no good for another key, bucket or query', async () => {
    for (const target of [
      `/${Bucket}/b`,
      `/${other}/a`,
      `/${Bucket}`,
      '/',
      `${path}/`,
      `/${path}`,
    ]) {
      expect(await send('GET', target, signed.headers)).toBe(mismatch);
    }
    for (const query of ['acl', 'tagging', 'versionId=null']) {
      expect(await send('GET', `${path}?${query}`, signed.headers)).toBe(mismatch);
    }
  });

  test('is no good for another time', async () => {
    const later = new Date(Date.now() + 60_000);
    const changed =
      'x-amz-date' in signed.headers
        ? { 'x-amz-date': `${later.toISOString().replaceAll(/[-:]|\.\d{3}/g, '')}` }
        : { Date: later.toUTCString() };
    expect(await send('GET', path, { ...signed.headers, ...changed })).toBe(mismatch);
  });

  test('is good for 15 minutes', async () => {
    const old = sign({ method: 'GET', path, now: Date.now() - 16 * 60_000 });
    expect(await send('GET', path, old.headers)).toBe('403 RequestTimeTooSkewed');
  });
});

describe('a signature of version 4', () => {
  test('is no good on another host or port', async () => {
    const { headers } = signedV4({ method: 'GET', path, host: 'localhost:9000' });
    for (const host of ['localhost', 'localhost:9001', 'example.com:9000']) {
      expect(await send('GET', path, { ...headers, host })).toBe(mismatch);
    }
  });

  test('is no good for another body', async () => {
    const signed = signedV4({ method: 'PUT', path: `/${Bucket}/body`, body: 'one' });
    expect(await send('PUT', `/${Bucket}/body`, signed.headers, 'two')).toBe(
      '400 XAmzContentSHA256Mismatch',
    );
    const unsigned = { ...signed.headers, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    expect(await send('PUT', `/${Bucket}/body`, unsigned, 'two')).toBe(mismatch);
    expect(
      await send(
        'GET',
        `/${Bucket}/body`,
        signedV4({ method: 'GET', path: `/${Bucket}/body` }).headers,
      ),
    ).toBe('404 NoSuchKey');
  });

  test('is no good for another region, day or service, whatever the scope says', async () => {
    const { headers } = signedV4({ method: 'GET', path });
    for (const [from, to] of [
      [/us-east-1/, 'eu-west-1'],
      [/\/s3\//, '/sts/'],
      [/\/\d{8}\//, '/20200101/'],
    ] as const) {
      const authorization = headers.authorization!.replace(from, to);
      expect(await send('GET', path, { ...headers, authorization })).toMatch(
        /^(403 SignatureDoesNotMatch|400 AuthorizationHeaderMalformed)$/,
      );
    }
    const sts = signedV4({ method: 'GET', path, service: 'sts' });
    expect(await send('GET', path, sts.headers)).toBe('400 AuthorizationHeaderMalformed');
  });

  test('of a stream of chunks is no good for chunks in another order, or those of another upload', async () => {
    const data = [Buffer.alloc(9000, 'a'), Buffer.alloc(9000, 'b')];
    const [first, second] = ['one', 'two'].map((key) =>
      chunkedPut({
        path: `/${Bucket}/${key}`,
        data: key === 'one' ? data : [...data].reverse(),
        signed: true,
      }),
    );
    const swapped = await exchange(server.port, [first!.head, second!.body]);
    expect(outcome(swapped)).toBe(mismatch);
    const { headers } = signedV4({ method: 'GET', path: `/${Bucket}/one` });
    expect(await send('GET', `/${Bucket}/one`, headers)).toBe('404 NoSuchKey');
  });

  test('in the header is no good in a URL, nor one in a URL in the header', async () => {
    const url = presignedV4({ method: 'GET', path, expiresSeconds: 60 });
    const query = new URLSearchParams(url.split('?')[1]);
    const authorization = `AWS4-HMAC-SHA256 Credential=${query.get('X-Amz-Credential')}, SignedHeaders=host, Signature=${query.get('X-Amz-Signature')}`;
    const headers = { host: 'localhost', 'x-amz-date': query.get('X-Amz-Date')!, authorization };
    expect(await send('GET', path, headers)).toMatch(/^(400|403) /);
  });
});

describe('a presigned URL', () => {
  const versions = {
    'version 4': () => presignedV4({ method: 'GET', path, expiresSeconds: 60 }),
    'version 2': () =>
      presignedV2({ method: 'GET', path, expires: Math.floor(Date.now() / 1000) + 60 }),
  };
  const host = { host: 'localhost' };

  test.each(Object.entries(versions))(
    'of %s is for its method, key and parameters alone',
    async (_, url) => {
      expect(await send('GET', url(), host)).toBe('200');
      for (const method of ['DELETE', 'PUT']) {
        expect(await send(method, url(), { ...host, 'content-length': '0' })).toBe(mismatch);
      }
      expect(await send('GET', url().replace('/a?', '/b?'), host)).toBe(mismatch);
      expect(await send('GET', url().replace(Bucket, other), host)).toBe(mismatch);
      const added = [
        'acl',
        'tagging',
        'versionId=null',
        'uploads',
        'torrent',
        'retention',
        'legal-hold',
        'attributes',
        'response-content-type=text%2Fhtml',
        'x-amz-acl=public-read',
        'X-Amz-Security-Token=x',
      ];
      for (const parameter of added) {
        const answer = await send('GET', `${url()}&${parameter}`, host);
        // What no operation answers to is refused before anybody is asked who signed it.
        expect(answer, parameter).toMatch(/^(403|400|405|501) /);
      }
      expect(await send('GET', url(), host)).toBe('200');
    },
  );

  test.each(Object.entries(versions))('of %s ends when it was signed to', async (name, url) => {
    const longer =
      name === 'version 4'
        ? url().replace('X-Amz-Expires=60', 'X-Amz-Expires=600')
        : url().replace(/Expires=(\d+)/, (_, at) => `Expires=${Number(at) + 600}`);
    expect(await send('GET', longer, host)).toBe(mismatch);
    const twice =
      name === 'version 4' ? `${url()}&X-Amz-Expires=600` : `${url()}&Expires=9999999999`;
    expect(await send('GET', twice, host)).toMatch(/^(200|400.*|403.*)$/);
    const expired =
      name === 'version 4'
        ? presignedV4({ method: 'GET', path, expiresSeconds: 60, now: Date.now() - 120_000 })
        : presignedV2({ method: 'GET', path, expires: Math.floor(Date.now() / 1000) - 60 });
    const again =
      name === 'version 4' ? `${expired}&X-Amz-Expires=600` : `${expired}&Expires=9999999999`;
    expect(await send('GET', expired, host)).toBe('403 AccessDenied');
    expect(await send('GET', again, host)).toMatch(/^403 /);
  });
});
