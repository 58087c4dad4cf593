import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import { createIdentityDirectory, type ManagedIdentityDirectory } from './directory.ts';
import {
  type CreatedNamespace,
  createNamespace,
  deleteNamespace,
  getNamespace,
  listNamespaces,
  type NamespaceDeps,
  renameNamespace,
  resumeNamespace,
  setNamespaceDefaults,
  setNamespaceLimits,
  suspendNamespace,
} from './namespaces.ts';
import { identityKey } from './records.ts';

const noUse = { buckets: 0, objects: 0, bytes: 0 };

let now: number;
let directory: ManagedIdentityDirectory;
/** Another process of the server. */
let other: ManagedIdentityDirectory;
let closed: Set<string>;
let forgotten: string[];
let used: typeof noUse;
let deps: NamespaceDeps;
let meta: ReturnType<typeof createMemoryMetaStore>;

beforeEach(async () => {
  now = 1_700_000_000_000;
  closed = new Set();
  forgotten = [];
  used = noUse;
  meta = createMemoryMetaStore();
  const open = () =>
    createIdentityDirectory({
      meta,
      masterKeys: [Buffer.alloc(32, 7)],
      now: () => now,
      monotonicNow: () => now,
    });
  directory = await open();
  other = await open();
  deps = {
    directory,
    now: () => now,
    holdings: {
      used: async () => used,
      close: async (name) => {
        if (used.buckets > 0) return false;
        closed.add(name);
        return true;
      },
      open: async (name) => {
        closed.delete(name);
      },
      forget: async (name) => {
        forgotten.push(name);
      },
    },
  };
});

const listed = {
  namespace: 'acme',
  accountId: 'listed',
  displayName: 'Listed',
  email: 'listed@example.com',
  accessKeyId: 'LISTEDKEY',
  secretAccessKey: 'secret',
};

const create = (name = 'acme'): Promise<CreatedNamespace> =>
  createNamespace(deps, {
    name,
    displayName: 'Acme Inc.',
    account: { email: `it@${name}.example` },
  });
const refused = (code: string) => expect.objectContaining({ name: 'NamespaceError', code });

describe('a namespace', () => {
  it('is made with an account and its key, whose secret is told and kept sealed', async () => {
    const { namespace, accountId, accessKeyId, secretAccessKey } = await create();
    expect(namespace).toEqual({
      name: 'acme',
      displayName: 'Acme Inc.',
      suspended: false,
      createdAt: now,
      rootAccountId: accountId,
      accounts: 1,
    });
    expect(secretAccessKey).toMatch(/^[\w+/]{40}$/);
    const holder = other.accessKey(accessKeyId);
    expect(holder).toMatchObject({ secrets: [secretAccessKey], suspended: false });
    expect(holder?.account).toMatchObject({
      accountId,
      namespace: 'acme',
      displayName: 'acme',
      email: 'it@acme.example',
      root: false,
    });
    expect(accountId).toMatch(/^[0-9a-f]{64}$/);
    expect(other.hasNamespace('acme')).toBe(true);
    const records = await Promise.all(
      (['account', 'accessKey', 'identity'] as const).map((table) =>
        meta.scan({ table, part: Buffer.alloc(0), limit: 10 }),
      ),
    );
    const stored = records.flatMap(({ entries }) => entries.map(({ value }) => value.toString()));
    expect(stored).toHaveLength(3);
    expect(stored.join()).not.toContain(secretAccessKey);
  });

  it.each(['', 'Acme', 'a.b', 'a_b', '-a', 'a-', 'x'.repeat(64), 'a/b', 'ä'])(
    'is not called %j',
    async (name) => {
      await expect(create(name)).rejects.toEqual(refused('InvalidNamespace'));
    },
  );

  it.each([
    ['an empty display name', { displayName: '' }],
    ['a display name with a line end', { displayName: 'a\nb' }],
    ['something that is no address', { account: { email: 'it' } }],
    ['encryption that there is not', { defaults: { encryption: { algorithm: 'DES' } } }],
    ['a key for SSE-S3', { defaults: { encryption: { algorithm: 'AES256', keyId: 'k' } } }],
    ['an ownership that there is not', { defaults: { objectOwnership: 'Mine' } }],
    ['a block that is no flag', { defaults: { publicAccessBlock: 'all' } }],
  ])('is not made with %s', async (_, wrong) => {
    const input = { name: 'acme', ...wrong } as never;
    await expect(createNamespace(deps, input)).rejects.toEqual(refused('InvalidNamespace'));
    expect((await directory.current()).accounts.size).toBe(0);
  });

  it('is made once, whoever else has the name or the address', async () => {
    await directory.ensureAccounts([listed]);
    await expect(create('acme')).rejects.toEqual(refused('NamespaceAlreadyExists'));
    await expect(create('default')).rejects.toEqual(refused('NamespaceAlreadyExists'));
    const taken = createNamespace(deps, { name: 'b', account: { email: 'LISTED@example.com' } });
    await expect(taken).rejects.toMatchObject({ name: 'TenantError', kind: 'taken' });
    const both = await Promise.allSettled([
      create('race'),
      createNamespace({ ...deps, directory: other }, { name: 'race' }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('gets another display name', async () => {
    await create();
    await renameNamespace(deps, 'acme', 'Acme Ltd.');
    expect(await getNamespace(deps, 'acme')).toMatchObject({ displayName: 'Acme Ltd.' });
    await expect(renameNamespace(deps, 'acme', '')).rejects.toEqual(refused('InvalidNamespace'));
    await expect(renameNamespace(deps, 'x', 'X')).rejects.toEqual(refused('NoSuchNamespace'));
  });

  it('that is suspended has keys that are refused, in other processes within a second', async () => {
    const { accessKeyId } = await create();
    expect(other.accessKey(accessKeyId)?.suspended).toBe(false);
    expect(other.restrictions('acme')).toBeUndefined();
    await suspendNamespace(deps, 'acme');
    expect(directory.accessKey(accessKeyId)?.suspended).toBe(true);
    now += 1000;
    other.keepFresh();
    expect(other.accessKey(accessKeyId)?.suspended).toBe(true);
    expect(other.restrictions('acme')).toMatchObject({ suspended: true });
    expect(await getNamespace(deps, 'acme')).toMatchObject({ suspended: true });
    await resumeNamespace(deps, 'acme');
    expect(directory.accessKey(accessKeyId)?.suspended).toBe(false);
    expect(directory.restrictions('acme')).toBeUndefined();
  });

  it('that everybody falls back to is neither suspended nor deleted', async () => {
    const error = refused('InvalidNamespace');
    await expect(suspendNamespace(deps, 'default')).rejects.toEqual(error);
    await expect(deleteNamespace(deps, 'default')).rejects.toEqual(error);
  });

  it('that settings have made can be renamed and suspended, and stays its accounts’', async () => {
    await directory.ensureAccounts([listed]);
    expect(await getNamespace(deps, 'acme')).toMatchObject({ createdAt: undefined, accounts: 1 });
    await suspendNamespace(deps, 'acme');
    await directory.ensureAccounts([listed]);
    expect(directory.accessKey('LISTEDKEY')?.suspended).toBe(true);
    await expect(deleteNamespace(deps, 'acme')).rejects.toThrow('There are still accounts');
  });

  it('is listed with all others, by name', async () => {
    await directory.ensureAccounts([listed]);
    await create('zeta');
    await create('beta');
    const names = (await listNamespaces(deps)).map(({ name, accounts }) => `${name} ${accounts}`);
    expect(names).toEqual(['acme 1', 'beta 1', 'default 0', 'zeta 1']);
  });

  it('tells what lies in it', async () => {
    await create();
    used = { buckets: 2, objects: 3, bytes: 4 };
    expect(await getNamespace(deps, 'acme')).toMatchObject({ used });
    await expect(getNamespace(deps, 'b')).rejects.toEqual(refused('NoSuchNamespace'));
  });

  it('keeps what new buckets begin with, and what its requests are held to', async () => {
    await create();
    const defaults = {
      encryption: { algorithm: 'aws:kms', keyId: 'k' },
      publicAccessBlock: true,
      objectOwnership: 'BucketOwnerEnforced',
    } as const;
    const limits = { rate: { requestsPerSecond: 5 }, addresses: ['192.0.2.0/24'] };
    await setNamespaceDefaults(deps, 'acme', defaults);
    await setNamespaceLimits(deps, 'acme', limits);
    now += 1000;
    expect(other.namespace('acme')).toMatchObject({ defaults, ...limits });
    expect(other.restrictions('acme')).toMatchObject(limits);
    await setNamespaceLimits(deps, 'acme', { addresses: 'public' });
    expect(directory.namespace('acme')).toMatchObject({ rate: limits.rate });
    await setNamespaceLimits(deps, 'acme', { rate: undefined });
    await setNamespaceDefaults(deps, 'acme', undefined);
    expect(directory.restrictions('acme')).toBeUndefined();
    expect(directory.namespace('acme')?.defaults).toBeUndefined();
    expect(directory.namespace('acme')?.rate).toBeUndefined();
    expect(() => setNamespaceLimits(deps, 'acme', { addresses: ['x'] })).toThrow('no IP address');
  });
});

describe('deleting a namespace', () => {
  it('takes its account and keys along, and leaves the name to others', async () => {
    const { accessKeyId, accountId } = await create();
    forgotten = [];
    await deleteNamespace(deps, 'acme');
    expect(closed).toEqual(new Set(['acme']));
    expect(forgotten).toEqual(['acme']);
    now += 1000;
    for (const process of [directory, other]) {
      expect(process.accessKey(accessKeyId)).toBeUndefined();
      expect(process.accountById(accountId)).toBeUndefined();
      expect(process.hasNamespace('acme')).toBe(false);
    }
    expect(await meta.get(identityKey('namespace', '', 'acme'))).toBeUndefined();
    const again = await create();
    expect(again.accountId).not.toBe(accountId);
    expect(closed.size).toBe(0);
  });

  it('is refused while there are buckets', async () => {
    await create();
    used = { ...noUse, buckets: 1 };
    await expect(deleteNamespace(deps, 'acme')).rejects.toThrow('There are still buckets');
    expect(directory.hasNamespace('acme')).toBe(true);
  });

  it('is refused while there are users or other accounts', async () => {
    const { accountId } = await create();
    const key = identityKey('user', accountId, 'ann');
    const user = { accountId, id: 'AIDA', name: 'ann', path: '/', groups: [], tags: {} };
    const { encodeRecord } = await import('../store/record-codec.ts');
    const value = encodeRecord({ ...user, attached: [], inline: {}, createdAt: 0 });
    await directory.change(() => ({ ops: [{ op: 'put', at: key, value }], result: undefined }));
    await expect(deleteNamespace(deps, 'acme')).rejects.toThrow('There are still users');
    await directory.change(() => ({ ops: [{ op: 'delete', at: key }], result: undefined }));
    await directory.ensureAccounts([listed]);
    await expect(deleteNamespace(deps, 'acme')).rejects.toThrow('There are still accounts');
    expect(closed.size).toBe(0);
  });

  it('opens it again where something came meanwhile', async () => {
    await create();
    const { close } = deps.holdings;
    const holdings = {
      ...deps.holdings,
      close: async (name: string) => {
        await other.ensureAccounts([listed]);
        return close(name);
      },
    };
    await expect(deleteNamespace({ ...deps, holdings }, 'acme')).rejects.toThrow('still accounts');
    expect(closed.size).toBe(0);
  });
});
