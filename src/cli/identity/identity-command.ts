/** `kist user`, `group`, `role`, `policy`, `key` and `whoami`: identities, over the API of IAM and STS. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { parseAge } from '../amount-options.ts';
import type { Ended } from '../late-commands.ts';
import type { CreateFlags, DeleteFlags, Kind } from './entities.ts';
import type { IdentityFlags } from './identity-session.ts';
import type { KeyFlags, PolicyListFlags } from './policies-and-keys.ts';

const help = `
The server is that of --alias, else the one that s3:// means ("kist alias --help"); Kist and AWS both do.
Policies are named by ARN, or by name: one's own first, then the ready-made ones.`;

const loadEntities = () => import('./entities.ts');
const loadRest = () => import('./policies-and-keys.ts');

function withServer(command: Command): Command {
  return command
    .option('--alias <name>', 'Server and key (default: what s3:// means)')
    .option('--json', 'One JSON object a line');
}

const group = (name: string, description: string): Command =>
  new Command(name).description(description).addHelpText('after', help);

export function createEntityCommand(kind: Kind, ended: Ended): Command {
  const noun = kind.toLowerCase();
  const command = group(noun, entityDescriptions[kind]);
  const list = withServer(command.command('list').description(`List the ${noun}s.`));
  list.action(async () => ended(await (await loadEntities()).listEntities(kind, list.opts())));
  const create = withServer(
    command.command('create').description(`Make a ${noun}.`).argument('<name>', 'its name'),
  ).option('--path <path>', 'Of its ARN, such as /teams/');
  if (kind !== 'Group') create.option('--boundary <policy>', 'What it can have at most');
  if (kind === 'Role') {
    create.requiredOption(
      '--trust <file>',
      'Policy that says who may assume it; - for standard input',
    );
    create.option('--description <text>', 'What it is for');
  }
  create.action(async (name: string) => {
    ended(await (await loadEntities()).createEntity(kind, name, create.opts<CreateFlags>()));
  });
  const remove = withServer(
    command.command('delete').description(`Delete a ${noun}.`).argument('<name>', 'its name'),
  ).option('--force', 'With what belongs to it: policies, memberships, keys');
  remove.action(async (name: string) => {
    ended(await (await loadEntities()).deleteEntity(kind, name, remove.opts<DeleteFlags>()));
  });
  const info = withServer(
    command
      .command('info')
      .description(`Show a ${noun} and what it has.`)
      .argument('<name>', 'its name'),
  );
  info.action(async (name: string) => {
    ended(await (await loadEntities()).showEntity(kind, name, info.opts<IdentityFlags>()));
  });
  addPolicies(command, kind, ended);
  if (kind === 'Group') addMembers(command, ended);
  if (kind === 'Role') addTrust(command, ended);
  return command;
}

const entityDescriptions: Readonly<Record<Kind, string>> = {
  User: 'People and programs, with keys of their own.',
  Group: 'Users that have policies in common.',
  Role: 'Rights for a while, for whom they trust.',
};

function addPolicies(command: Command, kind: Kind, ended: Ended): void {
  const noun = kind.toLowerCase();
  for (const [verb, description] of [
    ['Attach', `Give a ${noun} a policy.`],
    ['Detach', `Take a policy from a ${noun}.`],
  ] as const) {
    const one = withServer(
      command
        .command(verb.toLowerCase())
        .description(description)
        .argument(`<${noun}>`, 'its name')
        .argument('<policy>', 'name or ARN'),
    );
    one.action(async (name: string, policy: string) => {
      const { attachPolicy } = await loadEntities();
      ended(await attachPolicy(verb, kind, [name, policy], one.opts<IdentityFlags>()));
    });
  }
  const inline = command.command('policy').description(`Policies of one ${noun} alone.`);
  for (const act of ['get', 'set', 'delete'] as const) {
    const one = withServer(
      inline
        .command(act)
        .description({ get: 'Print it.', set: 'Set it from a file.', delete: 'Delete it.' }[act])
        .argument(`<${noun}>`, 'its name')
        .argument('<policy>', 'its name'),
    );
    if (act === 'set') one.argument('<file>', '- for standard input');
    one.action(async (name: string, policy: string, file: unknown) => {
      const { useInlinePolicy } = await loadEntities();
      const names = [name, policy, typeof file === 'string' ? file : undefined] as const;
      ended(await useInlinePolicy(act, kind, names, one.opts<IdentityFlags>()));
    });
  }
}

function addMembers(command: Command, ended: Ended): void {
  for (const [act, description] of [
    ['add', 'Put users into a group.'],
    ['remove', 'Take users out of a group.'],
  ] as const) {
    const one = withServer(
      command
        .command(act)
        .description(description)
        .argument('<group>', 'its name')
        .argument('<users...>', 'their names'),
    );
    one.action(async (name: string, users: readonly string[]) => {
      const { useMembership } = await loadEntities();
      ended(await useMembership(act, name, users, one.opts<IdentityFlags>()));
    });
  }
}

function addTrust(command: Command, ended: Ended): void {
  const trust = withServer(
    command
      .command('trust')
      .description('Show who may assume a role, or set it from a file.')
      .argument('<role>', 'its name')
      .argument('[file]', '- for standard input'),
  );
  trust.action(async (name: string, file?: string) => {
    ended(await (await loadEntities()).useTrust(name, file, trust.opts<IdentityFlags>()));
  });
}

export function createPolicyCommand(ended: Ended): Command {
  const command = group('policy', 'Policies that several can have.');
  const list = withServer(command.command('list').description('List the policies.')).option(
    '--all',
    'The ready-made ones, too',
  );
  list.action(async () =>
    ended(await (await loadRest()).listPolicies(list.opts<PolicyListFlags>())),
  );
  const named = (name: string, description: string, argument: string): Command =>
    withServer(command.command(name).description(description).argument('<policy>', argument));
  const create = named('create', 'Make a policy from a file.', 'its name').argument(
    '<file>',
    '- for standard input',
  );
  create.action(async (name: string, file: string) => {
    ended(await (await loadRest()).createPolicy(name, file, create.opts<IdentityFlags>()));
  });
  const get = named('get', 'Print the version that counts.', 'name or ARN');
  get.action(async (name: string) => {
    ended(await (await loadRest()).getPolicy(name, get.opts<IdentityFlags>()));
  });
  const set = named('set', 'Replace what a policy says, by a new version.', 'name or ARN').argument(
    '<file>',
    '- for standard input',
  );
  set.action(async (name: string, file: string) => {
    ended(await (await loadRest()).setPolicy(name, file, set.opts<IdentityFlags>()));
  });
  const remove = named('delete', 'Delete a policy with all its versions.', 'name or ARN');
  remove.action(async (name: string) => {
    ended(await (await loadRest()).deletePolicy(name, remove.opts<IdentityFlags>()));
  });
  return command;
}

export function createKeyCommand(ended: Ended): Command {
  const command = group('key', 'Access keys.');
  const withUser = (one: Command): Command =>
    withServer(one).option('--user <name>', 'Whose (default: of whom the key is that asks)');
  const list = withUser(
    command.command('list').description('List access keys; secrets are not told.'),
  );
  list.action(async () => ended(await (await loadRest()).listKeys(list.opts<KeyFlags>())));
  const create = withUser(command.command('create').description('Make an access key.'))
    .option('--save-as <alias>', 'Keep it as an alias, and print no secret')
    .option(
      '--secret-file <file>',
      'Write the secret there, for nobody else to read, and print none',
    );
  create.addOption(
    new Option('--expires <time>', 'After so long (30d), or at that time; Kist only').argParser(
      parseExpiry,
    ),
  );
  create.action(async () => ended(await (await loadRest()).createKey(create.opts<KeyFlags>())));
  addAdministration(command, ended);
  for (const [act, description] of [
    ['disable', 'Refuse a key until it is enabled again.'],
    ['enable', 'Take a disabled key again.'],
    ['delete', 'Delete a key.'],
  ] as const) {
    const one = withUser(
      command.command(act).description(description).argument('<id>', 'of the access key'),
    );
    one.action(async (id: string) => {
      ended(await (await loadRest()).changeKey(act, id, one.opts<KeyFlags>()));
    });
  }
  return command;
}

/** What IAM has no operation for: these ask the admin API. */
function addAdministration(command: Command, ended: Ended): void {
  const about = (name: string, description: string): Command =>
    withServer(
      command.command(name).description(description).argument('<id>', 'of the access key'),
    );
  const info = about(
    'info',
    'Show a key: whose it is, its state, its end and its rate; Kist only.',
  );
  info.action(async (id: string) => {
    const { showKey } = await import('../admin/keys.ts');
    ended(await showKey(id, info.opts<IdentityFlags>()));
  });
  const expires = about('expires', 'Set when a key ends; Kist only.').argument(
    '<time>',
    'after so long (30d), at that time (2030-01-31), or never',
    (text: string) => (text === 'never' ? text : parseExpiry(text)),
  );
  expires.action(async (id: string, time: Date | 'never') => {
    const { setKeyExpiry } = await import('../admin/keys.ts');
    const when = time === 'never' ? undefined : time;
    ended(await setKeyExpiry(id, when, expires.opts<IdentityFlags>()));
  });
}

const isoTime = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$/;

/** `30d` from now, or a time of UTC. */
function parseExpiry(text: string): Date {
  if (!isoTime.test(text)) return new Date(Date.now() + parseAge(text));
  const time = new Date(text);
  if (!Number.isNaN(time.getTime()) && time.getTime() > Date.now()) return time;
  throw new InvalidArgumentError('It must be a time to come, such as 2030-01-31.');
}

export function createWhoAmICommand(ended: Ended): Command {
  const command = withServer(
    new Command('whoami').description('Tell whose the key is, as an ARN.'),
  );
  return command.action(async () => {
    ended(await (await loadRest()).whoAmI(command.opts<IdentityFlags>()));
  });
}
