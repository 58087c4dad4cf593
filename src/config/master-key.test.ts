import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addMasterKey, loadMasterKeys } from './master-key.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'kist-master-key-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const settings = (given: { masterKey?: string; masterKeyFile?: string } = {}) => ({
  masterKey: undefined,
  masterKeyFile: undefined,
  memory: false,
  dataDir,
  ...given,
});

const newest = async (given: ReturnType<typeof settings>) => (await loadMasterKeys(given)).all[0]!;

describe('the master key', () => {
  it('is made once, for its owner only, however many processes start', async () => {
    const keys = await Promise.all([1, 2, 3, 4].map(() => newest(settings())));
    for (const key of keys) expect(key).toEqual(keys[0]);
    expect(await newest(settings())).toEqual(keys[0]);
    expect(await readdir(dataDir)).toEqual(['master-key']);
    expect((await stat(join(dataDir, 'master-key'))).mode & 0o777).toBe(0o600);
  });

  it('comes from the settings or a file of their own where they say so', async () => {
    const key = randomBytes(32);
    const masterKey = key.toString('base64');
    expect(await newest(settings({ masterKey }))).toEqual(key);
    const masterKeyFile = join(dataDir, 'elsewhere');
    await writeFile(masterKeyFile, `${masterKey}\n`);
    expect(await newest(settings({ masterKeyFile }))).toEqual(key);
    expect(await readdir(dataDir)).toEqual(['elsewhere']);
  });

  it('is refused if it is not a key, without being repeated', async () => {
    const masterKeyFile = join(dataDir, 'elsewhere');
    await writeFile(masterKeyFile, 'c2VjcmV0');
    const refused = newest(settings({ masterKeyFile }));
    await expect(refused).rejects.toThrow('32 bytes in base64');
    await expect(refused).rejects.not.toThrow('c2VjcmV0');
  });

  it('is put before those of before, and nothing else is left', async () => {
    const before = await newest(settings());
    await addMasterKey(settings());
    const { all } = await loadMasterKeys(settings());
    expect(all).toHaveLength(2);
    expect(all[1]).toEqual(before);
    expect(all[0]).not.toEqual(before);
    expect(await readdir(dataDir)).toEqual(['master-key']);
    expect((await stat(join(dataDir, 'master-key'))).mode & 0o777).toBe(0o600);
  });

  it('is added by one command at a time, and a killed one holds nobody up', async () => {
    await newest(settings());
    const lock = join(dataDir, 'master-key.rotating');
    await writeFile(lock, '1');
    await expect(addMasterKey(settings())).rejects.toThrow('Process 1 is rotating the master key.');
    await writeFile(lock, '999999999');
    await addMasterKey(settings());
    expect((await loadMasterKeys(settings())).all).toHaveLength(2);
  });

  it('of the settings can not be rotated', async () => {
    const masterKey = randomBytes(32).toString('base64');
    await expect(addMasterKey(settings({ masterKey }))).rejects.toThrow('KIST_MASTER_KEY');
  });
});
