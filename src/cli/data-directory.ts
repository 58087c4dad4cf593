/**
 * The data directory belongs to one server at a time: it is prepared, and claimed, before anything
 * in it is opened.
 *
 * Node has no flock(2), and a file with a process id proves nothing: ids are reused, and mean
 * something else in another container. What the kernel does tell for certain, at once and across
 * containers on one machine, is whether somebody listens on a unix socket in the file system: after
 * `kill -9` a connect is refused, however long the file stays. So every process of a server listens
 * on a socket of its own in `lock/`, under a name that is never used again, and looks at the others':
 *
 * - Announce first, look second. Of two servers that start together at least one sees the other;
 *   whoever sees another gives way, and if neither holds the directory yet, tries again after a random
 *   pause. A socket appears under its name only once it listens, so that refused means dead for good.
 * - Workers outlive a killed supervisor by a moment. A new server waits until their sockets are dead,
 *   so that no two processes ever write under the same worker slot. A worker that was just being
 *   started announces itself, then looks whether its supervisor still listens, and ends if not.
 *
 * This holds among processes of one kernel. A directory that several machines mount is not covered,
 * and the embedded engine must not be used on one.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { access, chmod, constants, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertRestored } from '../backup/restoring-mark.ts';

/** How long a new server waits for the workers of one that was killed. */
const workersGoneTimeoutMs = 10_000;
/** How long a process that listens may take to say who it is. */
const answerTimeoutMs = 1_000;
/** How often servers that start at the same moment try again. */
const maxAttempts = 20;
/** sockaddr_un.sun_path is 104 to 108 bytes, the last of them zero. */
const maxSocketPathBytes = 103;
/** A socket that hasn't got its name after this long never will. */
const unnamedSocketMs = 60_000;

type MemberKind = 'server' | 'worker';

export interface DataDirectoryClaim {
  /** Names the claim among the directory's; a server's workers join under it. */
  readonly name: string;
  release(): Promise<void>;
}

/** Another server has the directory, or what is left of one. */
export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
}

/** Makes the directory if it is missing and closes it to other users. Returns its absolute path. */
export async function prepareDataDirectory(path: string): Promise<string> {
  const directory = resolve(path);
  try {
    const made = await mkdir(directory, { recursive: true, mode: 0o700 });
    if (made !== undefined) await syncNames(dirname(made), directory);
    await access(directory, constants.R_OK | constants.W_OK | constants.X_OK);
    const { mode } = await stat(directory);
    if ((mode & 0o077) !== 0) await chmod(directory, 0o700);
  } catch (cause) {
    throw new Error(`The data directory ${directory} cannot be used: ${reasonOf(cause)}.`, {
      cause,
    });
  }
  await assertRestored(directory);
  return directory;
}

/** Makes the names of new directories durable, from `first` down to the one in which `directory` is. */
async function syncNames(first: string, directory: string): Promise<void> {
  for (let parent = dirname(directory); ; parent = dirname(parent)) {
    const handle = await open(parent, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (parent.length <= first.length) return;
  }
}

/** Claims the directory for a server; `DataDirectoryInUseError` if another one has it. */
export function claimDataDirectory(directory: string): Promise<DataDirectoryClaim> {
  return withLockRoom(directory, async (room) => {
    for (let attempt = 1; ; attempt++) {
      const own = await announce(room, 'server');
      try {
        const rivals = (await living(room, own.name)).filter((member) => member.kind === 'server');
        if (rivals.length === 0) {
          await workersGone(room, directory);
          own.hold();
          return own;
        }
        const holder = rivals.find((member) => member.holding);
        if (holder !== undefined || attempt === maxAttempts) {
          throw new DataDirectoryInUseError(
            `The data directory ${directory} is in use by another Kist server (process ${(holder ?? rivals[0]!).pid}). ` +
              'Stop that one first, or choose another directory with --data-dir.',
          );
        }
      } catch (error) {
        await own.release();
        throw error;
      }
      await own.release();
      await delay(randomInt(20, 120));
    }
  });
}

/** Makes a worker known under its server's claim; throws if that server is gone. */
export function joinDataDirectory(directory: string, claim: string): Promise<DataDirectoryClaim> {
  return withLockRoom(directory, async (room) => {
    const own = await announce(room, 'worker');
    if ((await probe(room, claim)) !== 'dead') {
      // A worker's death leaves its socket: without this they would pile up while the server runs.
      await living(room, own.name);
      return own;
    }
    await own.release();
    throw new DataDirectoryInUseError('The server that started this worker is gone.');
  });
}

async function workersGone(room: LockRoom, directory: string): Promise<void> {
  const deadline = Date.now() + workersGoneTimeoutMs;
  for (;;) {
    const workers = (await living(room, '')).filter((member) => member.kind === 'worker');
    if (workers.length === 0) return;
    if (Date.now() > deadline) {
      const pids = workers.map((worker) => worker.pid).join(', ');
      throw new DataDirectoryInUseError(
        `The data directory ${directory} is still used by workers of a Kist server that is gone (process ${pids}). End them first.`,
      );
    }
    await delay(20);
  }
}

interface LockRoom {
  readonly path: string;
  /** What to bind or connect to for a name: short enough for a socket address. */
  socketPath(name: string): string;
}

async function withLockRoom<T>(directory: string, use: (room: LockRoom) => Promise<T>): Promise<T> {
  const path = join(directory, 'lock');
  await mkdir(path, { recursive: true, mode: 0o700 });
  const excess = Buffer.byteLength(join(path, `new-${memberName('server')}`)) - maxSocketPathBytes;
  if (excess <= 0) return use({ path, socketPath: (name) => join(path, name) });
  if (process.platform !== 'linux') {
    throw new Error(
      `The path of the data directory ${directory} is ${excess} bytes too long for a socket in it. Choose a shorter one with --data-dir.`,
    );
  }
  // Linux: the same directory under a short name, which is needed for binding and connecting only.
  const handle = await open(path, 'r');
  try {
    return await use({ path, socketPath: (name) => `/proc/self/fd/${handle.fd}/${name}` });
  } finally {
    await handle.close();
  }
}

/** `worker-4711-0123456789abcdef`; process ids are there for people only. */
function memberName(kind: MemberKind): string {
  const pid = String(process.pid).padStart(7, '0');
  return `${kind}-${pid}-${randomBytes(8).toString('hex')}`;
}

const memberPattern = /^(server|worker)-(\d+)-[0-9a-f]{16}$/;

interface OwnMember extends DataDirectoryClaim {
  /** From now on, servers that ask are told to go away. */
  hold(): void;
}

async function announce(room: LockRoom, kind: MemberKind): Promise<OwnMember> {
  const name = memberName(kind);
  let holding = false;
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.end(holding ? 'holding' : 'starting');
  });
  const unnamed = `new-${name}`;
  try {
    await listenOn(server, room.socketPath(unnamed));
    await rename(join(room.path, unnamed), join(room.path, name));
  } catch (cause) {
    server.close();
    throw new Error(
      `The data directory cannot be claimed: ${reasonOf(cause)}. Its file system must support unix sockets.`,
      { cause },
    );
  }
  server.unref();
  return {
    name,
    hold: () => {
      holding = true;
    },
    release: async () => {
      // The name goes first: whoever still sees it must find somebody listening.
      await rm(join(room.path, name), { force: true });
      server.close();
    },
  };
}

function listenOn(server: Server, path: string): Promise<void> {
  return new Promise((resolveListen, reject) => {
    server.once('error', reject);
    // Exclusive: in a worker of node:cluster the supervisor would own the socket otherwise.
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      resolveListen();
    });
  });
}

interface Member {
  readonly kind: MemberKind;
  readonly pid: number;
  readonly holding: boolean;
}

/** Everybody else who listens; sockets of the dead are cleared away. */
async function living(room: LockRoom, own: string): Promise<readonly Member[]> {
  const members: Member[] = [];
  for (const name of await readdir(room.path)) {
    if (name === own) continue;
    const match = memberPattern.exec(name);
    if (match === null) {
      await clearUnnamed(join(room.path, name));
      continue;
    }
    const state = await probe(room, name);
    if (state === 'dead') {
      await rm(join(room.path, name), { force: true });
    } else {
      const kind = match[1] as MemberKind;
      members.push({ kind, pid: Number(match[2]), holding: state === 'holding' });
    }
  }
  return members;
}

/** A socket that was never named: its process may be about to, unless that is long ago. */
async function clearUnnamed(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found !== undefined && Date.now() - found.mtimeMs > unnamedSocketMs) {
    await rm(path, { force: true });
  }
}

/** Only a refused connect, or no such name, is proof of death; silence counts as holding. */
function probe(room: LockRoom, name: string): Promise<'holding' | 'starting' | 'dead'> {
  return new Promise((resolveProbe) => {
    const socket = connect({ path: room.socketPath(name) });
    let answer = '';
    socket.setTimeout(answerTimeoutMs, () => {
      socket.destroy();
      resolveProbe('holding');
    });
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('end', () => resolveProbe(answer === 'starting' ? 'starting' : 'holding'));
    socket.on('error', (error) => {
      const code = 'code' in error ? error.code : undefined;
      resolveProbe(code === 'ECONNREFUSED' || code === 'ENOENT' ? 'dead' : 'holding');
    });
  });
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'permission denied';
    case 'ENOTDIR':
    case 'EEXIST':
      return 'it, or a part of its path, is not a directory';
    case 'EROFS':
      return 'the file system is read-only';
    case 'ENOSPC':
      return 'the disk is full';
    default:
      return error instanceof Error ? error.message : String(error);
  }
}
