/**
 * What an import does, step by step: as a plan in a dry run, else with what came of each. What doesn't come over is told
 * by name, with why.
 */
import { inBytes } from '../byte-amounts.ts';
import { exitCodes } from '../command-error.ts';
import { sentence } from '../explain.ts';
import { errorFields, type Output } from '../output.ts';

export interface Step {
  /** `user`, `bucket`, `object`, a setting's name, …. */
  readonly kind: string;
  /** Of what the step is about. */
  readonly name: string;
  /** As people read it: `make the user ann`. */
  readonly text: string;
  /** Bytes of what is copied. */
  readonly bytes?: number | undefined;
}

export interface Report {
  readonly dryRun: boolean;
  /** A failure is one step's. Tells whether it was done, or would be. */
  step(step: Step, act: () => Promise<unknown>): Promise<boolean>;
  /** Nothing is to be done for it. */
  there(): void;
  left(kind: string, name: string, why: string): void;
  rewritten(where: string, from: string, to: string): void;
  /** Something that can't be told or done, without a step of its own. */
  failed(kind: string, name: string, error: unknown): void;
  progress(): string;
  /** Gives the exit code. */
  end(source: string): number;
}

export function createReport(
  out: Output,
  signal: AbortSignal,
  { dryRun = false, quiet = false }: { readonly dryRun?: boolean; readonly quiet?: boolean },
): Report {
  const tally = { done: 0, there: 0, left: 0, failed: 0, objects: 0, bytes: 0 };
  const tell = (text: string): string | undefined => (quiet ? undefined : text);
  const toldFailure = (kind: string, name: string, text: string, error: unknown): void => {
    tally.failed += 1;
    if (out.json)
      out.record({ type: 'step', kind, name, status: 'failed', error: errorFields(error) });
    else out.note(`failed: ${text}: ${sentence(error)}`);
  };
  return {
    dryRun,
    async step({ kind, name, text, bytes }, act) {
      if (!dryRun) {
        try {
          await act();
        } catch (error) {
          signal.throwIfAborted();
          toldFailure(kind, name, text, error);
          return false;
        }
      }
      tally.done += 1;
      if (kind === 'object') tally.objects += 1;
      tally.bytes += bytes ?? 0;
      const status = dryRun ? 'planned' : 'done';
      out.record(
        { type: 'step', kind, name, status, ...(bytes !== undefined && { bytes }) },
        tell(`${dryRun ? 'would' : 'done:'} ${text}`),
      );
      return true;
    },
    there() {
      tally.there += 1;
    },
    left(kind, name, why) {
      tally.left += 1;
      out.record({ type: 'left', kind, name, why }, `left out: ${kind} ${name}: ${why}`);
    },
    rewritten(where, from, to) {
      const text = `${dryRun ? 'would rewrite' : 'rewritten'} in ${where}: ${from} -> ${to}`;
      out.record({ type: 'rewrite', where, from, to }, tell(text));
    },
    failed(kind, name, error) {
      signal.throwIfAborted();
      toldFailure(kind, name, `${kind} ${name}`, error);
    },
    progress() {
      return `${tally.done} steps, ${tally.objects} objects, ${inBytes(tally.bytes)}; ${tally.there} were there`;
    },
    end(source) {
      const { done, there, left, failed, objects, bytes } = tally;
      const text = `${dryRun ? 'Would be done' : 'Done'}: ${done} steps, of these ${objects} objects, ${inBytes(bytes)}; ${there} were there; ${left} left out; ${failed} failed.`;
      out.record({ type: 'summary', operation: 'import', source, dryRun, ...tally }, text);
      return failed > 0 ? exitCodes.failed : 0;
    },
  };
}
