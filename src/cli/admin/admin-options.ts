/** Options of the commands that ask the admin API. */
import type { Command } from 'commander';

export const adminHelp = `
It asks the console port of the server of --alias, else of the one that s3:// means ("kist alias --help"): the
alias's --console-url, else port 9001 of its host.`;

export const withAdminOptions = (command: Command): Command =>
  command
    .option('--alias <name>', 'Server and key (default: what s3:// means)')
    .option('--json', 'One JSON object a line');

/** What becomes of the key that is made. */
export const withNewKey = (command: Command): Command =>
  command
    .option('--save-as <alias>', 'Keep the key as an alias, and print no secret')
    .option(
      '--secret-file <file>',
      'Write the secret there, for nobody else to read, and print none',
    );

export const withYes = (command: Command): Command =>
  command.option('--yes', 'Without asking, as in scripts');

export interface YesFlag {
  readonly yes?: boolean;
}
