/** What a sender makes of redirects and regions that no small server can show: encrypted ones, and AWS's own hosts. */
import { describe, expect, it } from 'vitest';
import { GetObject, ListBuckets, PutObject } from '../model/operations.gen.ts';
import { answered } from './codec/answered.fixture.ts';
import type { ClientConfig } from './config.ts';
import { createClientWith } from './create-client.ts';
import { nodeRuntime } from './node/node-runtime.ts';
import type { Runtime, TransportRequest, TransportResponse } from './runtime.ts';

type Answer = (request: TransportRequest, nth: number) => TransportResponse;

const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const at = { Bucket: 'bucket', Key: 'k' };

function clientOf(answer: Answer, config: ClientConfig = {}) {
  const sent: TransportRequest[] = [];
  const runtime: Runtime = {
    ...nodeRuntime,
    environment: () => ({}),
    sleep: async () => {},
    createTransport: () => ({
      async send(request) {
        sent.push(request);
        return answer(request, sent.length);
      },
      close() {},
    }),
  };
  return { sent, client: createClientWith(runtime, [], { credentials, ...config }) };
}

const ok = () => answered(200, [], 'x');
const redirect = (location: string) => answered(307, ['Location', location], '');

describe('a redirect', () => {
  const endpoint = 'https://s3.example.com';

  it('from an encrypted connection to a plain one is not followed', async () => {
    const { client, sent } = clientOf(() => redirect('http://s3.example.com/bucket/k'), {
      endpoint,
    });
    await expect(client.send(GetObject, at)).rejects.toMatchObject({ code: 'TemporaryRedirect' });
    expect(sent).toHaveLength(1);
  });

  it('goes where it says, dots in keys and ports and addresses as they are', async () => {
    const to = 'https://[::1]:9443/bucket/a/../b%20/.?ignored=1#too';
    const { client, sent } = clientOf((_, nth) => (nth === 1 ? redirect(to) : ok()), { endpoint });
    await client.send(GetObject, { ...at, VersionId: 'v' });
    expect(sent[1]).toMatchObject({
      origin: { secure: true, hostname: '::1', port: '9443', host: '[::1]:9443' },
      path: '/bucket/a/../b%20/.?versionId=v',
      headers: { host: '[::1]:9443' },
    });
    expect(sent[1]!.headers.authorization).not.toBe(sent[0]!.headers.authorization);
  });

  it('to a host of the bucket’s own is signed for it', async () => {
    const signatures = async (location: string, config: ClientConfig) => {
      const { client, sent } = clientOf((_, nth) => (nth === 1 ? redirect(location) : ok()), {
        endpoint,
        signatureVersion: 's3',
        ...config,
      });
      await client.send(GetObject, at);
      return sent.at(-1)!.headers.authorization;
    };
    // Version 2 signs the bucket as if it were in the path, wherever it is.
    const inHost = await signatures('https://bucket.s3-2.example.com/k', {});
    const inPath = await signatures('https://s3-2.example.com/bucket/k', {
      addressingStyle: 'virtual',
    });
    expect(inHost).toBe(inPath);
  });

  it('does not send again what can be read only once', async () => {
    const { client, sent } = clientOf(() => redirect('https://s3-2.example.com/bucket/k'), {
      endpoint,
    });
    const Body = (async function* () {
      yield Buffer.from('x');
    })();
    const put = client.send(PutObject, { ...at, Body, ContentLength: 1 });
    await expect(put).rejects.toMatchObject({ code: 'TemporaryRedirect' });
    expect(sent).toHaveLength(1);
  });
});

describe('AWS itself', () => {
  it('is asked at the region’s endpoint, the bucket in the host where it can be', async () => {
    const { client, sent } = clientOf(ok, { region: 'eu-west-3' });
    await client.send(GetObject, at);
    await client.send(GetObject, { ...at, Bucket: 'with.dots' });
    await client.send(ListBuckets, {}).catch(() => undefined);
    const addresses = sent.map(({ origin, path }) => `${origin.host}${path}`);
    expect(addresses).toEqual([
      'bucket.s3.eu-west-3.amazonaws.com/k',
      's3.eu-west-3.amazonaws.com/with.dots/k',
      's3.eu-west-3.amazonaws.com/',
    ]);
  });

  it('is asked in the region that a bucket is in, once that is known', async () => {
    const answer: Answer = ({ origin }) =>
      origin.host.includes('eu-west-3')
        ? ok()
        : answered(301, ['x-amz-bucket-region', 'eu-west-3'], '');
    const { client, sent } = clientOf(answer);
    await client.send(GetObject, at);
    await client.send(GetObject, at);
    const hosts = sent.map(({ origin }) => origin.host);
    const moved = 'bucket.s3.eu-west-3.amazonaws.com';
    expect(hosts).toEqual(['bucket.s3.us-east-1.amazonaws.com', moved, moved]);
    expect(sent[1]!.headers.authorization).toContain('/eu-west-3/s3/aws4_request');
    expect(client.locate('bucket', 'k').origin.host).toBe(moved);
    expect(await client.scope('bucket')).toMatchObject({ region: 'eu-west-3' });
    expect(await client.scope('another')).toMatchObject({ region: 'us-east-1' });
  });
});
