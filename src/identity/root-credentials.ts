/**
 * The key pair of the server's own administrator: made at the first start and kept in the data
 * directory, or given from outside.
 *
 * The account id is made once and never changes, whoever provides the keys: it stands in the owners
 * and grants of everything that root has stored.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const rootCredentialsFile = 'root-credentials.json';

export interface GivenRootCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RootCredentials extends GivenRootCredentials {
  /** Canonical id, 64 hex digits. */
  readonly accountId: string;
  /** Where the keys come from: this call made them, an earlier one did, or the caller gave them. */
  readonly origin: 'created' | 'stored' | 'given';
  /** The file that keeps them, or only the account id where they are given; undefined in memory. */
  readonly file: string | undefined;
}

interface StoredCredentials {
  readonly accountId: string;
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
}

/** For a server that keeps nothing. */
export function createRootCredentials(given?: GivenRootCredentials): RootCredentials {
  const origin = given === undefined ? 'created' : 'given';
  return { accountId: newAccountId(), ...(given ?? newKeyPair()), origin, file: undefined };
}

/** One process at a time may call this for a data directory: the one that holds its lock. */
export async function loadOrCreateRootCredentials(
  dataDir: string,
  given?: GivenRootCredentials,
): Promise<RootCredentials> {
  const file = join(dataDir, rootCredentialsFile);
  const stored = await readStored(file);
  const accountId = stored?.accountId ?? newAccountId();
  if (given !== undefined) {
    if (stored === undefined) await writeDurably(dataDir, file, { accountId });
    return { accountId, ...given, origin: 'given', file };
  }
  if (stored?.accessKeyId !== undefined && stored.secretAccessKey !== undefined) {
    const { accessKeyId, secretAccessKey } = stored;
    return { accountId, accessKeyId, secretAccessKey, origin: 'stored', file };
  }
  const made = newKeyPair();
  await writeDurably(dataDir, file, { accountId, ...made });
  return { accountId, ...made, origin: 'created', file };
}

function newAccountId(): string {
  return randomBytes(32).toString('hex');
}

function newKeyPair(): GivenRootCredentials {
  const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  return {
    accessKeyId: `KIST${randomText(upper, 16)}`,
    secretAccessKey: randomText(`${upper}abcdefghijklmnopqrstuvwxyz+/`, 40),
  };
}

function randomText(alphabet: string, length: number): string {
  return Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('');
}

async function readStored(file: string): Promise<StoredCredentials | undefined> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const stored = parsed(content);
  if (!isStored(stored)) {
    // Without the file's content, which may hold the secret.
    throw new Error(
      `${file} is damaged: it must hold the root account's id and keys as JSON. Restore it from a backup.`,
    );
  }
  return stored;
}

function parsed(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    return undefined;
  }
}

function isStored(value: unknown): value is StoredCredentials {
  if (typeof value !== 'object' || value === null) return false;
  const { accountId, accessKeyId, secretAccessKey } = value as Record<string, unknown>;
  return (
    typeof accountId === 'string' &&
    /^[0-9a-f]{64}$/.test(accountId) &&
    ((accessKeyId === undefined && secretAccessKey === undefined) ||
      (typeof accessKeyId === 'string' &&
        accessKeyId !== '' &&
        typeof secretAccessKey === 'string' &&
        secretAccessKey !== ''))
  );
}

/** Whole or not at all, and on disk when it resolves: file, then name, then directory. */
async function writeDurably(
  dataDir: string,
  file: string,
  content: StoredCredentials,
): Promise<void> {
  const temporary = `${file}.new`;
  await rm(temporary, { force: true });
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, file);
  const directory = await open(dataDir, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
