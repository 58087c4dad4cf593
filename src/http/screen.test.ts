/** What keeps requests out or makes them wait, over a real edge. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Account, Caller } from '../identity/identity.ts';
import type { NamespaceRecord } from '../identity/records.ts';
import { networksOf } from '../limits/addresses.ts';
import { createRateKeeper } from '../limits/rate-keeper.ts';
import type { Bucket, BucketLimits } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { type Edge, edgeIdentity, startEdge } from './edge.fixture.ts';
import type { Exchange } from './exchange.ts';
import { code } from './raw-client.fixture.ts';
import { createScreen } from './screen.ts';

let edge: Edge;
let now: number;
let limits: BucketLimits | undefined;
let restrictions: Omit<NamespaceRecord, 'name' | 'createdAt'> | undefined;
let anonymous: number;
let proxies: readonly string[] | undefined;

const identity = {
  ...edgeIdentity,
  restrictions: (name: string) =>
    restrictions && name === 'default' ? { name, createdAt: 0, ...restrictions } : undefined,
};

/** The buckets of the fixture, with limits. */
const limited = (store: Store): Store => ({
  ...store,
  buckets: {
    ...store.buckets,
    get: async (namespace: string, name: string) => {
      const bucket = await store.buckets.get(namespace, name);
      return bucket && ({ ...bucket, id: name, ...(limits && { limits }) } as Bucket);
    },
  },
});

async function start(): Promise<void> {
  edge = await startEdge({
    wrapStore: limited,
    deps: {
      identity,
      rates: createRateKeeper(() => now),
      anonymousRequestsPerSecond: anonymous,
      trustedProxies: proxies && networksOf(proxies),
    },
  });
}

beforeEach(() => {
  now = 0;
  anonymous = 0;
  limits = undefined;
  restrictions = undefined;
  proxies = undefined;
});
afterEach(() => edge.stop());

const get = (path = '/public/open', more = '') =>
  edge.ask(`GET ${path} HTTP/1.1\nHost: 127.0.0.1${more}`);

describe('a list of addresses', () => {
  it.each(['private', ['127.0.0.0/8'], 'public'] as const)(
    'of a bucket that is %s lets this machine in',
    async (addresses) => {
      limits = { addresses };
      await start();
      expect((await get()).status).toBe(200);
    },
  );

  it('of a bucket keeps everybody else out, whatever the request is', async () => {
    limits = { addresses: ['192.0.2.0/24'] };
    await start();
    const answer = await get();
    expect([answer.status, code(answer)]).toEqual([403, 'AccessDenied']);
    expect(code(await edge.ask('PUT /public/new HTTP/1.1\nHost: x\nContent-Length: 0'))).toBe(
      'AccessDenied',
    );
    await expect.poll(() => edge.entries.length).toBe(2);
    expect(edge.entries[0]?.reason).toBe('bucket public lets no requests in from 127.0.0.1');
    expect(edge.seen).toEqual([]);
  });

  it('of a namespace comes before anything is told of its buckets', async () => {
    restrictions = { addresses: ['192.0.2.0/24'] };
    await start();
    expect(code(await get())).toBe('AccessDenied');
    expect(code(await get('/absent/open'))).toBe('AccessDenied');
  });

  it('goes by what a trusted proxy tells, as the log does', async () => {
    limits = { addresses: ['192.0.2.0/24'] };
    proxies = ['127.0.0.1'];
    await start();
    const statusFrom = async (forwarded: string) =>
      (await get('/public/open', `\nX-Forwarded-For: ${forwarded}`)).status;
    expect(await statusFrom('192.0.2.7')).toBe(200);
    expect(await statusFrom('192.0.2.7, 198.51.100.1')).toBe(403);
    expect(await statusFrom('unknown')).toBe(403);
    await expect.poll(() => edge.entries.length).toBe(3);
    expect(edge.entries.map(({ clientAddress }) => clientAddress)).toEqual([
      '192.0.2.7',
      '198.51.100.1',
      undefined,
    ]);
  });

  it('takes no header’s word where no proxy is trusted', async () => {
    limits = { addresses: ['192.0.2.0/24'] };
    await start();
    expect((await get('/public/open', '\nX-Forwarded-For: 192.0.2.7')).status).toBe(403);
  });
});

describe('a namespace that is suspended', () => {
  it('is closed for anonymous requests too', async () => {
    restrictions = { suspended: true };
    await start();
    const answer = await get();
    expect([answer.status, code(answer)]).toEqual([403, 'AllAccessDisabled']);
  });
});

describe('a rate', () => {
  const statuses = async (count: number): Promise<number[]> => {
    const all: number[] = [];
    for (let i = 0; i < count; i++) all.push((await get()).status);
    return all;
  };

  it('of a bucket is answered SlowDown with the seconds to wait, then lets go on', async () => {
    limits = { rate: { requestsPerSecond: 0.4 } };
    await start();
    expect(await statuses(2)).toEqual([200, 503]);
    const answer = await get();
    expect(code(answer)).toBe('SlowDown');
    expect(answer.headers['retry-after']).toBe('3');
    now += 2500;
    expect(await statuses(2)).toEqual([200, 503]);
  });

  it('of a bucket is not used up by those who may nothing in it', async () => {
    limits = { rate: { requestsPerSecond: 1 } };
    await start();
    for (let i = 0; i < 5; i++) expect((await get('/public/closed')).status).toBe(403);
    expect(await statuses(2)).toEqual([200, 503]);
  });

  it('of a namespace holds for its buckets together', async () => {
    restrictions = { rate: { requestsPerSecond: 2 } };
    await start();
    expect((await get('/public/open')).status).toBe(200);
    const listing = await edge.ask('HEAD /public HTTP/1.1\nHost: x');
    expect(listing.status).toBe(200);
    expect(await statuses(1)).toEqual([503]);
  });

  it('of anonymous requests holds for each address', async () => {
    anonymous = 2;
    proxies = ['127.0.0.1'];
    await start();
    const from = async (address: string) =>
      (await get('/public/open', `\nX-Forwarded-For: ${address}`)).status;
    expect([await from('192.0.2.1'), await from('192.0.2.1')]).toEqual([200, 200]);
    expect(await from('192.0.2.1')).toBe(503);
    expect(await from('192.0.2.2')).toBe(200);
    expect([await from('2001:db8::1'), await from('2001:db8::2')]).toEqual([200, 200]);
    expect(await from('2001:db8::3')).toBe(503);
  });

  it('of bytes counts bodies both ways', async () => {
    limits = { rate: { bytesPerSecond: 10 } };
    await start();
    const put = 'PUT /public/new HTTP/1.1\nHost: x\nContent-Length: 30';
    expect((await edge.ask(put, 'x'.repeat(30))).status).toBe(200);
    expect(await statuses(1)).toEqual([503]);
    now += 2000;
    expect(await statuses(1)).toEqual([503]);
    now += 100;
    // Five bytes of the answer: the bucket had one.
    expect(await statuses(1)).toEqual([200]);
    await expect.poll(() => edge.entries.length).toBe(4);
    expect(await statuses(1)).toEqual([503]);
    now += 500;
    expect(await statuses(1)).toEqual([200]);
  });

  it('gives back the bytes of a body that did not come', async () => {
    limits = { rate: { bytesPerSecond: 10 } };
    await start();
    const head = 'PUT /public/new HTTP/1.1\nHost: x\nContent-Type: unread\nContent-Length: 1000';
    expect(code(await edge.ask(head))).toBe('InvalidRequest');
    await expect.poll(() => edge.entries.length).toBe(1);
    expect(edge.entries[0]?.bytesIn).toBe(0);
    now += 40_000;
    expect(await statuses(1)).toEqual([200]);
  });
});

describe('a request without limits', () => {
  beforeEach(() => start());

  it('asks no rates', () => {
    const rates = { take: () => expect.fail('asked'), spend: () => expect.fail('spent') };
    const screen = createScreen({ identity: edgeIdentity, rates, anonymousRequestsPerSecond: 0 });
    const exchange = { headers: {} } as Exchange;
    expect(screen.admit(exchange, 'default', { kind: 'anonymous' })).toBeUndefined();
    screen.ended(exchange);
  });

  it('but for its key’s asks for those', async () => {
    const rate = { id: 'key/A', limit: { requestsPerSecond: 1 } };
    const caller: Caller = { kind: 'account', account: {} as Account, accessKeyId: 'A', rate };
    const rates = createRateKeeper(() => now);
    const screen = createScreen({ identity: edgeIdentity, rates, anonymousRequestsPerSecond: 0 });
    const exchange = { headers: {} } as Exchange;
    await screen.admit(exchange, 'default', caller);
    expect(() => screen.admit(exchange, 'default', caller)).toThrow('reduce your request rate');
  });
});
