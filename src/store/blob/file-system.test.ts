import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectories, nodeFileSystem } from './file-system.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kist-file-system-'));
});
afterEach(() => rmSync(root, { recursive: true }));

it('makes a directory with its parents, and says which was the first', async () => {
  expect(await nodeFileSystem.mkdir(join(root, 'a', 'b', 'c'))).toBe(join(root, 'a'));
  expect(statSync(join(root, 'a', 'b', 'c')).isDirectory()).toBe(true);
  expect(await nodeFileSystem.mkdir(join(root, 'a', 'b', 'd'))).toBe(join(root, 'a', 'b', 'd'));
  expect(await nodeFileSystem.mkdir(join(root, 'a', 'b'))).toBeUndefined();
});

it('makes none below a file', async () => {
  writeFileSync(join(root, 'file'), '');
  await expect(nodeFileSystem.mkdir(join(root, 'file', 'a', 'b'))).rejects.toThrow('ENOTDIR');
});

it('makes none where the system has a parent and still says that there is none', async () => {
  const makeOne = async (path: string) => {
    if (path !== root) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
    mkdirSync(path);
  };
  await expect(makeDirectories(join(root, 'a'), makeOne)).rejects.toThrow('ENOENT');
});

it.each(['EROFS', 'EIO', 'EDQUOT'])('lets %s stay what it is', async (code) => {
  const makeOne = async () => {
    throw Object.assign(new Error(`${code}: it failed`), { code });
  };
  await expect(makeDirectories(join(root, 'a', 'b'), makeOne)).rejects.toMatchObject({ code });
});
