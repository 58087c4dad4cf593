/** `kist serve`: every setting of the configuration as a flag. */
import { readFileSync } from 'node:fs';
import { Command, Option } from 'commander';
import { defaultInWords } from '../config/docs.ts';
import { configFileVariable, loadConfig } from '../config/load.ts';
import { type Config, flagOf, settingGroups, settingNames, settingOf } from '../config/schema.ts';
import { serve } from './serve.ts';
import type { LoadServer } from './serve-worker.ts';

export interface ServeDependencies {
  readonly loadServer: LoadServer;
}

const examples = `
Each flag can also be set in the environment (--data-dir as KIST_DATA_DIR) or in a
YAML file (dataDir); flags win over the environment, the environment over the file.
Secrets have no flags, as other users of a machine can read command lines: set
KIST_ROOT_ACCESS_KEY_ID and KIST_ROOT_SECRET_ACCESS_KEY, and KIST_MASTER_KEY or
--master-key-file, or let Kist make them.

Examples:
  kist serve
  kist serve --data-dir /srv/kist --host 0.0.0.0 --domain s3.example.com
  kist serve --config /etc/kist.yaml --workers 4
  kist serve --memory --port 0

SIGTERM and SIGINT let requests in flight end; a second one stops at once. SIGHUP reads
the configuration again and replaces one process after the other, without a refused
connection; what is wrong is told, and the server goes on as it was.`;

export function createServeCommand(
  dependencies: ServeDependencies,
  ended: (exitCode: number) => void,
): Command {
  const command = new Command('serve').description('Serve the S3 API from a data directory.');
  command.addOption(
    new Option('--config <file>', `YAML file with settings (also ${configFileVariable})`),
  );
  for (const group of settingGroups) {
    for (const name of settingNames) {
      const setting = settingOf(name);
      if (setting.group !== group || setting.flag === false) continue;
      const { placeholder } = setting.kind;
      const flag = placeholder === '' ? flagOf(name) : `${flagOf(name)} <${placeholder}>`;
      const fallback = placeholder === '' ? '' : ` (default: ${defaultInWords(name)})`;
      command.addOption(new Option(flag, setting.doc + fallback).helpGroup(`${group}:`));
    }
  }
  return command.addHelpText('after', examples).action(async () => {
    const { config: configFile, ...flags } = command.opts<
      { config?: string } & Partial<Record<keyof Config, string | boolean>>
    >();
    const load = () =>
      loadConfig({
        env: process.env,
        flags,
        ...(configFile === undefined ? {} : { configFile }),
        readFile: (path) => readFileSync(path, 'utf8'),
      });
    ended(await serve(load(), dependencies.loadServer, load));
  });
}
