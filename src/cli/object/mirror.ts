/**
 * `kist object mirror`: a directory's objects kept like its files, while it changes.
 *
 * What the file system tells is taken for nothing but that something has changed: each pass walks the whole directory and
 * compares it with what was mirrored, so that bursts, renames and events that were lost all come out right. Between
 * passes there is a pause until it has been quiet, and a pass without any event now and then.
 */
import { type FSWatcher, watch } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { planSync } from '../../client/transfer/plan-sync.ts';
import { usageError } from '../command-error.ts';
import type { RemotePlace } from '../location.ts';
import { inSession, type Session } from '../session.ts';
import { targetBelow } from './copy-plan.ts';
import { newTally, runCopies, type Tally, tellTally } from './copy-run.ts';
import { copySettings } from './copy-settings.ts';
import { createFilter, type Matches } from './glob.ts';
import type { CopyJob, Item } from './items.ts';
import { type LocalFile, localTree } from './local-tree.ts';
import { assertDirectory, folderAt, objectsOf, removeItem, type SyncFlags } from './sync.ts';

export interface MirrorFlags extends SyncFlags {
  readonly watch?: boolean;
  /** Milliseconds. */
  readonly rescanEvery: number;
}

/** A pass begins when nothing has happened for so long, */
const quietMs = 300;
/** or when something has been happening for so long. */
const maxBurstMs = 3000;
/** After a pass in which something failed. */
const retryMs = 2000;

/** Key → the state of the file that was mirrored; undefined: the object's, of which no file is known yet. */
type Mirrored = Map<string, string | undefined>;

/** Gives the exit code. */
export const mirrorDirectory = (
  source: string,
  target: string,
  flags: MirrorFlags,
): Promise<number> =>
  inSession(flags, async (session) => {
    const [from, to] = [folderAt(source), folderAt(target)];
    if (from.kind !== 'local' || to.kind !== 'remote') {
      throw usageError(
        'A mirror is of a local directory in a bucket; "kist object sync" does the rest.',
      );
    }
    await assertDirectory(from.path);
    const mirror = createMirror(session, from.path, to, flags);
    // Before the first pass, so that nothing between is lost.
    const changes = flags.watch ? watchTree(from.path, session) : undefined;
    try {
      const tally = await mirror.first();
      const code = tellTally(session, 'mirror', tally, flags);
      if (changes === undefined) return code;
      session.out.record({ type: 'watching', path: from.path }, `Watching ${from.path}.`);
      let hasFailed = tally.failed > 0;
      for (;;) {
        await changes.next(hasFailed ? retryMs : flags.rescanEvery);
        const more = await mirror.again();
        hasFailed = more.failed > 0;
        if (more.done > 0 || hasFailed) tellTally(session, 'mirror', more, flags);
      }
    } finally {
      changes?.close();
    }
  });

function createMirror(session: Session, root: string, to: RemotePlace, flags: MirrorFlags) {
  const settings = copySettings(flags);
  const matches: Matches = createFilter(flags.filters ?? []);
  const mirrored: Mirrored = new Map();
  const { dryRun, quiet } = flags;

  /** What a job was made of, for when it is done. */
  const states = new WeakMap<CopyJob, LocalFile>();
  const jobOf = (file: LocalFile): CopyJob => {
    const source: Item = { kind: 'file', path: file.path, size: file.Size };
    const job: CopyJob = { source, target: targetBelow(session, to, file.Key)! };
    states.set(job, file);
    return job;
  };
  const run = (jobs: AsyncIterable<CopyJob>, tally: Tally) =>
    runCopies(
      session,
      jobs,
      {
        settings,
        dryRun,
        quiet,
        verb: 'copy',
        after: async (job) => {
          const { Key, version } = states.get(job)!;
          mirrored.set(Key, version);
        },
      },
      tally,
    );
  const passOver = (tally: Tally) => (path: string, why: string) => {
    tally.skipped += 1;
    session.out.note(`skipped: ${path}: ${why}`);
  };
  const files = async function* (tally: Tally): AsyncGenerator<LocalFile, void, undefined> {
    for await (const file of localTree(root, passOver(tally))) if (matches(file.Key)) yield file;
  };
  const removeGone = async (gone: readonly string[], tally: Tally): Promise<void> => {
    if (!flags.delete) return;
    // What could not be read may be there still.
    if (tally.skipped > 0 || tally.failed > 0) return;
    for (const key of gone) {
      const failed = tally.failed;
      await removeItem(session, targetBelow(session, to, key)!, flags, tally);
      if (tally.failed === failed) {
        mirrored.delete(key);
        tally.done += 1;
      }
    }
  };

  return {
    async first(): Promise<Tally> {
      const tally = newTally();
      const gone: string[] = [];
      async function* jobs(): AsyncGenerator<CopyJob, void, undefined> {
        const objects = objectsOf(session.connect(to.alias), to, matches, session.signal);
        for await (const step of planSync(files(tally), objects, { deletes: true })) {
          if (step.action === 'delete') {
            mirrored.set(step.key, undefined);
            gone.push(step.key);
          } else if (step.action === 'skip') mirrored.set(step.key, step.source.version);
          else yield jobOf(step.source);
        }
      }
      await run(jobs(), tally);
      await removeGone(gone, tally);
      return tally;
    },

    async again(): Promise<Tally> {
      const tally = newTally();
      const there = new Set<string>();
      async function* jobs(): AsyncGenerator<CopyJob, void, undefined> {
        for await (const file of files(tally)) {
          there.add(file.Key);
          if (mirrored.get(file.Key) !== file.version) yield jobOf(file);
        }
      }
      await run(jobs(), tally);
      await removeGone(
        [...mirrored.keys()].filter((key) => !there.has(key)),
        tally,
      );
      return tally;
    },
  };
}

/** Tells when a pass is due. */
function watchTree(root: string, { signal, out }: Session) {
  let lastEvent = 0;
  let firstEvent = 0;
  let wake = (): void => {};
  const onEvent = (): void => {
    lastEvent = Date.now();
    if (firstEvent === 0) firstEvent = lastEvent;
    wake();
  };
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(root, { recursive: true, persistent: true }, onEvent);
    watcher.on('error', () => onEvent());
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    out.note(`${root} can't be watched (${why}): it is looked through every so often instead.`);
  }
  return {
    /** Resolves when something has changed and it is quiet again, or after `atMostMs`. */
    async next(atMostMs: number): Promise<void> {
      const until = Date.now() + atMostMs;
      for (;;) {
        signal.throwIfAborted();
        const now = Date.now();
        const due =
          firstEvent === 0 ? until : Math.min(lastEvent + quietMs, firstEvent + maxBurstMs);
        if (now >= due) break;
        await sleepUntilWoken(due - now);
      }
      firstEvent = 0;
    },
    close: () => watcher?.close(),
  };

  async function sleepUntilWoken(ms: number): Promise<void> {
    const woken = new AbortController();
    wake = () => woken.abort();
    const either = AbortSignal.any([woken.signal, signal]);
    await delay(ms, undefined, { signal: either }).catch(() => {});
    wake = () => {};
  }
}
