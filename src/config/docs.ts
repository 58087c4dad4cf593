/** The settings as a page of documentation: `docs/configuration.md` is this function's result. */
import { configFileVariable } from './load.ts';
import {
  flagOf,
  type SettingName,
  settingGroups,
  settingNames,
  settingOf,
  variableOf,
} from './schema.ts';

const introduction = `# Configuration

<!-- Generated from src/config/schema.ts. -->

Kist runs without any configuration. Where you want something else, each setting can be given in three ways; a later
one wins over an earlier one:

1. in a YAML file, named by \`--config FILE\` or \`${configFileVariable}\`:

   \`\`\`yaml
   dataDir: /srv/kist
   host: 0.0.0.0
   domain: [s3.example.com]
   \`\`\`

2. in the environment: \`KIST_DATA_DIR=/srv/kist\`;
3. as a flag: \`kist serve --data-dir /srv/kist\`.

A name that doesn't exist and a value that isn't allowed stop the start with a message for each of them. An empty
variable counts as not set. Relative paths start at the working directory. Sizes take \`KiB\`, \`MiB\`, \`GiB\`, and times
\`s\`, \`min\`, \`h\`, wherever they are written as text. Variables that Kubernetes sets for a service called \`kist\`
(\`KIST_SERVICE_HOST\`, \`KIST_PORT=tcp://...\`) are not ours and are passed over.
`;

export function renderConfigurationPage(): string {
  const sections = settingGroups.map((group) => {
    const names = settingNames.filter((name) => settingOf(name).group === group);
    return `## ${group}\n\n${names.map(renderSetting).join('\n')}`;
  });
  return [introduction, ...sections].join('\n');
}

function renderSetting(name: SettingName): string {
  const setting = settingOf(name);
  const placeholder = setting.kind.placeholder === '' ? '' : ` <${setting.kind.placeholder}>`;
  const flag = setting.flag === false ? '(no flag)' : `\`${flagOf(name)}${placeholder}\``;
  return [
    `### ${name}`,
    '',
    setting.doc,
    '',
    `- Flag: ${flag}`,
    `- Environment: \`${variableOf(name)}\``,
    `- Allowed: ${setting.kind.allowed}`,
    `- Default: ${defaultInWords(name)}`,
    '',
  ].join('\n');
}

/** The default as documentation and help show it. */
export function defaultInWords(name: SettingName): string {
  const { defaultText, default: value } = settingOf(name);
  return defaultText ?? (Array.isArray(value) ? value.join(', ') : String(value));
}
