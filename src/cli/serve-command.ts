/** `kist serve`: every setting of the configuration as a flag. */
import { Command } from 'commander';
import { serve } from './serve.ts';
import type { LoadServer } from './serve-worker.ts';
import { addSettingOptions, configurationOf } from './setting-options.ts';

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
  addSettingOptions(command);
  return command.addHelpText('after', examples).action(async () => {
    const load = () => configurationOf(command);
    ended(await serve(load(), dependencies.loadServer, load));
  });
}
