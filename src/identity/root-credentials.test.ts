/** Root's keys are made once, kept, and give way to keys from outside. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRootCredentials, loadOrCreateRootCredentials } from './root-credentials.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'kist-root-'));
});
afterEach(() => rmSync(dataDir, { recursive: true }));

const given = { accessKeyId: 'GIVENKEY', secretAccessKey: 'given-secret' };
const fileOf = () => join(dataDir, 'root-credentials.json');

it('makes a key pair at the first start and returns the same one ever after', async () => {
  const first = await loadOrCreateRootCredentials(dataDir);
  expect(first).toMatchObject({ origin: 'created', file: fileOf() });
  expect(first.accountId).toMatch(/^[0-9a-f]{64}$/);
  expect(first.accessKeyId).toMatch(/^KIST[A-Z0-9]{16}$/);
  expect(first.secretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
  expect(await loadOrCreateRootCredentials(dataDir)).toEqual({ ...first, origin: 'stored' });
});

it('keeps the file for its owner only, and nothing beside it', async () => {
  writeFileSync(`${fileOf()}.new`, 'left by a crash', { mode: 0o644 });
  await loadOrCreateRootCredentials(dataDir);
  expect(statSync(fileOf()).mode & 0o777).toBe(0o600);
  expect(() => statSync(`${fileOf()}.new`)).toThrow('ENOENT');
});

it('uses given keys without storing them, and keeps the account id', async () => {
  const first = await loadOrCreateRootCredentials(dataDir, given);
  expect(first).toMatchObject({ ...given, origin: 'given' });
  expect(readFileSync(fileOf(), 'utf8')).not.toContain('given-secret');
  const made = await loadOrCreateRootCredentials(dataDir);
  expect(made).toMatchObject({ origin: 'created', accountId: first.accountId });
  const again = await loadOrCreateRootCredentials(dataDir, given);
  expect(again).toMatchObject({ ...given, accountId: first.accountId });
  const stored = await loadOrCreateRootCredentials(dataDir);
  expect(stored).toEqual({ ...made, origin: 'stored' });
});

it.each([
  'not JSON, super-secret',
  '{}',
  '{"accountId":"short"}',
  `{"accountId":"${'a'.repeat(64)}","accessKeyId":"super-secret"}`,
])(
  'refuses a damaged file rather than making another account, and shows none of it: %s',
  async (content) => {
    writeFileSync(fileOf(), content);
    const refused = loadOrCreateRootCredentials(dataDir);
    await expect(refused).rejects.toThrow(/root-credentials\.json is damaged/);
    await expect(refused).rejects.not.toThrow(/super-secret/);
  },
);

it('makes credentials that live in memory only', () => {
  expect(createRootCredentials()).toMatchObject({ origin: 'created', file: undefined });
  expect(createRootCredentials(given)).toMatchObject({ ...given, origin: 'given' });
});
