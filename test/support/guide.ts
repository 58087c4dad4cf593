/**
 * The snippets of the guides, so that tests run what a reader would paste, and configure each client with
 * it. Only what a reader replaces is replaced: the address and the key pair.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { main, type TestAccount } from './accounts.ts';

const guides = join(import.meta.dirname, '..', '..', 'docs', 'guide');

export interface Snippet {
  readonly language: string;
  readonly text: string;
}

export interface GuideSection {
  readonly client: string;
  /** Configuration files: path below the home directory → content. */
  readonly files: ReadonlyMap<string, string>;
  /** Everything else, in order. */
  readonly programs: readonly Snippet[];
  /** What the section's shell snippets export. */
  readonly env: Readonly<Record<string, string>>;
}

/** Every snippet of a guide, in order. */
export function guideSnippets(guide: string, port: number): readonly Snippet[] {
  const text = readFileSync(join(guides, guide), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, snippet]) => ({
    language: language!,
    text: withOwnValues(snippet!, port, main),
  }));
}

/** Every `##` section of `clients.md` that has snippets. */
export function guideSections(port: number, account: TestAccount = main): readonly GuideSection[] {
  const text = readFileSync(join(guides, 'clients.md'), 'utf8');
  const sections: GuideSection[] = [];
  for (const chapter of text.split(/^## /m).slice(1)) {
    const section = sectionOf(chapter, (snippet) => withOwnValues(snippet, port, account));
    if (section.programs.length > 0) sections.push(section);
  }
  return sections;
}

export function guideSection(client: string, port: number, account?: TestAccount): GuideSection {
  const section = guideSections(port, account).find((each) => each.client === client);
  if (section === undefined) throw new Error(`The guide has no snippets for ${client}.`);
  return section;
}

function sectionOf(chapter: string, ownValues: (snippet: string) => string): GuideSection {
  const files = new Map<string, string>();
  const programs: Snippet[] = [];
  const env: Record<string, string> = {};
  // The line before a block says which file it is: "In `~/.s3cfg`:".
  for (const [, before, language, snippet] of chapter.matchAll(
    /^(.*)\n\n```(\w+)\n([\s\S]*?)^```$/gm,
  )) {
    const text = ownValues(snippet!);
    const file = /`~\/([^`]+)`:$/.exec(before!)?.[1];
    if (file !== undefined) files.set(file, text);
    else programs.push({ language: language!, text });
    for (const [, name, value] of text.matchAll(/^export (\w+)=(.*)$/gm)) env[name!] = value!;
  }
  return { client: chapter.split('\n')[0]!, files, programs, env };
}

const placeholders = /YOUR_\w+|\b9000\b/;

function withOwnValues(snippet: string, port: number, account: TestAccount): string {
  const text = snippet
    .replaceAll('YOUR_ACCESS_KEY_ID', account.accessKeyId)
    .replaceAll('YOUR_SECRET_ACCESS_KEY', account.secretAccessKey)
    .replaceAll(/\b9000\b/g, String(port));
  if (placeholders.test(text)) throw new Error(`A placeholder is left in:\n${text}`);
  return text;
}
