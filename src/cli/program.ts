/** The `kist` command line: subcommands, their help, and how errors are told. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { BackupError } from '../backup/backup-error.ts';
import { ConfigError } from '../config/load.ts';
import { ServerEndedError } from '../http/server-ended-error.ts';
import { type AccessDependencies, AccessError, createAccessCommand } from './access-command.ts';
import {
  type BackupDependencies,
  createBackupCommand,
  createRestoreCommand,
} from './backup-command.ts';
import { BenchError } from './bench/bench-error.ts';
import { createBenchCommand } from './bench-command.ts';
import { isCommandError } from './command-error.ts';
import { createConfigCommand } from './config-command.ts';
import { DataDirectoryInUseError } from './data-directory.ts';
import { createDoctorCommand, type DoctorDependencies, DoctorError } from './doctor-command.ts';
import { addRotateCommand, type KeyDependencies, KeyError } from './key-command.ts';
import { createKmsKeyCommand, type KmsKeyDependencies, KmsKeyError } from './kms-key-command.ts';
import { createMasterKeyCommand, type MasterKeyDependencies } from './master-key-command.ts';
import { createServeCommand, type ServeDependencies } from './serve-command.ts';
import { createExportCommand } from './transfer-command.ts';

export type ProgramDependencies = ServeDependencies &
  KmsKeyDependencies &
  AccessDependencies &
  KeyDependencies &
  MasterKeyDependencies &
  BackupDependencies &
  DoctorDependencies;

/** Resolves with the exit code: 0 done, 1 failed, 2 wrong usage or configuration. */
export async function runCommand(
  args: readonly string[],
  dependencies: ProgramDependencies,
): Promise<number> {
  let exitCode = 0;
  const ended = (code: number): void => {
    exitCode = code;
  };
  try {
    const program = createProgram(dependencies, ended);
    const called = calledFor(args);
    if (!program.commands.some((one) => one.name() === called)) {
      const { addLateCommands } = await import('./late-commands.ts');
      await addLateCommands(program, called, ended, adderTo(program, dependencies, ended));
    }
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    return tellError(error);
  }
}

function createProgram(
  dependencies: ProgramDependencies,
  ended: (exitCode: number) => void,
): Command {
  const program = new Command('kist')
    .description('S3-compatible object store: durable, fast, embeddable.')
    .version(versionLine(), '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Print this help')
    .helpCommand('help [command]', 'Print help for a command')
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      `
Examples:
  kist serve                         Serve ./kist-data on 127.0.0.1:9000
  kist serve --data-dir /srv/kist    Serve another directory
  kist serve --help                  All settings
  kist config show                   What they would be, and where each comes from
  kist object cp ./photos local/photos --recursive
                                     Upload a directory to the server on this machine
  kist alias set work https://s3.example.com
                                     A name for another server
  kist kms-key create reports        A key for SSE-KMS
  kist key rotate AKIA...            Another secret for an access key, without a gap
  kist namespace create acme --save-as acme
                                     A tenant, with an account and a key
  kist access explain --help         Why somebody may or may not do something
  kist bench put get                 Measure a server's speed
  kist backup /mnt/backup/kist       Back the data directory up, while it is served
  kist doctor                        Examine the data directory`,
    );
  program.addCommand(inheriting(program, createServeCommand(dependencies, ended)));
  program.addCommand(inheriting(program, createConfigCommand(program)));
  program.addCommand(inheriting(program, createKmsKeyCommand(program, dependencies)));
  program.addCommand(inheriting(program, createMasterKeyCommand(program, dependencies)));
  program.addCommand(inheriting(program, createAccessCommand(program, dependencies, ended)));
  program.addCommand(inheriting(program, createBenchCommand(ended)));
  program.addCommand(inheriting(program, createBackupCommand(dependencies)));
  program.addCommand(inheriting(program, createRestoreCommand(dependencies)));
  program.addCommand(inheriting(program, createExportCommand(ended)));
  program.addCommand(inheriting(program, createDoctorCommand(dependencies, ended)));
  program
    .command('version')
    .description('Print the version')
    .action(() => {
      process.stdout.write(`${versionLine()}\n`);
    });
  return program;
}

/** With every command, for the reference of commands. */
export async function createWholeProgram(dependencies: ProgramDependencies): Promise<Command> {
  const program = createProgram(dependencies, () => {});
  const { addLateCommands } = await import('./late-commands.ts');
  await addLateCommands(
    program,
    'complete',
    () => {},
    adderTo(program, dependencies, () => {}),
  );
  return program;
}

const adderTo =
  (program: Command, dependencies: KeyDependencies, ended: (exitCode: number) => void) =>
  (command: Command, options?: { readonly hidden: boolean }): void => {
    // Of the commands on keys one needs no server.
    if (command.name() === 'key') addRotateCommand(command, dependencies, ended);
    program.addCommand(inheriting(program, command), options);
  };

/** `kist help NAME` is about NAME. */
const calledFor = ([first = '', second = '']: readonly string[]): string =>
  first === 'help' ? second : first;

/** Commands made elsewhere behave as those made by the program itself. */
function inheriting(program: Command, command: Command): Command {
  for (const one of command.commands) inheriting(program, one);
  return command.copyInheritedSettings(program);
}

function versionLine(): string {
  const path = new URL('../../package.json', import.meta.url);
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { readonly version: string };
  return `kist ${version} (Node ${process.versions.node})`;
}

/** Mistakes of the user's that code tells of which is loaded only where it is used. */
const lateErrors: ReadonlySet<string> = new Set([
  'AccessQuestionError',
  'KeyRotationError',
  'MasterKeyError',
]);

/** What, why, what to do; a stack only for what is nobody's mistake but ours. */
function tellError(error: unknown): number {
  // Commander has told its own errors already, and help and version are none.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof ConfigError) {
    const lines = error.problems.map((problem) => `  ${problem}`).join('\n');
    process.stderr.write(
      `kist: the configuration is not usable:\n${lines}\n"kist serve --help" lists all settings.\n`,
    );
    return 2;
  }
  if (isCommandError(error)) {
    process.stderr.write(`kist: ${error.message}\n`);
    return error.exitCode;
  }
  const expected =
    error instanceof ServerEndedError ||
    error instanceof DataDirectoryInUseError ||
    error instanceof KmsKeyError ||
    error instanceof AccessError ||
    error instanceof KeyError ||
    (error instanceof Error && lateErrors.has(error.name)) ||
    error instanceof BenchError ||
    error instanceof BackupError ||
    error instanceof DoctorError ||
    (error instanceof Error && error.cause !== undefined);
  const text = expected ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`kist: ${text}\n`);
  return 1;
}
