/** The configuration page leaves no setting out. */
import { expect, it } from 'vitest';
import { renderConfigurationPage } from './docs.ts';
import { flagOf, settingNames, settingOf, variableOf } from './schema.ts';

it('has every setting with its variable, and a flag for all but those that are secrets', () => {
  const page = renderConfigurationPage();
  for (const name of settingNames) {
    expect(page).toContain(`### ${name}\n`);
    expect(page).toContain(`\`${variableOf(name)}\``);
    const flag = new RegExp(`\`${flagOf(name)}[\` ]`);
    expect(flag.test(page)).toBe(settingOf(name).flag !== false);
  }
});
