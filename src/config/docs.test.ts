/** The configuration page leaves no setting out. */
import { expect, it } from 'vitest';
import { renderConfigurationPage } from './docs.ts';
import { flagOf, settingNames, variableOf } from './schema.ts';

it('has every setting with its variable, and a flag for all but the root secret', () => {
  const page = renderConfigurationPage();
  for (const name of settingNames) {
    expect(page).toContain(`### ${name}\n`);
    expect(page).toContain(`\`${variableOf(name)}\``);
    expect(page.includes(`\`${flagOf(name)}`)).toBe(name !== 'rootSecretAccessKey');
  }
});
