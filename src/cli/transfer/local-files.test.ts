import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { localFiles } from './local-files.ts';
import type { SidecarEntry } from './sidecar.ts';
import { emptyTally } from './tally.ts';

const root = mkdtempSync(join(tmpdir(), 'kist-local-files-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let places = 0;

async function filesOf(paths: readonly string[], noted: readonly Partial<SidecarEntry>[] = []) {
  const directory = join(root, String(++places));
  mkdirSync(directory);
  for (const path of paths) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), path);
  }
  const tally = emptyTally();
  const entries = noted.map(
    (entry) => [entry.key!, { headers: {}, ...entry } as SidecarEntry] as const,
  );
  const keys: string[] = [];
  for await (const { Key, Size, path } of localFiles(directory, new Map(entries), tally)) {
    expect(Size).toBe(Buffer.byteLength(path));
    keys.push(Key);
  }
  return { keys, failures: tally.failures };
}

describe('files below a directory', () => {
  it('are in the order of their keys, which is not that of directories', async () => {
    const paths = ['a/b', 'a-b', 'a.txt', 'a/c/d', 'a0', 'Z', 'ü', '\uffee', '😀', 'a/c-d'];
    const { keys } = await filesOf(paths);
    const sorted = [...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(keys).toEqual(sorted);
  });

  it('have those that lie aside among them, under their own keys', async () => {
    const aside = (key: string, name: string) => ({ key, path: `.kist/aside/${name}` });
    const noted = [aside('zz', '1'), aside('b//c', '2'), aside('a', '3')];
    const paths = ['b/c', 'd', ...noted.map(({ path }) => path)];
    expect((await filesOf(paths, noted)).keys).toEqual(['a', 'b//c', 'b/c', 'd', 'zz']);
  });

  it('that have the key of one that lies aside are told by name', async () => {
    const noted = [{ key: 'b', path: '.kist/aside/1' }];
    const { keys, failures } = await filesOf(['a', 'b', '.kist/aside/1'], noted);
    expect(keys).toEqual(['a', 'b']);
    expect(failures).toEqual([{ name: 'b', reason: 'its key is that of .kist/aside/1' }]);
  });

  it('that were noted and are gone are told by name', async () => {
    const { keys, failures } = await filesOf(['a'], [{ key: 'b', path: '.kist/aside/1' }]);
    expect(keys).toEqual(['a']);
    expect(failures.map(({ name }) => name)).toEqual(['.kist/aside/1']);
  });
});
