/** Guesses at keys and secrets are slowed down by address and key, and lock nobody out who doesn't guess. */
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alt, main, type TestAccount } from '../support/accounts.ts';
import { element } from '../support/raw-http.ts';
import { signedV2, signedV4 } from '../support/signed-request.ts';
import { consolePage, type RunningServer, startServer } from '../support/start-server.ts';

const limit = 5;
const attacker = '127.0.0.2';
const elsewhere = '127.0.0.3';
let server: RunningServer;
beforeAll(async () => {
  server = await startServer({ workers: 1, flags: ['--max-bad-signatures', String(limit)] });
});
afterAll(() => server?.remove());

type Keys = Pick<TestAccount, 'accessKeyId' | 'secretAccessKey'>;
const guess = { ...main, secretAccessKey: 'a guess' };

/** What a request of this key from this address is answered: `200`, or status and code. */
async function ask(
  localAddress: string,
  account: Keys,
  sign: typeof signedV2 = signedV4,
): Promise<string> {
  const { headers } = sign({ method: 'GET', path: '/', account });
  const { port } = server;
  const sent = request({ host: '127.0.0.1', port, path: '/', localAddress, headers, agent: false });
  return new Promise((resolve, reject) => {
    sent.on('error', reject);
    sent.on('response', async (response) => {
      const body = await text(response);
      const { statusCode } = response;
      resolve(statusCode === 200 ? '200' : `${statusCode} ${element(body, 'Code')}`);
    });
    sent.end();
  });
}

const times = async (count: number, act: () => Promise<string>): Promise<string[]> => {
  const answers: string[] = [];
  for (let at = 0; at < count; at++) answers.push(await act());
  return answers;
};

describe('brute force', () => {
  test('on one key is answered SlowDown from that address, with either version, and even with the right secret', async () => {
    const wrong = '403 SignatureDoesNotMatch';
    expect(await times(limit - 2, () => ask(attacker, guess))).toEqual([wrong, wrong, wrong]);
    expect(await times(4, () => ask(attacker, guess, signedV2))).toEqual([
      ...[wrong, wrong],
      ...['503 SlowDown', '503 SlowDown'],
    ]);
    // Or it would tell which guess was right.
    expect(await ask(attacker, main)).toBe('503 SlowDown');
  });

  test('locks out neither the owner elsewhere nor others at the same address', async () => {
    expect(await ask(elsewhere, main)).toBe('200');
    expect(await ask(attacker, alt)).toBe('200');
  });

  test('on names of keys is answered SlowDown, while keys that exist go on', async () => {
    let next = 0;
    const unknown = () =>
      ask(attacker, { accessKeyId: `KISTGUESS${next++}`, secretAccessKey: 'x' });
    expect(await times(limit + 2, unknown)).toEqual([
      ...Array<string>(limit).fill('403 InvalidAccessKeyId'),
      ...['503 SlowDown', '503 SlowDown'],
    ]);
    expect(await ask(attacker, alt)).toBe('200');
  });

  test('is told by a metric', async () => {
    const { body } = await consolePage(server.consolePort, '/metrics');
    const [, count] = /^kist_limited_signatures_total (\d+)$/m.exec(body) ?? [];
    expect(Number(count)).toBe(5);
  });
});
