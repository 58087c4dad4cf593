/**
 * Where transfers note how far they came, so that the same command goes on after a crash: a small file for each
 * large object, below KIST_STATE_HOME, XDG_STATE_HOME/kist or ~/.local/state/kist.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from '../alias/alias-file.ts';

const stateHome = (env: Environment): string =>
  env.KIST_STATE_HOME || join(env.XDG_STATE_HOME || join(homedir(), '.local', 'state'), 'kist');

/** Made if it is missing, for nobody else to read. */
export function stateDirectory(name: string, env: Environment = process.env): string {
  const directory = join(stateHome(env), name);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/**
 * The same for the same transfer, and for no other one.
 * @param names the server, bucket and key
 */
export function stateFileOf(
  kind: 'upload' | 'download',
  names: readonly (string | undefined)[],
  path: string,
  env: Environment = process.env,
): string {
  const directory = stateDirectory('transfers', env);
  const all = JSON.stringify([kind, ...names, resolve(path)]);
  const name = `${createHash('sha256').update(all).digest('hex').slice(0, 40)}.json`;
  // What a process was writing when it was killed.
  for (const left of readdirSync(directory)) {
    if (left.startsWith(`${name}.`)) rmSync(join(directory, left), { force: true });
  }
  return join(directory, name);
}
