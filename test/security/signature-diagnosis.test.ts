/** A signature that doesn't hold: the client gets what AWS tells, the log says what was likely done, and nothing more. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { element, exchange, outcome, requestHead } from '../support/raw-http.ts';
import { signedV2, signedV4 } from '../support/signed-request.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ flags: ['--access-log', '4xx', '--log-format', 'json'] });
});
afterAll(() => server?.remove());

interface Line {
  readonly requestId: string;
  readonly reason?: string;
}

async function loggedReason(requestId: string): Promise<string | undefined> {
  const line = () =>
    server
      .log()
      .split('\n')
      .find((one) => one.includes(requestId));
  await until(() => line() !== undefined, 'the request is logged');
  return (JSON.parse(line()!) as Line).reason;
}

const request = { method: 'GET', path: '/photos/a' };
const changed = (headers: Readonly<Record<string, string>>) =>
  requestHead(request.method, request.path, headers);

describe('SignatureDoesNotMatch', () => {
  test('tells the client canonical request and string to sign of the server, with both versions', async () => {
    const v4 = signedV4({ ...request, host: 'storage.example.com:9000' });
    const answer = await exchange(
      server.port,
      changed({ ...v4.headers, host: 'storage.example.com' }),
    );
    expect(outcome(answer)).toBe('403 SignatureDoesNotMatch');
    expect(element(answer, 'CanonicalRequest')).toMatch(
      /^GET\n\/photos\/a\n\nhost:storage.example.com\n/,
    );
    expect(element(answer, 'StringToSign')).toMatch(/^AWS4-HMAC-SHA256\n/);
    expect(element(answer, 'SignatureProvided')).toMatch(/^[0-9a-f]{64}$/);

    const v2 = signedV2(request);
    const other = await exchange(server.port, changed({ ...v2.headers, 'content-type': 'a/b' }));
    expect(outcome(other)).toBe('403 SignatureDoesNotMatch');
    expect(element(other, 'StringToSign')).toMatch(/^GET\n\na\/b\n[^\n]+\n\/photos\/a$/);
    expect(element(other, 'CanonicalRequest')).toBeUndefined();
  });

  test('is explained in the log and not in the answer', async () => {
    const v4 = signedV4({ ...request, host: 'storage.example.com:9000' });
    const answer = await exchange(
      server.port,
      changed({ ...v4.headers, host: 'storage.example.com' }),
    );
    expect(await loggedReason(answer.headers['x-amz-request-id']!)).toBe(
      'it was signed for Host "storage.example.com:9000", with port 9000, and came with Host "storage.example.com"',
    );
    expect(answer.body.toString()).not.toContain('storage.example.com:9000');

    const form = signedV4({
      method: 'POST',
      path: '/',
      service: 'sts',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'Action=GetCallerIdentity&Version=2011-06-15',
    });
    const headers = { ...form.headers, 'content-type': 'application/x-www-form-urlencoded' };
    const sts = await exchange(server.port, [requestHead('POST', '/', headers), form.body]);
    expect(outcome(sts)).toBe('403 SignatureDoesNotMatch');
    expect(await loggedReason(sts.headers['x-amzn-requestid']!)).toMatch(
      /^header content-type was signed as/,
    );
  });

  test('of another secret gives away nothing about it', async () => {
    const account = { ...main, secretAccessKey: 'a guess' };
    const answer = await exchange(server.port, signedV4({ ...request, account }).bytes);
    expect(await loggedReason(answer.headers['x-amz-request-id']!)).toMatch(
      /^none of the usual changes/,
    );
    expect(server.log() + answer.body.toString()).not.toContain(main.secretAccessKey);
  });

  test('for a clock that is wrong tells both times', async () => {
    const now = Date.now() - 3_600_000;
    const answer = await exchange(server.port, signedV4({ ...request, now }).bytes);
    expect(outcome(answer)).toBe('403 RequestTimeTooSkewed');
    expect(await loggedReason(answer.headers['x-amz-request-id']!)).toMatch(
      /one of the clocks is wrong$/,
    );
  });
});
