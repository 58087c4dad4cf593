/**
 * The files that AWS's tools keep in `~/.aws`: sections of settings, some with settings of their own below them.
 *
 * AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
 */

export type Section = Readonly<Record<string, string>>;

const sectionLine = /^\[\s*([^\]]+?)\s*\]/;
const settingLine = /^([^=\s][^=]*?)\s*=\s*(.*)$/;
const comment = /\s[#;].*$/;

/** Section → setting → value; those of a nested block are `block.setting`. Lines that are none of these are left out. */
export function parseIni(text: string): ReadonlyMap<string, Section> {
  const sections = new Map<string, Record<string, string>>();
  let section: Record<string, string> | undefined;
  let block = '';
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    const named = sectionLine.exec(line);
    if (named !== null) {
      const name = named[1]!.replace(/\s+/g, ' ');
      section = sections.get(name) ?? (Object.create(null) as Record<string, string>);
      sections.set(name, section);
      block = '';
      continue;
    }
    const isNested = /^\s/.test(line);
    const setting = settingLine.exec(line.trim());
    if (section === undefined || setting === null) continue;
    const name = setting[1]!.toLowerCase();
    const value = setting[2]!.replace(comment, '').trim();
    if (isNested && block !== '') section[`${block}.${name}`] = value;
    else {
      section[name] = value;
      block = value === '' ? name : '';
    }
  }
  return sections;
}
