/**
 * Commands that speak with servers, each loaded when it is called. They are a build of their own (scripts/build.ts), of
 * which other commands load nothing: `kist serve` starts as if there were none.
 */
import { Command } from 'commander';

/** Told how the command ended. */
export type Ended = (exitCode: number) => void;

interface LateCommand {
  readonly name: string;
  readonly description: string;
  readonly load: (ended: Ended) => Promise<Command>;
}

const loadLimits = () => import('./admin/limit-command.ts');
const loadIdentity = () => import('./identity/identity-command.ts');

const lateCommands: readonly LateCommand[] = [
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
    name: 'namespace',
    description: 'Tenants.',
    load: async (ended) =>
      (await import('./admin/namespace-command.ts')).createNamespaceCommand(ended),
  },
  {
    name: 'account',
    description: 'Accounts of tenants, which own buckets, users and keys.',
    load: async (ended) => (await import('./admin/account-command.ts')).createAccountCommand(ended),
  },
  {
    name: 'quota',
    description: 'How much buckets, accounts and namespaces may hold.',
    load: async (ended) => (await loadLimits()).createLimitCommand('quota', ended),
  },
  {
    name: 'rate',
    description: 'How fast keys, buckets and namespaces may be used.',
    load: async (ended) => (await loadLimits()).createLimitCommand('rate', ended),
  },
  {
    name: 'addresses',
    description: 'Where requests to buckets and namespaces may come from.',
    load: async (ended) => (await loadLimits()).createLimitCommand('addresses', ended),
  },
  {
    name: 'grant',
    description: 'Give a ready-made role on a bucket or prefix, or revoke it.',
    load: async (ended) => (await import('./admin/grant-command.ts')).createGrantCommand(ended),
  },
  {
    name: 'audit',
    description: 'Who changed, deleted or was refused what.',
    load: async (ended) => (await import('./admin/audit-command.ts')).createAuditCommand(ended),
  },
  {
    name: 'server',
    description: 'A server that runs: status, settings, jobs.',
    load: async (ended) => (await import('./admin/server-command.ts')).createServerCommand(ended),
  },
  {
    name: 'completion',
    description: 'Print what makes a shell complete commands, options and names.',
    load: async () =>
      (await import('./completion/completion-command.ts')).createCompletionCommand(),
  },
];

/** What commands of the program itself do where they are to ask a server. */
export const loadExplain = () => import('./admin/explain-access.ts');
export const loadKeys = () => import('./admin/keys.ts');

/**
 * Of those that aren't called there is what help says of them; to complete a line, all are needed.
 * @param called the name of the command
 * @param add takes a command into the program
 */
export async function addLateCommands(
  program: Command,
  called: string,
  ended: Ended,
  add: (command: Command, options?: { readonly hidden: boolean }) => void,
): Promise<void> {
  const isCompleting = called === 'complete';
  for (const { name, description, load } of lateCommands) {
    add(
      isCompleting || called === name
        ? await load(ended)
        : new Command(name).description(description),
    );
  }
  if (!isCompleting) return;
  const { createCompleteCommand } = await import('./completion/completion-command.ts');
  add(createCompleteCommand(program), { hidden: true });
}
