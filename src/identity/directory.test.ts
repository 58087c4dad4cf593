import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import type { MetaStore } from '../store/meta/port.ts';
import type { AccountSettings } from './configured-accounts.ts';
import { createIdentityDirectory, type ManagedIdentityDirectory } from './directory.ts';

const alice: AccountSettings = {
  namespace: 'default',
  accountId: 'alice-id',
  displayName: 'Alice',
  email: 'Alice@example.com',
  accessKeyId: 'ALICEKEY',
  secretAccessKey: 'alice-secret',
};
const bob: AccountSettings = {
  namespace: 'tenant',
  accountId: 'bob-id',
  displayName: 'Bob',
  accessKeyId: 'BOBKEY',
  secretAccessKey: 'bob-secret',
};

const masterKey = Buffer.alloc(32, 7);
let meta: MetaStore;
let now: number;

function open(store: MetaStore = meta): Promise<ManagedIdentityDirectory> {
  return createIdentityDirectory({
    meta: store,
    masterKeys: [masterKey],
    now: () => now,
    monotonicNow: () => now,
    refreshAfterMs: 1000,
  });
}

/** The same store as another process or another engine would answer: never at once. */
function asynchronous(store: MetaStore): MetaStore {
  return {
    ...store,
    get: async (at) => store.get(at),
    scan: async (range) => store.scan(range),
  };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

beforeEach(() => {
  meta = createMemoryMetaStore();
  now = 0;
});

describe('identity directory', () => {
  it('knows nobody and the default namespace at first', async () => {
    const directory = await open();
    expect(directory.accessKey('ALICEKEY')).toBeUndefined();
    expect(directory.hasNamespace('default')).toBe(true);
    expect(directory.hasNamespace('tenant')).toBe(false);
  });

  it('finds accounts by access key, id and e-mail address in any case', async () => {
    const directory = await open();
    await directory.ensureAccounts([alice, bob]);
    const found = directory.accessKey('ALICEKEY');
    expect(found?.secrets).toEqual(['alice-secret']);
    expect(found?.account).toEqual({
      accountId: 'alice-id',
      number: expect.stringMatching(/^\d{12}$/),
      namespace: 'default',
      displayName: 'Alice',
      email: 'Alice@example.com',
      root: false,
    });
    expect(directory.accountById('bob-id')?.email).toBeUndefined();
    expect(directory.accountByEmail('ALICE@EXAMPLE.COM')?.accountId).toBe('alice-id');
    expect(directory.hasNamespace('tenant')).toBe(true);
  });

  it('keeps accounts over a restart', async () => {
    await (await open()).ensureAccounts([alice]);
    expect((await open()).accessKey('ALICEKEY')?.account.accountId).toBe('alice-id');
  });

  it('takes names, addresses and secrets from the list', async () => {
    const directory = await open();
    await directory.ensureAccounts([alice, bob]);
    await directory.ensureAccounts([
      { ...alice, displayName: 'A.', email: 'new@example.com', secretAccessKey: 'changed' },
    ]);
    expect(directory.accessKey('ALICEKEY')).toMatchObject({
      secrets: ['changed'],
      account: { displayName: 'A.', email: 'new@example.com' },
    });
    expect(directory.accountByEmail('alice@example.com')).toBeUndefined();
    expect(directory.accountById('bob-id')).toBeDefined();
  });

  it('takes away the key that an earlier list gave a listed account', async () => {
    const directory = await open();
    await directory.ensureAccounts([alice, bob]);
    await directory.ensureAccounts([{ ...alice, accessKeyId: 'ROTATED' }]);
    expect(directory.accessKey('ALICEKEY')).toBeUndefined();
    expect(directory.accessKey('ROTATED')?.account.accountId).toBe('alice-id');
    expect(directory.accessKey('BOBKEY')).toBeDefined();
  });

  it('lets an account have several keys, listed once a key', async () => {
    const directory = await open();
    await directory.ensureAccounts([alice, { ...alice, accessKeyId: 'SECOND' }]);
    expect(directory.accessKey('ALICEKEY')).toBeDefined();
    expect(directory.accessKey('SECOND')).toBeDefined();
  });

  it('lets two accounts swap addresses', async () => {
    const directory = await open();
    await directory.ensureAccounts([alice, { ...bob, email: 'bob@example.com' }]);
    await directory.ensureAccounts([
      { ...alice, email: 'bob@example.com' },
      { ...bob, email: 'alice@example.com' },
    ]);
    expect(directory.accountByEmail('bob@example.com')?.accountId).toBe('alice-id');
  });

  it('writes nothing where nothing changed', async () => {
    const directory = await open();
    await directory.ensureAccounts([alice]);
    let commits = 0;
    const counting = {
      ...meta,
      commit: (ops: Parameters<MetaStore['commit']>[0]) => {
        commits++;
        return meta.commit(ops);
      },
    };
    await (await open(counting)).ensureAccounts([alice]);
    expect(commits).toBe(0);
  });

  it.each([
    ['the same key for two accounts', [alice, { ...bob, accessKeyId: 'ALICEKEY' }]],
    ['the same key twice', [alice, alice]],
    ['the same account with two names', [alice, { ...alice, displayName: 'X', accessKeyId: 'X' }]],
    ['the same address for two accounts', [alice, { ...bob, email: 'alice@EXAMPLE.com' }]],
    ['another namespace for the same id', [alice, { ...alice, namespace: 'x', accessKeyId: 'X' }]],
    ['a namespace that is no host label', [{ ...alice, namespace: 'a.b' }]],
    ['an access key id with a slash', [{ ...alice, accessKeyId: 'a/b' }]],
    ['an empty secret', [{ ...alice, secretAccessKey: '' }]],
    ['an empty account id', [{ ...alice, accountId: '' }]],
  ])('refuses %s and writes nothing', async (_, list) => {
    const directory = await open();
    await expect(directory.ensureAccounts(list)).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidAccountError' }),
    );
    expect(directory.accountById('alice-id')).toBeUndefined();
  });

  it.each([
    ['another account has the key', { ...bob, accessKeyId: 'ALICEKEY' }],
    ['another account has the address', { ...bob, email: 'alice@example.com' }],
    ['the account lives in another namespace', { ...alice, namespace: 'tenant' }],
  ])('refuses a later list where %s', async (_, settings) => {
    const directory = await open();
    await directory.ensureAccounts([alice]);
    await expect(directory.ensureAccounts([settings])).rejects.toThrow(
      expect.objectContaining({ name: 'InvalidAccountError' }),
    );
  });

  it('loses no account when many processes add one each at once', async () => {
    const directories = await Promise.all(
      Array.from({ length: 10 }, () => open(asynchronous(meta))),
    );
    await Promise.all(
      directories.map((directory, i) =>
        directory.ensureAccounts([{ ...bob, accountId: `id-${i}`, accessKeyId: `KEY${i}` }]),
      ),
    );
    const directory = await open();
    for (let i = 0; i < 10; i++) expect(directory.accessKey(`KEY${i}`)).toBeDefined();
  });

  it('finds at once what another process added', async () => {
    const here = await open();
    const there = await open();
    await there.ensureAccounts([alice]);
    expect(here.accessKey('ALICEKEY')).toBeDefined();
  });

  it('sees within the refresh time what another process changed', async () => {
    const here = await open();
    const there = await open();
    await there.ensureAccounts([alice, bob]);
    expect(here.accessKey('ALICEKEY')).toBeDefined();
    await there.ensureAccounts([{ ...alice, accessKeyId: 'ROTATED' }]);
    now += 1000;
    expect(here.accessKey('ALICEKEY')).toBeUndefined();
  });

  it('follows a store that does not answer at once', async () => {
    const here = await open(asynchronous(meta));
    await (await open()).ensureAccounts([alice]);
    expect(here.accessKey('ALICEKEY')).toBeUndefined();
    await settled();
    expect(here.accessKey('ALICEKEY')).toBeDefined();
  });

  it('tells the next lookup that the store failed meanwhile', async () => {
    let broken = false;
    const failing = asynchronous({
      ...meta,
      get(at) {
        if (broken) throw new Error('disk on fire');
        return meta.get(at);
      },
    });
    const directory = await open(failing);
    broken = true;
    expect(directory.accessKey('X')).toBeUndefined();
    await settled();
    expect(() => directory.accessKey('X')).toThrow('disk on fire');
  });
});
