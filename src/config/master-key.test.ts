import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadMasterKey } from './master-key.ts';

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

describe('the master key', () => {
  it('is made once, for its owner only, however many processes start', async () => {
    const keys = await Promise.all([1, 2, 3, 4].map(() => loadMasterKey(settings())));
    for (const key of keys) expect(key).toEqual(keys[0]);
    expect(await loadMasterKey(settings())).toEqual(keys[0]);
    expect(await readdir(dataDir)).toEqual(['master-key']);
    expect((await stat(join(dataDir, 'master-key'))).mode & 0o777).toBe(0o600);
  });

  it('comes from the settings or a file of their own where they say so', async () => {
    const key = randomBytes(32);
    const masterKey = key.toString('base64');
    expect(await loadMasterKey(settings({ masterKey }))).toEqual(key);
    const masterKeyFile = join(dataDir, 'elsewhere');
    await writeFile(masterKeyFile, `${masterKey}\n`);
    expect(await loadMasterKey(settings({ masterKeyFile }))).toEqual(key);
    expect(await readdir(dataDir)).toEqual(['elsewhere']);
  });

  it('is refused if it is not a key, without being repeated', async () => {
    const masterKeyFile = join(dataDir, 'elsewhere');
    await writeFile(masterKeyFile, 'c2VjcmV0');
    const refused = loadMasterKey(settings({ masterKeyFile }));
    await expect(refused).rejects.toThrow('32 bytes in base64');
    await expect(refused).rejects.not.toThrow('c2VjcmV0');
  });
});
