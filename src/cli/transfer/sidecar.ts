/**
 * What plain files can't say of objects: `.kist/objects.jsonl` in the directory of an export, a line each; of
 * a key the last line counts. Objects whose keys are no usable paths lie in `.kist/aside/`.
 */
import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDescribing } from './object-headers.ts';

export const kistFolder = '.kist';
const asideFolder = `${kistFolder}/aside`;
const maxSegmentBytes = 255;
const maxPathBytes = 1024;

export interface SidecarEntry {
  readonly key: string;
  /** Below the directory, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Sidecar {
  readonly byKey: ReadonlyMap<string, SidecarEntry>;
  add(entry: SidecarEntry): Promise<void>;
}

export async function openSidecar(directory: string): Promise<Sidecar> {
  const file = join(directory, kistFolder, 'objects.jsonl');
  const byKey = new Map<string, SidecarEntry>();
  for (const line of (await readIfThere(file)).split('\n')) {
    const entry = entryOf(line);
    if (entry) byKey.set(entry.key, entry);
  }
  return {
    byKey,
    async add(entry) {
      await mkdir(join(directory, kistFolder), { recursive: true });
      // A line that was torn ends here.
      await appendFile(file, `\n${JSON.stringify(entry)}`);
      byKey.set(entry.key, entry);
    },
  };
}

/**
 * A torn line is none. Neither is one that an export would not have written: whoever made the directory must not
 * reach files outside of it, or set other headers.
 */
function entryOf(line: string): SidecarEntry | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const entry = JSON.parse(line) as SidecarEntry;
    const { key, path } = entry;
    if (path === undefined || ![asidePath(key), naturalPath(key)].includes(path)) return undefined;
    return { ...entry, headers: headersToKeep(entry.headers) };
  } catch {
    return undefined;
  }
}

function headersToKeep(headers: Readonly<Record<string, unknown>>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (isDescribing(name) && typeof value === 'string') kept[name] = value;
  }
  return kept;
}

/** The path that a key names, if a file can have it and reading it back gives the key. */
export function naturalPath(key: string): string | undefined {
  const segments = key.split('/');
  const isPlain =
    Buffer.byteLength(key) <= maxPathBytes &&
    segments[0]?.toLowerCase() !== kistFolder &&
    segments.every(
      (segment) =>
        segment !== '' &&
        segment !== '.' &&
        segment !== '..' &&
        Buffer.byteLength(segment) <= maxSegmentBytes &&
        !hasControl(segment),
    );
  return isPlain ? key : undefined;
}

export const asidePath = (key: string): string =>
  `${asideFolder}/${createHash('sha256').update(key).digest('hex')}`;

function hasControl(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    // A backslash separates names on some systems.
    if (code < 0x20 || code === 0x7f || character === '\\') return true;
  }
  return false;
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}
