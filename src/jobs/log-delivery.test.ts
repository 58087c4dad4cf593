import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEncryption, type Encryption } from '../features/encryption/encryption.ts';
import { openKeyRing } from '../features/encryption/key-ring.ts';
import { type LoggingRecord, loggingConfig } from '../features/logging/configuration.ts';
import { createMemoryBlobStore } from '../store/blob/memory.ts';
import { createStore } from '../store/create-store.ts';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import type { Bucket } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createSystemRecords } from '../store/system-records.ts';
import { type LogDelivery, type LogDeliveryDeps, startLogDelivery } from './log-delivery.ts';

const intervalMs = 300_000;
const day = Date.parse('2024-05-06T00:00:00Z');
const simple: LoggingRecord = { targetBucket: 'target', targetPrefix: 'logs/', grants: [] };

let store: Store;
let encryption: Encryption;
let source: Bucket;
let started: LogDelivery[];
const events = { delivered: vi.fn(), dropped: vi.fn(), failed: vi.fn(), unwritten: vi.fn() };

beforeEach(async () => {
  vi.useFakeTimers({ now: day + 3_600_000, toFake: ['Date', 'setInterval', 'clearInterval'] });
  const now = () => Date.now();
  const meta = createMemoryMetaStore();
  store = createStore({ meta, blobs: createMemoryBlobStore({ now }), now, randomBytes, writer: 0 });
  const masterKey = randomBytes(32);
  const keyRing = await openKeyRing({
    records: createSystemRecords(meta),
    masterKey,
    randomBytes,
    now,
  });
  encryption = createEncryption({ masterKey, keyRing, randomBytes });
  source = await makeBucket('source');
  await makeBucket('target');
  started = [];
  for (const event of Object.values(events)) event.mockReset();
});

afterEach(async () => {
  await Promise.all(started.map((delivery) => delivery.stop()));
  vi.useRealTimers();
});

async function makeBucket(name: string, owner = 'owner'): Promise<Bucket> {
  const acl = { owner, grants: [] };
  await store.buckets.create({ namespace: 'default', name, locationConstraint: '', acl });
  return (await store.buckets.get('default', name))!;
}

function start(overrides: Partial<LogDeliveryDeps> = {}, settings = {}): LogDelivery {
  const delivery = startLogDelivery({
    store,
    encryption,
    now: () => Date.now(),
    region: 'eu-central-1',
    randomBytes,
    settings: { intervalMs, maxWaitingBytes: 1_000, maxObjectBytes: 1_000, ...settings },
    events,
    ...overrides,
  });
  started.push(delivery);
  return delivery;
}

/** Key → text. */
async function logs(): Promise<Readonly<Record<string, string>>> {
  const target = (await store.buckets.get('default', 'target'))!;
  const { entries } = await store.listing.objects(target, { prefix: '', delimiter: '', limit: 99 });
  const found: Record<string, string> = {};
  for (const entry of entries) {
    if (entry.kind !== 'object') continue;
    const { object } = entry;
    const bytes = await store.objects.read(object, 0, object.size);
    found[object.key] = Buffer.isBuffer(bytes) ? bytes.toString() : '';
  }
  return found;
}

it('delivers the lines of a bucket as one object at every interval', async () => {
  const delivery = start();
  delivery.add(source, simple, Date.now(), 'one');
  delivery.add(source, simple, Date.now(), 'two');
  expect(await logs()).toEqual({});
  vi.advanceTimersByTime(intervalMs);
  await vi.waitFor(() => expect(events.delivered).toHaveBeenCalledTimes(1));
  const [[key, text]] = Object.entries(await logs()) as [[string, string]];
  expect(key).toMatch(/^logs\/2024-05-06-01-05-00-[0-9A-F]{16}$/);
  expect(text).toBe('one\ntwo\n');
  expect(events.delivered).toHaveBeenCalledWith(
    expect.objectContaining({ targetBucket: 'target', key, records: 2, bytes: 8 }),
  );
  vi.advanceTimersByTime(intervalMs);
  expect(events.delivered).toHaveBeenCalledTimes(1);
});

it('gives log objects an ETag, a checksum, an owner and the grants of the configuration', async () => {
  const grant = { grantee: { account: 'auditor' }, permission: 'READ' } as const;
  const delivery = start();
  delivery.add(source, { ...simple, grants: [grant] }, Date.now(), 'line');
  await delivery.deliver();
  const target = (await store.buckets.get('default', 'target'))!;
  const object = (await store.objects.get(target, Object.keys(await logs())[0]!))!;
  expect(object).toMatchObject({
    etag: createHash('md5').update('line\n').digest('hex'),
    size: 5,
    headers: { contentType: 'text/plain' },
    checksum: { algorithm: 'CRC64NVME' },
    acl: { owner: 'owner', grants: [{ permission: 'FULL_CONTROL' }, grant] },
  });
});

it('keeps the days of events apart where keys are partitioned by these', async () => {
  const keyFormat = { PartitionedPrefix: { PartitionDateSource: 'EventTime' } } as const;
  const delivery = start();
  for (const time of [day - 1, day, day + 5]) {
    delivery.add(source, { ...simple, keyFormat }, time, String(time - day));
  }
  await delivery.deliver();
  const found = Object.entries(await logs()).map(([key, text]) => [key.slice(0, -16), text]);
  expect(found).toEqual([
    ['logs/owner/eu-central-1/source/2024/05/05/2024-05-05-00-00-00-', '-1\n'],
    ['logs/owner/eu-central-1/source/2024/05/06/2024-05-06-00-00-00-', '0\n5\n'],
  ]);
});

it('encrypts as the target says', async () => {
  const target = (await store.buckets.get('default', 'target'))!;
  await store.buckets.setConfig(target, 'encryption', { algorithm: 'AES256' });
  const delivery = start();
  delivery.add(source, simple, Date.now(), 'line');
  await delivery.deliver();
  const object = (await store.objects.get(target, Object.keys(await logs())[0]!))!;
  expect(object).toMatchObject({ size: 5, encryption: { algorithm: 'AES256' } });
});

it('delivers what waits when it stops', async () => {
  const delivery = start();
  delivery.add(source, simple, Date.now(), 'last');
  await delivery.stop();
  expect(Object.values(await logs())).toEqual(['last\n']);
});

it('waits for the last lines when it stops, and tells of those that never came', async () => {
  const delivery = start();
  delivery.soon(Promise.reject(new Error('disk trouble')));
  delivery.soon(
    new Promise((resolve) => {
      setImmediate(() => {
        delivery.add(source, simple, Date.now(), 'late');
        resolve();
      });
    }),
  );
  await delivery.stop();
  expect(Object.values(await logs())).toEqual(['late\n']);
  expect(events.unwritten).toHaveBeenCalledTimes(1);
});

describe('what waits is bounded', () => {
  it('delivers early what has grown large', async () => {
    const delivery = start({}, { maxObjectBytes: 12 });
    for (const line of ['12345', '6789']) delivery.add(source, simple, Date.now(), line);
    expect(events.delivered).not.toHaveBeenCalled();
    delivery.add(source, simple, Date.now(), 'x');
    await vi.waitFor(() => expect(events.delivered).toHaveBeenCalledTimes(1));
    expect(Object.values(await logs())).toEqual(['12345\n6789\nx\n']);
  });

  it('drops what finds no room, tells how much, and takes lines again after a delivery', async () => {
    const delivery = start({}, { maxWaitingBytes: 12 });
    for (const line of ['12345', '67890', 'lost', 'lost too']) {
      delivery.add(source, simple, Date.now(), line);
    }
    await delivery.deliver();
    expect(events.dropped).toHaveBeenCalledExactlyOnceWith(source, 2, 'too many wait');
    delivery.add(source, simple, Date.now(), 'again');
    await delivery.deliver();
    expect(Object.values(await logs()).sort()).toEqual(['12345\n67890\n', 'again\n']);
  });
});

it('tries again at the next interval what failed, before what came meanwhile', async () => {
  let fails = true;
  const failing: Store = {
    ...store,
    objects: {
      ...store.objects,
      put(...asked) {
        if (fails) throw new Error('disk trouble');
        return store.objects.put(...asked);
      },
    },
  };
  const delivery = start({ store: failing }, { maxObjectBytes: 4 });
  delivery.add(source, simple, Date.now(), 'one');
  await vi.waitFor(() => expect(events.failed).toHaveBeenCalledTimes(1));
  delivery.add(source, simple, Date.now(), 'two');
  fails = false;
  await delivery.deliver();
  expect(Object.values(await logs())).toEqual(['one\ntwo\n']);
  expect(events.failed).toHaveBeenCalledTimes(1);
});

it.each<readonly [string, () => Promise<unknown>]>([
  [
    'the target bucket is gone',
    async () => store.buckets.remove((await store.buckets.get('default', 'target'))!),
  ],
  [
    "the target bucket is not its owner's",
    async () => {
      await store.buckets.remove((await store.buckets.get('default', 'target'))!);
      await makeBucket('target', 'stranger');
    },
  ],
])('drops its lines if %s', async (reason, change) => {
  await store.buckets.setConfig(source, loggingConfig, simple);
  const delivery = start();
  delivery.add(source, simple, Date.now(), 'line');
  await change();
  await delivery.deliver();
  expect(events.dropped).toHaveBeenCalledExactlyOnceWith(source, 1, reason);
});
