/** Settings that the first process itself has opened or counted by: a change waits for a restart. */
import { type SettingName, settingNames } from './schema.ts';

export const fixedSettings = [
  'dataDir',
  'host',
  'port',
  'consolePort',
  'workers',
  'memory',
  'tlsCert',
  'tlsKey',
  'tlsCertificates',
  'tlsMinVersion',
  'tlsReloadSeconds',
  'consoleTls',
  'httpRedirectPort',
  'acmeDomains',
  'acmeTermsAgreed',
  'acmeEmail',
  'acmeDirectoryUrl',
  'acmeCaFile',
  'acmeDir',
  'acmeDnsHook',
  'acmeDnsHookTimeoutMs',
] as const satisfies readonly SettingName[];

const fixed: ReadonlySet<SettingName> = new Set(fixedSettings);

/** Those that a reload puts into effect. */
export const reloadableSettings: ReadonlySet<SettingName> = new Set(
  settingNames.filter((name) => !fixed.has(name)),
);
