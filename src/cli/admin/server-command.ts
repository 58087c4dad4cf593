/** `kist server`: a server that runs, over the admin API. */
import { Command } from 'commander';
import type { Ended } from '../late-commands.ts';
import { adminHelp, withAdminOptions } from './admin-options.ts';
import type { AdminFlags } from './admin-session.ts';
import type { ConfigurationFlags, RunFlags } from './server.ts';

const help = `${adminHelp}

Examples:
  kist server status
  kist server config --changed
  kist server jobs run orphans --wait
  kist server reload --alias work`;

const load = () => import('./server.ts');

export function createServerCommand(ended: Ended): Command {
  const command = new Command('server')
    .description('A server that runs: status, settings, jobs.')
    .addHelpText('after', help);
  const status = withAdminOptions(
    command.command('status').description('Version, processes, disk; exit code 1: not ready.'),
  );
  status.action(async () => ended(await (await load()).showStatus(status.opts<AdminFlags>())));
  const config = withAdminOptions(
    command.command('config').description('The settings it runs with, and where each comes from.'),
  ).option('--changed', 'Only those that are not left to their defaults');
  config.action(async () =>
    ended(await (await load()).showConfiguration(config.opts<ConfigurationFlags>())),
  );
  const reload = withAdminOptions(
    command
      .command('reload')
      .description('Read the configuration again, as SIGHUP does, and tell how it ended.'),
  );
  reload.action(async () => ended(await (await load()).reload(reload.opts<AdminFlags>())));
  const jobs = command.command('jobs').description('Background work.');
  const list = withAdminOptions(
    jobs.command('list').description('List the jobs, and how each ended last.'),
  );
  list.action(async () => ended(await (await load()).listJobs(list.opts<AdminFlags>())));
  const run = withAdminOptions(
    jobs.command('run').description('Begin a job now.').argument('<job>', 'its name'),
  ).option('--wait', 'Until it has ended; exit code 1: it failed');
  run.action(async (name: string) =>
    ended(await (await load()).runJob(name, run.opts<RunFlags>())),
  );
  return command;
}
