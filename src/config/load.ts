/**
 * From defaults, a YAML file, the environment and flags to one checked configuration: later sources
 * win, every value remembers where it comes from, and everything wrong is told at once.
 *
 * Nothing is guessed: a key or KIST_ variable that doesn't exist is refused by name.
 */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { acmeContradictions } from './acme-contradictions.ts';
import { nearestName } from './nearest-name.ts';
import {
  type Config,
  flagOf,
  type SettingName,
  type Settings,
  settingNames,
  settingOf,
  variableOf,
} from './schema.ts';
import { speaksTls } from './speaks-tls.ts';

const requirePackage = createRequire(import.meta.url);
/** Late: most servers are started without YAML, and it is 70 files. */
const loadYaml = () => requirePackage('yaml') as typeof import('yaml');

/** The setting that names the YAML file; it has no place in the file itself. */
export const configFileVariable = 'KIST_CONFIG';

/** Of commands that speak with servers: who has set them is to be able to run a server, too. */
const commandVariables: ReadonlySet<string> = new Set([
  'KIST_ALIAS',
  'KIST_CONFIG_HOME',
  'KIST_SECRET_ACCESS_KEY',
  'KIST_STATE_HOME',
]);

export type SettingSource =
  | { readonly kind: 'default' }
  | { readonly kind: 'file'; readonly file: string; readonly line: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'option' };

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<SettingName, SettingSource>>;
}

export interface ConfigInput {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly flags?: Readonly<Partial<Record<SettingName, string | boolean>>>;
  /** `--config`; wins over KIST_CONFIG. */
  readonly configFile?: string;
  /** Values from code, for embedding; they win over all others. */
  readonly options?: Readonly<Partial<Settings>>;
  /** Throws if there is no such file. */
  readonly readFile: (path: string) => string;
}

/** What is wrong with a configuration, one sentence for each thing. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

interface Given {
  readonly value: unknown;
  readonly source: SettingSource;
}

export function loadConfig(input: ConfigInput): LoadedConfig {
  const problems: string[] = [];
  const env = input.env ?? {};
  const file = input.configFile ?? (env[configFileVariable] || undefined);
  const given = new Map<SettingName, Given>([
    ...(file === undefined ? [] : fromFile(file, input.readFile, problems)),
    ...fromEnvironment(env, problems),
    ...fromFlags(input.flags ?? {}),
    ...fromOptions(input.options ?? {}),
  ]);

  const values: Partial<Record<SettingName, unknown>> = {};
  const sources: Partial<Record<SettingName, SettingSource>> = {};
  for (const name of settingNames) {
    const setting = given.get(name);
    sources[name] = setting?.source ?? { kind: 'default' };
    values[name] =
      setting === undefined
        ? defaultOf(name)
        : checkedValue(name, setting, input.readFile, problems);
  }
  if (problems.length > 0) throw new ConfigError(problems);

  // Every name of the table was filled above, each through its own kind.
  const settings = values as unknown as Settings;
  const complete = sources as Record<SettingName, SettingSource>;
  const config = {
    ...settings,
    dataDir: resolve(settings.dataDir),
    workers: settings.memory ? 1 : settings.workers,
    regionEnforced: complete.region.kind !== 'default',
  };
  problems.push(...contradictions(settings, complete));
  if (problems.length > 0) throw new ConfigError(problems);
  return { config, sources: complete };
}

/** What each setting is where nobody sets it. */
export function defaultSettings(): Partial<Settings> {
  return Object.fromEntries(settingNames.map((name) => [name, defaultOf(name)]));
}

function defaultOf(name: SettingName): unknown {
  const fallback = settingOf(name).default;
  return typeof fallback === 'function' ? fallback() : fallback;
}

function checkedValue(
  name: SettingName,
  given: Given,
  readFile: ConfigInput['readFile'],
  problems: string[],
): unknown {
  const label = labelOf(name, given.source);
  const setting = settingOf(name);
  const value =
    name === 'accounts' ? readAccounts(given.value, label, readFile, problems) : given.value;
  if (value === unreadable) return undefined;
  const checked = setting.kind.check(value);
  if (checked.problems === undefined) return checked.value;
  const shown = setting.secret === true ? '' : ` ${shownValue(given.value)}`;
  for (const { path, message } of checked.problems) {
    problems.push(`${label}${shown}${placeOf(path)}: ${message}.`);
  }
  return undefined;
}

/** `[2, 'email']` → `, entry 3, email`. */
function placeOf(path: readonly (string | number)[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `, entry ${step + 1}` : `, ${step}`))
    .join('');
}

function shownValue(value: unknown): string {
  const shown = JSON.stringify(value) ?? String(value);
  return shown.length > 100 ? `${shown.slice(0, 100)}...` : shown;
}

/** A setting in the form in which the user wrote it. */
function labelOf(name: SettingName, source: SettingSource): string {
  switch (source.kind) {
    case 'file':
      return `${name} (${source.file}, line ${source.line})`;
    case 'environment':
      return source.variable;
    case 'flag':
      return source.flag;
    default:
      return name;
  }
}

const unreadable = Symbol('unreadable');

/** Text is the list itself where it looks like one, else the path of a file that holds it. */
function readAccounts(
  value: unknown,
  label: string,
  readFile: ConfigInput['readFile'],
  problems: string[],
): unknown {
  if (typeof value !== 'string') return value;
  const isInline = /^\s*(\[|-\s|#)/.test(value) || value.includes('\n');
  try {
    return loadYaml().parse(isInline ? value : readFile(value), { maxAliasCount: 0 }) ?? [];
  } catch (error) {
    // A parser's message quotes what it read, and that holds secrets: only its place is told.
    const where = isInline ? 'the list' : `the file ${value}`;
    problems.push(`${label}: ${where} cannot be read: ${reasonWithoutContent(error)}.`);
    return unreadable;
  }
}

function reasonWithoutContent(error: unknown): string {
  if (error instanceof Error && 'linePos' in error && Array.isArray(error.linePos)) {
    const [start] = error.linePos as readonly { readonly line: number; readonly col: number }[];
    return `not valid YAML at line ${start?.line ?? 1}, column ${start?.col ?? 1}`;
  }
  return reasonOf(error);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  return error instanceof Error ? error.message.split('\n')[0]! : String(error);
}

function fromFile(
  file: string,
  readFile: ConfigInput['readFile'],
  problems: string[],
): readonly (readonly [SettingName, Given])[] {
  let source: string;
  try {
    source = readFile(file);
  } catch (error) {
    problems.push(`The configuration file ${file} cannot be read: ${reasonOf(error)}.`);
    return [];
  }
  const { isMap, isNode, isScalar, LineCounter, parseDocument } = loadYaml();
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    problems.push(`${file}, line ${line}, column ${col}: not valid YAML: ${error.message}.`);
  }
  if (document.errors.length > 0 || document.contents === null) return [];
  if (!isMap(document.contents)) {
    problems.push(`${file}: must be a mapping of setting names to values.`);
    return [];
  }
  const found: (readonly [SettingName, Given])[] = [];
  for (const { key, value } of document.contents.items) {
    const written = isScalar(key) ? String(key.value) : String(key);
    const offset = isScalar(key) ? (key.range?.[0] ?? 0) : 0;
    const line = lines.linePos(offset).line;
    const name = settingNames.find((candidate) => candidate === written);
    if (name === undefined) {
      problems.push(
        `${file}, line ${line}: there is no setting ${written}.${didYouMean(written, settingNames)}`,
      );
      continue;
    }
    // Null stands for "not set", as an empty environment variable does.
    const plain: unknown = isNode(value) ? value.toJS(document, { maxAliasCount: 100 }) : value;
    if (plain !== null) found.push([name, { value: plain, source: { kind: 'file', file, line } }]);
  }
  return found;
}

/**
 * What Kubernetes and Docker set for a service or container that is called kist: not meant for us.
 * `KIST_PORT=tcp://10.0.0.1:9000` is one of them and would be a bad value otherwise.
 */
function isServiceLink(variable: string, value: string): boolean {
  return (
    /^KIST_(SERVICE_(HOST|PORT(_\w+)?)|PORT_\d+_(TCP|UDP)(_(PROTO|PORT|ADDR))?)$/.test(variable) ||
    (variable === 'KIST_PORT' && /^(tcp|udp):\/\//.test(value))
  );
}

function fromEnvironment(
  env: NonNullable<ConfigInput['env']>,
  problems: string[],
): readonly (readonly [SettingName, Given])[] {
  const byVariable = new Map(settingNames.map((name) => [variableOf(name), name]));
  const known = [...byVariable.keys(), configFileVariable];
  const found: (readonly [SettingName, Given])[] = [];
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith('KIST_') || variable === configFileVariable) continue;
    if (value === undefined || isServiceLink(variable, value)) continue;
    if (commandVariables.has(variable)) continue;
    const name = byVariable.get(variable);
    if (name === undefined) {
      problems.push(`There is no setting ${variable}.${didYouMean(variable, known)}`);
    } else if (value !== '') {
      found.push([name, { value, source: { kind: 'environment', variable } }]);
    }
  }
  return found;
}

function didYouMean(written: string, names: readonly string[]): string {
  const nearest = nearestName(written, names);
  return nearest === undefined ? '' : ` Did you mean ${nearest}?`;
}

function fromFlags(
  flags: NonNullable<ConfigInput['flags']>,
): readonly (readonly [SettingName, Given])[] {
  return settingNames
    .filter((name) => flags[name] !== undefined)
    .map((name) => [name, { value: flags[name], source: { kind: 'flag', flag: flagOf(name) } }]);
}

function fromOptions(
  options: NonNullable<ConfigInput['options']>,
): readonly (readonly [SettingName, Given])[] {
  return settingNames
    .filter((name) => options[name] !== undefined)
    .map((name) => [name, { value: options[name], source: { kind: 'option' } }]);
}

/** What is wrong with values that are right one by one. */
function contradictions(
  settings: Settings,
  sources: Readonly<Record<SettingName, SettingSource>>,
): readonly string[] {
  const problems: string[] = [];
  const label = (name: SettingName) => labelOf(name, sources[name]);

  const half = settings.rootAccessKeyId === undefined ? 'rootSecretAccessKey' : 'rootAccessKeyId';
  const missing = half === 'rootAccessKeyId' ? 'rootSecretAccessKey' : 'rootAccessKeyId';
  if (settings[half] !== undefined && settings[missing] === undefined) {
    problems.push(
      `${label(half)} is set, but ${variableOf(missing)} is not: set both, or neither to have a key pair made.`,
    );
  }
  if (settings.port !== 0 && settings.port === settings.consolePort) {
    problems.push(
      `${label('port')} and ${label('consolePort')} are both ${settings.port}: they must differ.`,
    );
  }
  problems.push(...tlsContradictions(settings, label), ...acmeContradictions(settings, label));
  if (settings.memory && sources.workers.kind !== 'default' && settings.workers !== 1) {
    problems.push(
      `${label('workers')} ${settings.workers}: with ${label('memory')} there is one process, as memory is not shared.`,
    );
  }
  const ownKey = settings.accounts.findIndex(
    (account) => account.accessKeyId === settings.rootAccessKeyId,
  );
  if (ownKey !== -1) {
    problems.push(
      `${label('accounts')}, entry ${ownKey + 1}, accessKeyId: is the same as ${label('rootAccessKeyId')}.`,
    );
  }
  return problems;
}

function tlsContradictions(
  settings: Settings,
  label: (name: SettingName) => string,
): readonly string[] {
  const problems: string[] = [];
  const { tlsCert, tlsKey, httpRedirectPort } = settings;
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    const [given, missing] =
      tlsCert === undefined ? (['tlsKey', 'tlsCert'] as const) : (['tlsCert', 'tlsKey'] as const);
    problems.push(`${label(given)} is set, but ${flagOf(missing)} is not: set both, or neither.`);
  }
  if (!speaksTls(settings)) {
    const needing = [
      ...(httpRedirectPort === undefined ? [] : (['httpRedirectPort'] as const)),
      ...(settings.consoleTls === true ? (['consoleTls'] as const) : []),
      ...(settings.tlsMinVersion === defaultOf('tlsMinVersion')
        ? []
        : (['tlsMinVersion'] as const)),
    ];
    for (const name of needing) {
      problems.push(
        `${label(name)} is set, but no certificate is: set --tls-cert and --tls-key, --tls-certificates, or --acme-domains.`,
      );
    }
  }
  for (const name of ['port', 'consolePort'] as const) {
    if (httpRedirectPort === undefined || httpRedirectPort === 0) continue;
    if (settings[name] !== httpRedirectPort) continue;
    problems.push(
      `${label('httpRedirectPort')} and ${label(name)} are both ${httpRedirectPort}: they must differ.`,
    );
  }
  return problems;
}
