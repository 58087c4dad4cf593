/** `kist config show`: the settings that `kist serve` would run with, and where each comes from. Nothing is started. */
import { Command, Option } from 'commander';
import { reloadableSettings } from '../config/fixed-settings.ts';
import type { LoadedConfig, SettingSource } from '../config/load.ts';
import { type SettingName, settingNames, settingOf } from '../config/schema.ts';
import { addSettingOptions, configurationOf } from './setting-options.ts';

const examples = `
It reads what "kist serve" would read: flags, the environment, and the file of --config or
KIST_CONFIG. Secrets are not shown, only whether they are set.

Examples:
  kist config show                     Every setting, with its source
  kist config show --changed           Those that are not left to their defaults
  kist config show --config kist.yaml --format json`;

interface ShownSetting {
  readonly name: SettingName;
  readonly value?: unknown;
  readonly secret: boolean;
  readonly source: SettingSource;
  readonly reload: boolean;
}

export function createConfigCommand(program: Command): Command {
  const command = new Command('config')
    .copyInheritedSettings(program)
    .description('Show the configuration without starting a server.');
  const show = new Command('show')
    .copyInheritedSettings(program)
    .description('Every setting with its value and where that comes from.')
    .addOption(
      new Option('--format <format>', 'How to print').choices(['text', 'json']).default('text'),
    )
    .addOption(new Option('--changed', 'Only settings that are not left to their defaults'));
  addSettingOptions(show);
  show.addHelpText('after', examples).action(() => {
    const { format, changed } = show.opts<{ format: 'text' | 'json'; changed?: boolean }>();
    const shown = settingsOf(configurationOf(show)).filter(
      ({ source }) => changed !== true || source.kind !== 'default',
    );
    process.stdout.write(format === 'json' ? `${JSON.stringify(shown, null, 2)}\n` : asText(shown));
  });
  command.addCommand(show);
  return command;
}

function settingsOf({ config, sources }: LoadedConfig): readonly ShownSetting[] {
  return settingNames.map((name) => {
    const { secret = false } = settingOf(name);
    return {
      name,
      ...(!secret && { value: config[name] }),
      secret,
      source: sources[name],
      reload: reloadableSettings.has(name),
    };
  });
}

function asText(settings: readonly ShownSetting[]): string {
  const rows = settings.map(({ name, value, secret, source, reload }) => [
    name,
    secret ? (source.kind === 'default' ? '(not set)' : '(secret)') : textOf(value),
    sourceInWords(source),
    reload ? '' : 'restart only',
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(0, ...rows.map((row) => row[column]!.length)));
  return rows
    .map(
      (row) =>
        `${row
          .map((text, column) => text.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

const textOf = (value: unknown): string =>
  value === undefined
    ? '(not set)'
    : Array.isArray(value)
      ? value.join(', ') || '(none)'
      : String(value);

function sourceInWords(source: SettingSource): string {
  switch (source.kind) {
    case 'file':
      return `${source.file}, line ${source.line}`;
    case 'environment':
      return source.variable;
    case 'flag':
      return source.flag;
    default:
      return source.kind;
  }
}
