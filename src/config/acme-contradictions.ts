/** What is wrong with settings of ACME that are right one by one. */
import { flagOf, type SettingName, type Settings } from './schema.ts';

const dependent = [
  'acmeTermsAgreed',
  'acmeEmail',
  'acmeCaFile',
  'acmeDir',
  'acmeDnsHook',
] as const satisfies readonly SettingName[];

/** @param label a setting in the form in which the user wrote it */
export function acmeContradictions(
  settings: Settings,
  label: (name: SettingName) => string,
): readonly string[] {
  const { acmeDomains, acmeDnsHook } = settings;
  if (acmeDomains.length === 0) {
    const given = dependent.filter(
      (name) => settings[name] !== undefined && settings[name] !== false,
    );
    return given.map(
      (name) => `${label(name)} is set, but ${flagOf('acmeDomains')} is not: set both, or neither.`,
    );
  }
  const problems: string[] = [];
  const domains = label('acmeDomains');
  if (settings.memory) {
    problems.push(
      `${domains} is set, but ${label('memory')} keeps nothing: each start would order a certificate. Use a data directory.`,
    );
  }
  if (!settings.acmeTermsAgreed) {
    problems.push(
      `${domains} is set, but ${flagOf('acmeTermsAgreed')} is not: read the authority's terms of service, and set it if you agree.`,
    );
  }
  if (acmeDnsHook === undefined) {
    const wildcard = acmeDomains.find((name) => name.startsWith('*.'));
    if (wildcard !== undefined) {
      problems.push(
        `${domains}: ${wildcard} can be proven by dns-01 only: set ${flagOf('acmeDnsHook')} to a program that sets TXT records.`,
      );
    } else if (settings.httpRedirectPort === undefined) {
      problems.push(
        `${domains} is set, but neither ${flagOf('httpRedirectPort')} nor ${flagOf('acmeDnsHook')} is: the authority asks the server on port 80, or its DNS.`,
      );
    }
  }
  return problems;
}
