/**
 * The master key, which wraps all keys that the server keeps: from the settings, from a file, or made at the first
 * start and kept in the data directory. Without it nothing that the server encrypted can be read again.
 */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

const masterKeyBytes = 32;
const masterKeyFileName = 'master-key';

export interface MasterKeySettings {
  readonly masterKey: string | undefined;
  readonly masterKeyFile: string | undefined;
  readonly dataDir: string;
  readonly memory: boolean;
}

/** Several processes may call this at once: one of them makes the key, all get the same. */
export async function loadMasterKey(settings: MasterKeySettings): Promise<Buffer> {
  const { masterKey, masterKeyFile, dataDir, memory } = settings;
  if (masterKey !== undefined) return keyOf(masterKey, 'masterKey');
  if (masterKeyFile !== undefined) {
    return keyOf(await readFile(masterKeyFile, 'utf8'), masterKeyFile);
  }
  if (memory) return randomBytes(masterKeyBytes);
  const file = join(dataDir, masterKeyFileName);
  if (!(await exists(file))) await makeKey(file);
  // Also where another process made it: nothing may be encrypted with a key that a power cut takes away.
  await syncDirectory(dataDir);
  return keyOf(await readFile(file, 'utf8'), file);
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
