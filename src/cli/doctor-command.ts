/**
 * `kist doctor`: examines a data directory, and repairs what can be repaired. It claims the directory; where a
 * server has it, it examines beside it and changes nothing.
 */
import { resolve } from 'node:path';
import { Command } from 'commander';
import { assertRestored } from '../backup/restoring-mark.ts';
import { inMiB } from './byte-amounts.ts';
import { claimDataDirectory, DataDirectoryInUseError } from './data-directory.ts';
import {
  configOf,
  type DirectoryOptions,
  isDataDirectory,
  withDirectoryOptions,
} from './directory-options.ts';
import { interruptible } from './interruptible.ts';
import { createProgressLine } from './progress-line.ts';

interface Progress {
  readonly step: 'records' | 'bytes' | 'orphans';
  readonly done: number;
  readonly total?: number;
}

interface Report {
  readonly format: number;
  readonly counted: {
    readonly records: number;
    readonly blobs: number;
    readonly bodies: number;
    readonly bytes: number;
  };
  readonly faultCount: number;
  readonly faults: readonly {
    readonly kind: string;
    readonly message: string;
    readonly leftover: boolean;
    readonly repaired: boolean;
    readonly objects?: readonly string[];
  }[];
  readonly dropped?: { readonly file: string; readonly records: readonly string[] };
  readonly healthy: boolean;
}

type ExamineDataDirectory = (request: {
  readonly dataDir: string;
  readonly live: boolean;
  readonly quick: boolean;
  readonly repair: boolean;
  readonly dropDamaged: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}) => Promise<Report>;

export interface DoctorDependencies {
  /** Late, so that the storage engine is loaded only where it is used. */
  readonly loadDoctor: () => Promise<{ readonly examineDataDirectory: ExamineDataDirectory }>;
}

interface Options extends DirectoryOptions {
  readonly repair?: true;
  readonly dropDamaged?: true;
  readonly quick?: true;
  readonly json?: true;
}

/** A mistake of the user's: told without a stack. */
export class DoctorError extends Error {
  override readonly name = 'DoctorError';
}

const progressWidth = 30;
const stepNames = {
  records: 'Counting records',
  bytes: 'Reading bytes',
  orphans: 'Looking for orphans',
};
/** Faults of one kind that the text shows; --json has all. */
const maxShownOfKind = 20;

const examples = `
Beside a running server it only looks. With --repair the server must be stopped: usage
counters and reference counts are set to what was counted, and bytes that nothing refers to
are removed, and packs with damaged notes are noted anew. Damaged data is told with the objects
it belongs to; only a backup repairs it.

While a record is damaged, nothing is removed: it may be the one that refers to what seems to
be nobody's. --drop-damaged puts damaged records aside, into damaged-records-TIME.jsonl in the
data directory, drops them and repairs the rest as if they had never been: what only they
referred to goes for good. Copy the data directory before. Damaged records of buckets, their
configuration, accounts and keys stay; only a backup brings them back.

Ends with 0 if nothing is wrong (leftovers of a crash are nothing wrong), with 1 if
something is.

Examples:
  kist doctor --data-dir /srv/kist
  kist doctor --quick --json         Doesn't read the bytes of objects`;

export function createDoctorCommand(
  { loadDoctor }: DoctorDependencies,
  ended: (exitCode: number) => void,
): Command {
  return withDirectoryOptions(new Command('doctor'))
    .description('Examine a data directory: records, bytes, checksums, counters.')
    .option('--repair', 'Repair what can be repaired')
    .option('--drop-damaged', 'With --repair: put damaged records aside, then repair the rest')
    .option('--quick', 'Look whether bytes are there, without reading them')
    .option('--json', 'Print the report as JSON')
    .addHelpText('after', examples)
    .action(async (options: Options) => {
      const dataDir = directoryFrom(options);
      await assertRestored(dataDir);
      if (options.dropDamaged && !options.repair) {
        throw new DoctorError('--drop-damaged is part of a repair. Give --repair with it.');
      }
      const claim = await claimUnlessServed(dataDir);
      if (claim === undefined && options.repair) {
        throw new DoctorError(
          `A server has ${dataDir} open. Stop it before a repair, or leave out --repair.`,
        );
      }
      try {
        const { examineDataDirectory } = await loadDoctor();
        const line = createProgressLine(process.stderr);
        let progress: Progress = { step: 'records', done: 0 };
        line.follow(() => progressText(progress));
        const mode = { live: claim === undefined, quick: options.quick === true };
        const report = await interruptible(interrupted, (signal) =>
          examineDataDirectory({
            dataDir,
            ...mode,
            repair: options.repair === true,
            dropDamaged: options.dropDamaged === true,
            signal,
            onProgress: (to) => {
              progress = to;
            },
          }),
        ).finally(line.clear);
        const text = options.json
          ? `${JSON.stringify({ dataDir, ...mode, ...report }, undefined, 2)}\n`
          : formatReport(dataDir, mode, report);
        process.stdout.write(text);
        ended(report.healthy ? 0 : 1);
      } finally {
        await claim?.release();
      }
    });
}

function directoryFrom(options: Options): string {
  const directory = resolve(configOf(options).dataDir);
  if (!isDataDirectory(directory)) {
    throw new DoctorError(
      `${directory} is not a data directory. Name another one with --data-dir.`,
    );
  }
  return directory;
}

async function claimUnlessServed(directory: string) {
  try {
    return await claimDataDirectory(directory);
  } catch (error) {
    if (error instanceof DataDirectoryInUseError) return undefined;
    throw error;
  }
}

/** What it holds is given back; repairs that were made stay made. */
const interrupted = () => new DoctorError('Interrupted.');

function progressText({ step, done, total }: Progress): string {
  const amount = step === 'bytes' ? inMiB : (count: number) => String(count);
  if (total === undefined) return `${stepNames[step]} ${amount(done)}`;
  const ratio = total === 0 ? 1 : Math.min(1, done / total);
  const bar = '#'.repeat(Math.round(ratio * progressWidth)).padEnd(progressWidth, '.');
  return `${stepNames[step]} [${bar}] ${amount(done)} of ${amount(total)}`;
}

export function formatReport(
  dataDir: string,
  { live, quick }: { readonly live: boolean; readonly quick: boolean },
  { format, counted, faults, faultCount, dropped, healthy }: Report,
): string {
  const { records, blobs, bodies, bytes } = counted;
  const how = `${live ? 'beside its server' : 'offline'}, ${quick ? 'bytes not read' : 'all bytes read'}`;
  const lines = [
    `${dataDir}: format ${format}, ${how}`,
    `${records} records, ${blobs} blobs, ${bodies} of them in packs and files (${inMiB(bytes)})`,
  ];
  for (const record of dropped?.records ?? []) lines.push(`damaged   ${record}`);
  if (dropped !== undefined) lines.push(`Damaged records are kept in ${dropped.file}`);
  const kinds = new Map<string, number>();
  for (const { kind, message, leftover, repaired, objects } of faults) {
    const shown = (kinds.get(kind) ?? 0) + 1;
    kinds.set(kind, shown);
    if (shown > maxShownOfKind) continue;
    lines.push(`${repaired ? 'repaired' : leftover ? 'leftover' : 'PROBLEM '}  ${message}`);
    for (const object of objects ?? []) lines.push(`          in ${object}`);
  }
  for (const [kind, count] of kinds) {
    if (count > maxShownOfKind) lines.push(`... ${count - maxShownOfKind} more of ${kind}`);
  }
  if (faultCount > faults.length) lines.push(`... ${faultCount - faults.length} more`);
  lines.push(healthy ? 'Nothing is wrong.' : 'Something is wrong.');
  return `${lines.join('\n')}\n`;
}
