/**
 * The master key, which wraps all keys that the server keeps: from the settings, from a file, or made at the first
 * start and kept in the data directory. Without it nothing that the server encrypted can be read again.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { link, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const masterKeyBytes = 32;
const masterKeyFileName = 'master-key';

export interface MasterKeySettings {
  readonly masterKey: string | undefined;
  readonly masterKeyFile: string | undefined;
  readonly dataDir: string;
  readonly memory: boolean;
}

/** Where it is kept in a file: the newest first, and those before it, one a line. */
export interface MasterKeys {
  /** 32 bytes each. */
  readonly all: readonly Buffer[];
  /** Reads the file again if it is another one now; whether there are other keys. */
  reload(): boolean;
}

/** Most lines of the file: objects of SSE-S3 keep the key that they were written with. */
export const maxMasterKeys = 100;

/** Several processes may call this at once: one of them makes the key, all get the same. */
export async function loadMasterKeys(settings: MasterKeySettings): Promise<MasterKeys> {
  const { masterKey, dataDir, memory } = settings;
  if (masterKey !== undefined) return unchanging([keyOf(masterKey, 'masterKey')]);
  if (settings.masterKeyFile === undefined && memory) {
    return unchanging([randomBytes(masterKeyBytes)]);
  }
  const file = fileOf(settings);
  if (settings.masterKeyFile === undefined) {
    if (!(await exists(file))) await makeKey(file);
    // Also where another process made it: nothing may be encrypted with a key that a power cut takes away.
    await syncDirectory(dataDir);
  }
  return keysOfFile(file, keysOf(await readFile(file, 'utf8'), file));
}

const unchanging = (all: readonly Buffer[]): MasterKeys => ({ all, reload: () => false });

const fileOf = ({ masterKeyFile, dataDir }: MasterKeySettings): string =>
  masterKeyFile ?? join(dataDir, masterKeyFileName);

function keysOfFile(file: string, first: readonly Buffer[]): MasterKeys {
  let all = first;
  let read = '';
  return {
    get all() {
      return all;
    },
    reload() {
      let found: readonly Buffer[];
      try {
        const { ino, mtimeMs, size } = statSync(file);
        const version = `${ino} ${mtimeMs} ${size}`;
        if (version === read) return false;
        found = keysOf(readFileSync(file, 'utf8'), file);
        read = version;
      } catch {
        // What is at hand stays so.
        return false;
      }
      const isNew = found.some((key) => !all.some((known) => known.equals(key)));
      if (isNew) all = found;
      return isNew;
    },
  };
}

/** The settings give no file that could be changed, or another command is changing it. */
export class MasterKeyError extends Error {
  override readonly name = 'MasterKeyError';
}

/**
 * Puts a new key before the others in the file, whole or not at all: until what was sealed is sealed anew, and for
 * objects beyond that, the keys before it are still needed.
 * @throws MasterKeyError
 */
export async function addMasterKey(settings: MasterKeySettings): Promise<void> {
  if (settings.masterKey !== undefined) {
    throw new MasterKeyError(
      'The master key comes from the settings (KIST_MASTER_KEY): keep it in a file, named by masterKeyFile, to rotate it.',
    );
  }
  const file = fileOf(settings);
  const lock = `${file}.rotating`;
  await takeLock(lock);
  try {
    const keys = keysOf(await readFile(file, 'utf8'), file);
    if (keys.length >= maxMasterKeys) {
      throw new MasterKeyError(`${file} holds ${keys.length} keys, and can hold no more.`);
    }
    const lines = [randomBytes(masterKeyBytes), ...keys].map((key) => key.toString('base64'));
    const temporary = `${file}.${randomBytes(8).toString('hex')}`;
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(`${lines.join('\n')}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncDirectory(dirname(file));
  } finally {
    await rm(lock, { force: true });
  }
}

/** One rotation at a time: of two, the second would put back a file without the first one's key. */
async function takeLock(lock: string): Promise<void> {
  const own = `${lock}.${process.pid}`;
  await writeFile(own, String(process.pid), { mode: 0o600 });
  try {
    await link(own, lock);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const holder = Number(await readFile(lock, 'utf8').catch(() => '0'));
    if (holder !== process.pid && isAlive(holder)) {
      throw new MasterKeyError(`Process ${holder} is rotating the master key.`);
    }
    // It was killed. What it had done is in the file, or was never.
    await rename(own, lock);
    return;
  } finally {
    await rm(own, { force: true });
  }
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function keysOf(text: string, origin: string): readonly Buffer[] {
  return text
    .trim()
    .split(/\r?\n/, maxMasterKeys)
    .map((line) => keyOf(line, origin));
}

/** The error never repeats what was given. */
function keyOf(text: string, origin: string): Buffer {
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length === masterKeyBytes && key.toString('base64') === text.trim()) return key;
  throw new Error(`The master key of ${origin} must be ${masterKeyBytes} bytes in base64.`);
}

async function exists(file: string): Promise<boolean> {
  try {
    await readFile(file);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Whole or not at all, and never over another's. */
async function makeKey(file: string): Promise<void> {
  const temporary = `${file}.${randomBytes(8).toString('hex')}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(masterKeyBytes).toString('base64')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  try {
    await link(temporary, file);
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
    if (!isTaken) throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function syncDirectory(dataDir: string): Promise<void> {
  const directory = await open(dataDir, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
