/** Options of the commands that ask the admin API. */
import type { Command } from 'commander';

export const adminHelp = `
It asks the console port of the server of --alias, else of the one that s3:// means ("kist alias --help"): the
alias's --console-url, else port 9001 of its host.`;

export const withAdminOptions = (command: Command): Command =>
  command
    .option('--alias <name>', 'Server and key (default: what s3:// means)')
    .option('--json', 'One JSON object a line');

export const withYes = (command: Command): Command =>
  command.option('--yes', 'Without asking, as in scripts');

export interface YesFlag {
  readonly yes?: boolean;
}
