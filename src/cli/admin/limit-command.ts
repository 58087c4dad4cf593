/** `kist quota`, `kist rate` and `kist addresses`: `kist quota set bucket photos --max-bytes 10GiB`. */
import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { parseByteAmount, parseCount, parseRate } from '../amount-options.ts';
import { usageError } from '../command-error.ts';
import type { Ended } from '../late-commands.ts';
import { adminHelp, withAdminOptions } from './admin-options.ts';
import { type Limit, type Scope, scopesOf } from './limit-scopes.ts';
import type { LimitFlags } from './limits.ts';

const load = () => import('./limits.ts');

interface LimitWords {
  readonly description: string;
  readonly help: string;
  readonly set: string;
  readonly get: string;
  readonly remove: string;
}

const words: Readonly<Record<Limit, LimitWords>> = {
  quota: {
    description: 'How much buckets, accounts and namespaces may hold.',
    set: 'Set a quota; what is left out has no limit.',
    get: 'Show a quota, and how much of it is used.',
    remove: 'Take a quota away.',
    help: `
  kist quota set bucket photos --max-bytes 10GiB --max-objects 1000000
  kist quota set namespace acme --max-bytes 1TiB
  kist quota get namespace acme`,
  },
  rate: {
    description: 'How fast keys, buckets and namespaces may be used.',
    set: 'Set a rate; what is left out has no limit.',
    get: 'Show a rate.',
    remove: 'Take a rate away.',
    help: `
  kist rate set key AKIA... --requests-per-second 50
  kist rate set bucket photos --bytes-per-second 100MiB
  kist rate remove bucket photos`,
  },
  addresses: {
    description: 'Where requests to buckets and namespaces may come from.',
    set: 'Let requests come from there alone, presigned ones as well.',
    get: 'Show where requests may come from.',
    remove: 'Let requests come from everywhere.',
    help: `
  kist addresses set bucket photos private
  kist addresses set namespace acme 192.0.2.0/24 2001:db8::/32
  kist addresses get namespace acme`,
  },
};

export function createLimitCommand(limit: Limit, ended: Ended): Command {
  const { description, help, ...acts } = words[limit];
  const command = new Command(limit)
    .description(description)
    .addHelpText('after', `${adminHelp}\n\nExamples:${help}`);
  const about = (act: keyof typeof acts): Command =>
    withAdminOptions(
      command
        .command(act)
        .description(acts[act])
        .addArgument(new Argument('<kind>', 'of what').choices(scopesOf(limit)))
        .argument('<name>', 'its name; of a key, its id'),
    ).option('--namespace <name>', 'Where the bucket is (default: the namespace of who asks)');
  const set = about('set');
  valueOptions[limit](set);
  set.action(async (scope: Scope, name: string, entries: unknown) => {
    const { alias, json, namespace, ...given } = set.opts<LimitFlags>();
    const values = limit === 'addresses' ? { addresses: rule(entries as string[]) } : given;
    if (Object.keys(values).length === 0) {
      throw usageError(`There is nothing to set: "kist ${limit} set --help" tells what can be.`);
    }
    ended(await (await load()).setLimit({ limit, scope, name }, values, set.opts<LimitFlags>()));
  });
  const get = about('get');
  get.action(async (scope: Scope, name: string) =>
    ended(await (await load()).showLimit({ limit, scope, name }, get.opts<LimitFlags>())),
  );
  const remove = about('remove');
  remove.action(async (scope: Scope, name: string) =>
    ended(await (await load()).removeLimit({ limit, scope, name }, remove.opts<LimitFlags>())),
  );
  return command;
}

const valueOptions: Readonly<Record<Limit, (set: Command) => unknown>> = {
  quota: withQuota,
  rate: (set) =>
    set
      .addOption(
        new Option('--requests-per-second <number>', 'Such as 50, or 0.5').argParser(parseNumber),
      )
      .addOption(
        new Option('--bytes-per-second <bytes>', 'Of bodies, both ways: 100MiB').argParser(
          parseRate,
        ),
      ),
  addresses: (set) => set.argument('<from...>', 'public, private, or addresses and CIDR blocks'),
};

/** Of what is to be told how much it may hold. */
export function withQuota(command: Command): Command {
  return command
    .addOption(
      new Option('--max-bytes <bytes>', 'At most so many: 10GiB').argParser(parseByteAmount),
    )
    .addOption(
      new Option('--max-objects <count>', 'Versions and unfinished uploads count').argParser(
        parseCount(0, Number.MAX_SAFE_INTEGER),
      ),
    );
}

function parseNumber(text: string): number {
  const number = /^\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (number > 0) return number;
  throw new InvalidArgumentError('It must be a number above 0, such as 50 or 0.5.');
}

/** @throws CommandError for a word among addresses */
function rule(entries: readonly string[]): 'public' | 'private' | readonly string[] {
  const [only] = entries;
  if (entries.length === 1 && (only === 'public' || only === 'private')) return only;
  if (!entries.includes('public') && !entries.includes('private')) return entries;
  throw usageError('Say public, or private, or addresses and CIDR blocks: one of the three.');
}
