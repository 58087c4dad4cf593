import { afterEach, expect, it } from 'vitest';
import { type FileSystem, nodeFileSystem } from './file-system.ts';
import { createOpenFiles, type OpenFiles } from './open-files.ts';

let files: OpenFiles | undefined;
afterEach(() => files?.close());

/** A system that allows so many open files. */
function openFilesWithin(most: number) {
  const open = new Set<number>();
  let next = 100;
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    openSync: () => {
      if (open.size >= most) throw Object.assign(new Error('too many'), { code: 'EMFILE' });
      open.add(next);
      return next++;
    },
    closeSync: (fd) => open.delete(fd),
  };
  files = createOpenFiles(fileSystem, () => 0);
  return { files, open };
}

it('closes files without a reader where the process has too many open ones', () => {
  const { files, open } = openFilesWithin(2);
  const read = files.acquire('/read');
  files.acquire('/idle').release();
  const another = files.acquire('/another');
  expect([...open]).toEqual([read.fd, another.fd]);
  read.release();
  another.release();
});

it('refuses one more where all of them are being read', () => {
  const { files } = openFilesWithin(1);
  const read = files.acquire('/read');
  expect(() => files.acquire('/another')).toThrow('too many');
  read.release();
  files.acquire('/another').release();
});
