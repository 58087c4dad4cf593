/** The host names bucket and namespace, and is signed: nothing else says where a request goes. */
import { CreateBucketCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, test } from 'vitest';
import { main, tenant } from '../support/accounts.ts';
import { exchange, outcome, requestHead } from '../support/raw-http.ts';
import { signedV4 } from '../support/signed-request.ts';
import { startTestServer } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = 'host-tricks';
for (const [client, Body] of [
  [server.main, 'of main'],
  [server.tenant, 'of tenant'],
] as const) {
  await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body }));
}
const path = `/${Bucket}/a`;

describe('host header', () => {
  test('of another namespace gives a key nothing there', async () => {
    const host = 'tenantx.localhost';
    const own = await exchange(
      server.port,
      signedV4({ method: 'GET', path, host, account: tenant }).bytes,
    );
    expect(own.body.toString()).toBe('of tenant');
    const other = await exchange(server.port, signedV4({ method: 'GET', path, host }).bytes);
    expect(outcome(other)).toBe('403 AccessDenied');
  });

  test('that was changed after signing is refused, whatever forwarding headers say', async () => {
    const { headers } = signedV4({ method: 'GET', path, host: 'localhost' });
    for (const name of ['x-forwarded-host', 'x-host', 'x-original-host', 'forwarded']) {
      for (const host of ['tenantx.localhost', 'evil.example.com']) {
        const value = name === 'forwarded' ? 'host=localhost' : 'localhost';
        const sent = requestHead('GET', path, { ...headers, host, [name]: value });
        expect(outcome(await exchange(server.port, sent))).toBe('403 SignatureDoesNotMatch');
      }
    }
  });

  test.each(['x-forwarded-host', 'x-host', 'x-original-host', 'x-forwarded-server', 'forwarded'])(
    'beside %s is the one that counts',
    async (name) => {
      const headers = {
        [name]: name === 'forwarded' ? 'host=tenantx.localhost' : 'tenantx.localhost',
      };
      const answer = await exchange(server.port, signedV4({ method: 'GET', path, headers }).bytes);
      expect(answer.body.toString()).toBe('of main');
    },
  );

  test('that is there twice, or lists two, is refused', async () => {
    const { headers } = signedV4({ method: 'GET', path });
    const pairs = Object.entries(headers);
    const twice = requestHead('GET', path, [...pairs, ['Host', 'tenantx.localhost']]);
    expect((await exchange(server.port, twice)).status).toBe(400);
    const listed = requestHead('GET', path, { ...headers, host: 'localhost,tenantx.localhost' });
    expect((await exchange(server.port, listed)).status).toBe(400);
  });

  test.each([
    ['tenantx.localhost@localhost', '403 SignatureDoesNotMatch'],
    ['localhost#.tenantx.localhost', '403 SignatureDoesNotMatch'],
    ['localhost/tenantx.localhost', '403 SignatureDoesNotMatch'],
    ['localhost:80@tenantx.localhost', '403 SignatureDoesNotMatch'],
    ['LOCALHOST', '403 SignatureDoesNotMatch'],
    ['localhost.', '403 SignatureDoesNotMatch'],
    ['[::1]', '403 SignatureDoesNotMatch'],
    ['', '403 SignatureDoesNotMatch'],
  ])('spelled %s is not the one that was signed', async (host, refusal) => {
    const { headers } = signedV4({ method: 'GET', path });
    const answer = await exchange(server.port, requestHead('GET', path, { ...headers, host }));
    expect([refusal, '400 BadRequest', '400']).toContain(outcome(answer));
  });

  test('of a whole URL counts, and is what has to be signed', async () => {
    const { headers } = signedV4({ method: 'GET', path });
    const target = `http://tenantx.localhost${path}`;
    expect(outcome(await exchange(server.port, requestHead('GET', target, headers)))).toBe(
      '403 SignatureDoesNotMatch',
    );
  });

  test('with a bucket in it and another in the path means a key of the first', async () => {
    const host = `${Bucket}.localhost`;
    const inHost = await exchange(server.port, signedV4({ method: 'GET', path: '/a', host }).bytes);
    expect(inHost.body.toString()).toBe('of main');
    const both = await exchange(
      server.port,
      signedV4({ method: 'GET', path, host, account: main }).bytes,
    );
    expect(outcome(both)).toBe('404 NoSuchKey');
  });
});
