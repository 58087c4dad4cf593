/**
 * Commands whose code is loaded when they are called: their names and what help says of them. So `kist serve` starts
 * without them.
 */
import type { Command } from 'commander';

/** Told how the command ended. */
export type Ended = (exitCode: number) => void;

export interface LateCommand {
  readonly name: string;
  readonly description: string;
  readonly load: (ended: Ended) => Promise<Command>;
}

const loadIdentity = () => import('./identity/identity-command.ts');

export const lateCommands: readonly LateCommand[] = [
  {
    name: 'alias',
    description: 'Names for servers and their keys.',
    load: async (ended) => (await import('./alias/alias-command.ts')).createAliasCommand(ended),
  },
  {
    name: 'object',
    description: 'List, copy, move, remove, find, synchronise and share objects.',
    load: async (ended) => (await import('./object/object-command.ts')).createObjectCommand(ended),
  },
  {
    name: 'bucket',
    description: 'Buckets and their settings.',
    load: async (ended) => (await import('./bucket/bucket-command.ts')).createBucketCommand(ended),
  },
  {
    name: 'user',
    description: 'People and programs, with keys of their own.',
    load: async (ended) => (await loadIdentity()).createEntityCommand('User', ended),
  },
  {
    name: 'group',
    description: 'Users that have policies in common.',
    load: async (ended) => (await loadIdentity()).createEntityCommand('Group', ended),
  },
  {
    name: 'role',
    description: 'Rights for a while, for whom they trust.',
    load: async (ended) => (await loadIdentity()).createEntityCommand('Role', ended),
  },
  {
    name: 'policy',
    description: 'Policies that several can have.',
    load: async (ended) => (await loadIdentity()).createPolicyCommand(ended),
  },
  {
    name: 'key',
    description: 'Access keys.',
    load: async (ended) => (await loadIdentity()).createKeyCommand(ended),
  },
  {
    name: 'whoami',
    description: 'Tell whose the key is, as an ARN.',
    load: async (ended) => (await loadIdentity()).createWhoAmICommand(ended),
  },
  {
    name: 'import',
    description: 'Copy plain files, or all of another server or account, to a server.',
    load: async (ended) => (await import('./import/import-command.ts')).createImportCommand(ended),
  },
  {
    name: 'completion',
    description: 'Print what makes a shell complete commands, options and names.',
    load: async () =>
      (await import('./completion/completion-command.ts')).createCompletionCommand(),
  },
];
