/** `kist object cp` and `kist object mv`. */
import { rm } from 'node:fs/promises';
import { inSession } from '../session.ts';
import { type PlanFlags, planCopies } from './copy-plan.ts';
import { newTally, runCopies, tellTally } from './copy-run.ts';
import { copySettings, type RunFlags } from './copy-settings.ts';
import { type CopyJob, objectAt } from './items.ts';

export interface CopyCommandFlags extends RunFlags {
  readonly recursive?: boolean;
  readonly versionId?: string;
}

/** @param places sources and last the target. Gives the exit code */
export const copyObjects = (
  verb: 'copy' | 'move',
  places: readonly string[],
  flags: CopyCommandFlags,
): Promise<number> =>
  inSession(flags, async (session) => {
    const settings = copySettings(flags);
    const tally = newTally();
    const { signal } = session;
    const passOver = (name: string, why: string) => {
      tally.skipped += 1;
      session.out.note(`skipped: ${name}: ${why}`);
    };
    const { recursive, filters, versionId } = flags;
    const plan: PlanFlags = { recursive, filters, versionId };
    const target = places.at(-1)!;
    const jobs = planCopies(session, places.slice(0, -1), target, plan, passOver);
    const { dryRun, quiet } = flags;
    const after = verb === 'move' ? (job: CopyJob) => removeSource(job, signal) : undefined;
    await runCopies(
      session,
      jobs,
      { settings, dryRun, quiet, verb, ...(after && { after }) },
      tally,
    );
    if (target === '-') return tally.failed > 0 ? 1 : 0;
    return tellTally(session, verb === 'move' ? 'mv' : 'cp', tally, flags);
  });

async function removeSource({ source }: CopyJob, signal: AbortSignal): Promise<void> {
  if (source.kind === 'file') await rm(source.path);
  else if (source.kind === 'object') {
    await source.client.deleteObject(objectAt(source), { signal });
  }
}
