/** Every setting of the configuration as a flag, and the configuration that these and the other sources come to. */
import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { defaultInWords } from '../config/docs.ts';
import { configFileVariable, type LoadedConfig, loadConfig } from '../config/load.ts';
import { type Config, flagOf, settingGroups, settingNames, settingOf } from '../config/schema.ts';

export function addSettingOptions(command: Command): void {
  command.addOption(
    new Option('--config <file>', `YAML file with settings (also ${configFileVariable})`),
  );
  for (const group of settingGroups) {
    for (const name of settingNames) {
      const setting = settingOf(name);
      if (setting.group !== group || setting.flag === false) continue;
      const { placeholder } = setting.kind;
      const flag = placeholder === '' ? flagOf(name) : `${flagOf(name)} <${placeholder}>`;
      const fallback = placeholder === '' ? '' : ` (default: ${defaultInWords(name)})`;
      command.addOption(new Option(flag, setting.doc + fallback).helpGroup(`${group}:`));
    }
  }
}

/** As its sources are now. @throws ConfigError */
export function configurationOf(command: Command): LoadedConfig {
  const { config: configFile, ...flags } = command.opts<
    { config?: string } & Partial<Record<keyof Config, string | boolean>>
  >();
  return loadConfig({
    env: process.env,
    flags,
    ...(configFile === undefined ? {} : { configFile }),
    readFile: (path) => readFileSync(path, 'utf8'),
  });
}
