/** Profiles of `~/.aws/config` and `~/.aws/credentials`, read when they are first needed. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { parseIni, type Section } from './ini.ts';

export interface Profiles {
  /** The one that the environment chose. */
  readonly chosen: string;
  /** It was chosen by name, and not because nothing else was. */
  readonly isNamed: boolean;
  /** Settings of both files; those of the credentials file come first. Undefined if neither has it. */
  get(name: string): Section | undefined;
  /** The settings of a `[services NAME]` section. */
  services(name: string): Section | undefined;
}

export function readProfiles(env: Environment): Profiles {
  const named = env.AWS_PROFILE || env.AWS_DEFAULT_PROFILE;
  const folder = join(homedir(), '.aws');
  const config = read(env.AWS_CONFIG_FILE || join(folder, 'config'));
  const credentials = read(env.AWS_SHARED_CREDENTIALS_FILE || join(folder, 'credentials'));
  return {
    chosen: named || 'default',
    isNamed: Boolean(named),
    get(name) {
      const configured =
        config.get(`profile ${name}`) ?? (name === 'default' ? config.get(name) : undefined);
      const kept = credentials.get(name);
      return configured === undefined && kept === undefined
        ? undefined
        : { ...configured, ...kept };
    },
    services: (name) => config.get(`services ${name}`),
  };
}

/** A home without the file is as good as one with an empty file. */
function read(path: string): ReadonlyMap<string, Section> {
  try {
    return parseIni(readFileSync(path.replace(/^~(?=\/)/, homedir()), 'utf8'));
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT' || code === 'ENOTDIR') return new Map();
    throw error;
  }
}
