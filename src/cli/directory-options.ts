/** What the commands that work on a data directory itself have in common: which one, by flag, environment or file. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { configFileVariable, loadConfig } from '../config/load.ts';
import type { Config } from '../config/schema.ts';

export interface DirectoryOptions {
  readonly config?: string;
  readonly dataDir?: string;
}

export function withDirectoryOptions(command: Command): Command {
  return command
    .option('--config <file>', `YAML file with settings (also ${configFileVariable})`)
    .option('--data-dir <directory>', 'Data directory (default: ./kist-data)');
}

/** @throws ConfigError */
export function configOf(
  { config: configFile, dataDir }: DirectoryOptions,
  more: Readonly<Record<string, string>> = {},
): Config {
  return loadConfig({
    env: process.env,
    flags: { ...(dataDir === undefined ? {} : { dataDir }), ...more },
    ...(configFile === undefined ? {} : { configFile }),
    readFile: (path) => readFileSync(path, 'utf8'),
  }).config;
}

export const isDataDirectory = (directory: string): boolean =>
  statSync(join(directory, 'meta'), { throwIfNoEntry: false }) !== undefined;
