/**
 * The aliases that somebody has set: JSON in a file that nobody else may read, replaced as a whole.
 *
 * It lies in KIST_CONFIG_HOME, else in `kist` below XDG_CONFIG_HOME, else in ~/.config/kist (XDG Base Directory
 * Specification).
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { CommandError } from '../command-error.ts';

export interface StoredAlias {
  /** An origin. */
  readonly endpoint: string;
  /** Both or neither: without them requests go unsigned. */
  readonly accessKeyId?: string;
  readonly secretAccessKey?: string;
  readonly region?: string;
  readonly signatureVersion?: 's3v4' | 's3';
  readonly addressingStyle?: 'auto' | 'path' | 'virtual';
  readonly consoleUrl?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const othersMask = 0o077;

export const configHome = (env: Environment): string =>
  env.KIST_CONFIG_HOME || join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'kist');

export const aliasFile = (env: Environment): string => join(configHome(env), 'aliases.json');

/** @throws CommandError if others may read the file, or it is damaged */
export function readAliases(env: Environment): ReadonlyMap<string, StoredAlias> {
  const file = aliasFile(env);
  const status = statSync(file, { throwIfNoEntry: false });
  if (status === undefined) return new Map();
  if (process.platform !== 'win32' && (status.mode & othersMask) !== 0) {
    throw new CommandError(
      `${file} holds secrets, and others may read it. Say "chmod 600 ${file}", and change the keys if it was so for long.`,
    );
  }
  const aliases = parsed(readFileSync(file, 'utf8'));
  if (aliases !== undefined) return new Map(Object.entries(aliases));
  // Without the file's content, which holds secrets.
  throw new CommandError(
    `${file} is damaged: it must hold {"version": 1, "aliases": {…}}. Put it right, or remove it and set the aliases again.`,
  );
}

export function writeAliases(env: Environment, aliases: ReadonlyMap<string, StoredAlias>): void {
  const file = aliasFile(env);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.part`;
  const sorted = [...aliases].sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify({ version: 1, aliases: Object.fromEntries(sorted) }, null, 2);
  writeFileSync(partial, `${text}\n`, { mode: 0o600, flush: true });
  chmodSync(partial, 0o600);
  renameSync(partial, file);
}

function parsed(text: string): Readonly<Record<string, StoredAlias>> | undefined {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { version, aliases } = (found ?? {}) as { version?: unknown; aliases?: unknown };
  if (version !== 1 || typeof aliases !== 'object' || aliases === null) return undefined;
  const isAlias = (one: unknown) =>
    typeof one === 'object' && one !== null && typeof (one as StoredAlias).endpoint === 'string';
  return Object.values(aliases).every(isAlias)
    ? (aliases as Readonly<Record<string, StoredAlias>>)
    : undefined;
}
