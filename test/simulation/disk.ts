/** The store's file system port over simulated files: every call is a step of the machine. */
import type { FileSystem, StoreFile } from '../../src/store/blob/file-system.ts';
import { DirectoryNode, FileNode, type Node } from './inode.ts';
import type { Machine, Step } from './machine.ts';
import { createRandom, type Random } from './random.ts';

export interface Disk {
  readonly fileSystem: FileSystem;
  /** What was not flushed may be gone, and every open file is closed. */
  losePower(): void;
  /** Files that are open. */
  openFiles(): number;
  /** Paths of all files. */
  files(): readonly string[];
}

function missing(path: string): Error {
  return Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' });
}

const openErrors = ['EMFILE', 'EIO'];
const writeErrors = ['ENOSPC', 'EIO'];
const readErrors = ['EIO'];

export function createDisk(seed: number, machine: () => Machine): Disk {
  const shortWrites = createRandom(seed, 'short writes');
  const shortReads = createRandom(seed, 'short reads');
  const losses = createRandom(seed, 'losses');
  const root = new DirectoryNode();
  const open = new Map<number, FileNode>();
  let openHandles = 0;
  let nextFd = 3;

  const now = () => machine().now();

  function walk(path: string): { parent: DirectoryNode; name: string; node: Node | undefined } {
    let node: Node | undefined = root;
    let parent: DirectoryNode = root;
    let name = '';
    for (const step of path.split('/').filter((one) => one !== '')) {
      if (node?.kind !== 'directory') throw missing(path);
      parent = node;
      name = step;
      node = parent.names.get(step);
    }
    return { parent, name, node };
  }

  function fileAt(path: string): FileNode {
    const { node } = walk(path);
    if (node?.kind !== 'file') throw missing(path);
    return node;
  }

  const step = <T>(
    call: string,
    changes: boolean,
    errors: readonly string[],
    effect: () => T,
    partial?: (random: Random) => void,
  ): Promise<T> => machine().step({ call, changes, errors, effect, partial });

  function openNow(path: string, flags: string): Node {
    const { parent, name, node } = walk(path);
    if (flags === 'r') {
      if (node === undefined) throw missing(path);
      return node;
    }
    if (node?.kind === 'directory') throw new Error(`EISDIR: ${path}`);
    if (node !== undefined) {
      if (flags === 'wx') throw new Error(`EEXIST: ${path}`);
      if (flags === 'w') node.truncate(now());
      return node;
    }
    const file = new FileNode(now());
    parent.set(name, file);
    return file;
  }

  async function openFile(path: string, flags: string): Promise<StoreFile> {
    const creates = flags !== 'r';
    const errors = creates ? [...openErrors, 'ENOSPC'] : openErrors;
    const node = await step(
      `open ${path} ${flags}`,
      creates,
      errors,
      () => {
        const opened = openNow(path, flags);
        openHandles++;
        return opened;
      },
      () => {
        if (creates) openNow(path, flags);
      },
    );
    return handleOf(path, node);
  }

  function handleOf(path: string, node: Node): StoreFile {
    const life = machine().life;
    let isOpen = true;
    const asFile = (): FileNode => {
      if (node.kind !== 'file') throw new Error(`EISDIR: ${path}`);
      return node;
    };
    const flush = (call: string) =>
      step(
        `${call} ${path}`,
        true,
        writeErrors,
        () => node.flush(),
        (random) => {
          if (node.kind === 'file') node.failFlush(random);
        },
      );
    return {
      writev(buffers, position) {
        const bytes = Buffer.concat(buffers);
        const write = (count: number): { bytesWritten: number } => {
          asFile().write(position, bytes.subarray(0, count), now());
          return { bytesWritten: count };
        };
        return step(
          `write ${path} ${position}+${bytes.length}`,
          true,
          writeErrors,
          () => {
            const short = bytes.length > 1 && shortWrites.chance(0.05);
            return write(short ? 1 + shortWrites.below(bytes.length - 1) : bytes.length);
          },
          (random) => write(random.below(bytes.length)),
        );
      },
      read: (bytes, offset, length, position) =>
        step(`read ${path}`, false, readErrors, () => ({
          bytesRead: readSome(asFile(), bytes, offset, length, position),
        })),
      stat: () => step(`fstat ${path}`, false, readErrors, () => ({ size: asFile().size })),
      datasync: () => flush('datasync'),
      sync: () => flush('sync'),
      async close() {
        if (!isOpen) throw new Error(`${path} is closed twice`);
        isOpen = false;
        if (life === machine().life && machine().hasPower) openHandles--;
        await step(`close ${path}`, false, readErrors, () => {});
      },
    };
  }

  async function writeWhole(path: string, flags: 'w' | 'a', text: string): Promise<void> {
    const file = await openFile(path, flags);
    try {
      const bytes = Buffer.from(text);
      const end = flags === 'a' ? (await file.stat()).size : 0;
      for (let at = 0; at < bytes.length; ) {
        at += (await file.writev([bytes.subarray(at)], end + at)).bytesWritten;
      }
    } finally {
      await file.close();
    }
  }

  const now_ = <T>(call: string, errors: readonly string[], effect: Step<T>['effect']): T =>
    machine().stepNow({ call, changes: false, errors, effect });

  /** Now and then fewer than there are, as where the device fails behind them. */
  function readSome(file: FileNode, bytes: Buffer, offset: number, length: number, at: number) {
    const short = length > 1 && shortReads.chance(0.02);
    const count = short ? 1 + shortReads.below(length - 1) : length;
    return file.read(bytes.subarray(offset, offset + count), at);
  }

  const readNow = (fd: number, bytes: Buffer, offset: number, length: number, at: number): number =>
    readSome(open.get(fd)!, bytes, offset, length, at);

  const fileSystem: FileSystem = {
    open: openFile,
    mkdir: (path) =>
      step(`mkdir ${path}`, true, writeErrors, () => {
        let at = '';
        let first: string | undefined;
        for (const name of path.split('/').filter((one) => one !== '')) {
          const parent = at === '' ? root : walk(at).node;
          at += `/${name}`;
          if (parent?.kind !== 'directory') throw new Error(`ENOTDIR: ${at}`);
          if (parent.names.has(name)) continue;
          parent.set(name, new DirectoryNode());
          first ??= at;
        }
        return first;
      }),
    readdir: (path) =>
      step(`readdir ${path}`, false, openErrors, () => {
        const { node } = walk(path);
        if (node?.kind !== 'directory') throw missing(path);
        return [...node.names.keys()];
      }),
    readText: (path) =>
      step(`read ${path}`, false, openErrors, () => {
        const file = fileAt(path);
        const bytes = Buffer.alloc(file.size);
        file.read(bytes, 0);
        return bytes.toString('utf8');
      }),
    writeText: (path, text) => writeWhole(path, 'w', text),
    appendText: (path, text) => writeWhole(path, 'a', text),
    stat: (path) =>
      step(`stat ${path}`, false, readErrors, () => {
        const { size, mtimeMs } = fileAt(path);
        return { size, mtimeMs };
      }),
    unlink: (path) => {
      const unlink = (): void => {
        const { parent, name } = walk(path);
        fileAt(path);
        parent.set(name, undefined);
      };
      return step(`unlink ${path}`, true, ['EIO'], unlink, unlink);
    },
    openSync: (path) =>
      now_(`open ${path}`, openErrors, () => {
        const file = fileAt(path);
        open.set(nextFd, file);
        return nextFd++;
      }),
    closeSync(fd) {
      open.delete(fd);
    },
    readSync: (fd, bytes, offset, length, position) =>
      now_('read', readErrors, () => readNow(fd, bytes, offset, length, position)),
    read: (fd, bytes, offset, length, position) =>
      step('read', false, readErrors, () => ({
        bytesRead: readNow(fd, bytes, offset, length, position),
      })),
  };

  function filesIn(directory: DirectoryNode, path: string): string[] {
    return [...directory.names].flatMap(([name, node]) =>
      node.kind === 'file' ? [`${path}/${name}`] : filesIn(node, `${path}/${name}`),
    );
  }

  return {
    fileSystem,
    losePower() {
      root.losePower(losses);
      open.clear();
      openHandles = 0;
    },
    openFiles: () => open.size + openHandles,
    files: () => filesIn(root, ''),
  };
}
