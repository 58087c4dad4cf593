/**
 * What may come next on a command line: commands, options, values of options, places. The tree of commands tells all of
 * it but the names on servers.
 */
import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  readonly value: string;
  readonly description?: string | undefined;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** The shell's own names of files, too. */
  readonly files: boolean;
}

/** What stands for a value, from an argument's or option's own name for it. */
export type ValueKind = ServerName | 'file' | 'none';

/** Names that a server, or the aliases' file, tells. */
export type ServerName = 'place' | 'bucket' | 'alias' | 'namespace' | 'account' | 'job';

/**
 * Names on servers, asked for when it comes to them.
 * @param alias that `--alias` names
 */
export type FindNames = (
  kind: ServerName,
  word: string,
  alias: string | undefined,
) => Promise<readonly Candidate[]>;

/** On the server that the line is about. */
type FindHere = (kind: ServerName, word: string) => ReturnType<FindNames>;

const nothing: Completion = { candidates: [], files: false };

interface Position {
  readonly command: Command;
  /** Names of the commands that led there. */
  readonly path: readonly string[];
  /** Arguments that were given to it. */
  readonly given: number;
  /** The option whose value comes next. */
  readonly option: Option | undefined;
  /** After `--` there are no options. */
  readonly isPlain: boolean;
}

/** @param words after `kist`; the last one is the one that is being written, and may be empty */
export async function complete(
  program: Command,
  words: readonly string[],
  askNames: FindNames,
): Promise<Completion> {
  const word = words.at(-1) ?? '';
  const alias = aliasIn(words.slice(0, -1));
  const findNames: FindHere = (kind, begun) => askNames(kind, begun, alias);
  const position = positionOf(program, words.slice(0, -1));
  const { command, option, given, isPlain, path } = position;
  if (option !== undefined) return optionValues(option, word, '', findNames);
  const equals = word.indexOf('=');
  if (!isPlain && word.startsWith('--') && equals > 0) {
    const named = optionOf(command, word.slice(0, equals));
    if (named === undefined) return nothing;
    return optionValues(named, word.slice(equals + 1), word.slice(0, equals + 1), findNames);
  }
  if (!isPlain && word.startsWith('-'))
    return { candidates: optionsOf(command, word), files: false };
  const commands = given > 0 ? [] : subcommandsOf(command, word);
  const argument = argumentAt(command, given);
  if (argument === undefined) return { candidates: commands, files: false };
  const values = await argumentValues(argument, path, word, findNames);
  return { ...values, candidates: [...commands, ...values.candidates] };
}

function aliasIn(words: readonly string[]): string | undefined {
  const at = words.lastIndexOf('--alias');
  const joined = words.find((word) => word.startsWith('--alias='));
  return joined?.slice('--alias='.length) ?? (at < 0 ? undefined : words[at + 1]);
}

function positionOf(program: Command, words: readonly string[]): Position {
  let command = program;
  const path: string[] = [];
  let given = 0;
  let isPlain = false;
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (isPlain || !word.startsWith('-') || word === '-') {
      const next = given > 0 || isPlain ? undefined : commandOf(command, word);
      if (next === undefined) given += 1;
      else {
        command = next;
        path.push(next.name());
      }
    } else if (word === '--') isPlain = true;
    else {
      const option = word.includes('=') ? undefined : optionOf(command, word);
      if (option === undefined || !(option.required || option.optional)) continue;
      if (at === words.length - 1) return { command, path, given, option, isPlain };
      at += 1;
    }
  }
  return { command, path, given, option: undefined, isPlain };
}

const commandOf = (command: Command, name: string): Command | undefined =>
  command.commands.find((one) => one.name() === name);

const optionOf = (command: Command, flag: string): Option | undefined =>
  command.options.find((one) => one.long === flag || one.short === flag);

const hidden = new Set(['complete']);

const subcommandsOf = (command: Command, word: string): readonly Candidate[] =>
  command.commands
    .filter((one) => one.name().startsWith(word) && !hidden.has(one.name()))
    .map((one) => ({ value: one.name(), description: one.description() }));

function optionsOf(command: Command, word: string): readonly Candidate[] {
  const known = command.options
    .filter((one) => one.hidden !== true)
    .map((one) => ({ value: one.long ?? one.short ?? '', description: one.description }));
  return [...known, { value: '--help', description: 'Print this help' }].filter(({ value }) =>
    value.startsWith(word),
  );
}

function argumentAt({ registeredArguments }: Command, at: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[at] ?? (last?.variadic ? last : undefined);
}

const kinds: Readonly<Record<string, ValueKind>> = {
  account: 'account',
  alias: 'alias',
  bucket: 'bucket',
  buckets: 'bucket',
  directory: 'file',
  file: 'file',
  job: 'job',
  namespace: 'namespace',
  path: 'place',
  paths: 'place',
  places: 'place',
  source: 'place',
  target: 'place',
};

/** Options whose placeholder doesn't tell. */
const optionKinds: Readonly<Record<string, ValueKind>> = {
  '--alias': 'alias',
  '--namespace': 'namespace',
};

/** Commands whose buckets and paths are on servers that have aliases. */
const onServers = new Set(['object', 'bucket']);

async function argumentValues(
  argument: Argument,
  path: readonly string[],
  word: string,
  findNames: FindHere,
): Promise<Completion> {
  if (argument.argChoices !== undefined) return choices(argument.argChoices, word, '');
  const isAlias = path[0] === 'alias' && argument.name() === 'name';
  const kind = isAlias ? 'alias' : (kinds[argument.name()] ?? 'none');
  if ((kind === 'place' || kind === 'bucket') && !onServers.has(path[0] ?? '')) {
    return { candidates: [], files: true };
  }
  // What is to be made has no name yet.
  if ((kind === 'namespace' || kind === 'account') && path.at(-1) === 'create') return nothing;
  return named(kind, word, '', findNames);
}

/** @param before the part of the word that stands before the value */
async function optionValues(
  option: Option,
  word: string,
  before: string,
  findNames: FindHere,
): Promise<Completion> {
  if (option.argChoices !== undefined) return choices(option.argChoices, word, before);
  const placeholder = /<([^>]+)>/.exec(option.flags)?.[1] ?? '';
  const kind = optionKinds[option.long ?? ''] ?? kinds[placeholder] ?? 'none';
  return named(kind === 'bucket' || kind === 'place' ? 'none' : kind, word, before, findNames);
}

function choices(all: readonly string[], word: string, before: string): Completion {
  const fitting = all.filter((one) => one.startsWith(word));
  return { candidates: fitting.map((one) => ({ value: before + one })), files: false };
}

async function named(
  kind: ValueKind,
  word: string,
  before: string,
  findNames: FindHere,
): Promise<Completion> {
  if (kind === 'file') return { candidates: [], files: true };
  if (kind === 'none') return nothing;
  if (kind === 'place' && /^(?:\.|\/|~)/.test(word)) return { candidates: [], files: true };
  const found = await findNames(kind, word);
  return {
    candidates: found.map(({ value, ...rest }) => ({ value: before + value, ...rest })),
    files: false,
  };
}
