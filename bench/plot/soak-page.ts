/** `docs/soak.md`: what a soak ran on, what came of it, and its picture. */
import { table } from '../markdown-table.ts';
import type { EventLine, RunLine, SampleLine, SummaryLine } from '../soak/lines.ts';
import { spreadOf } from '../statistics.ts';

export interface Soaked {
  readonly run: RunLine;
  readonly samples: readonly SampleLine[];
  readonly events: readonly EventLine[];
  readonly summary: SummaryLine;
}

export function soakPage(soaked: Soaked, picture: string): string {
  const { run, summary } = soaked;
  const { machine } = run;
  const settings = Object.entries(run.settings).map(([name, value]) => `\`--${name} ${value}\``);
  const facts: readonly (readonly [string, string])[] = [
    ['date', `${machine.date} UTC`],
    ['command', `\`${run.command}\``],
    [
      'Kist',
      `commit ${machine.commit}, ${run.workers} workers, ${settings.join(', ')}; else defaults`,
    ],
    ['machine', `${machine.cores} cores, ${machine.cpu}, ${machine.memoryGiB} GiB`],
    ['kernel, file system', `${machine.kernel}; ${machine.fileSystem}`],
    ['Node', machine.node],
    ['load average before', machine.loadAverage.toFixed(2)],
  ];
  const parts = [
    '# Soak',
    'Made by `npx tsx bench/plot.ts --write-docs` from the samples of `npx tsx bench/soak.ts`; `bench/README.md` says what is done and how it is judged.',
    table(['', ''], facts),
    '## What came of it',
    table(['', ''], outcome(soaked)),
    '## Over time',
    `![Memory, descriptors, disk, processor time and latencies over the run](${picture})`,
    'Latencies are the client’s: from sending a request first to the last byte of its answer, with all attempts and pauses where the server was gone. Resident memory counts the pages of LMDB’s map that a process has touched; the kernel takes them back when it needs them. Where there are more samples than points, a point is the highest of its samples.',
    '## Growth of memory',
    `By linear regression over the second half of the load, its first fifth left out, for each process that lived through it.`,
    growthTable(summary),
    '## Requests',
    table(
      ['kind', 'requests'],
      Object.entries(summary.requestsByKind)
        .sort(([, a], [, b]) => b - a)
        .map(([kind, requests]) => [kind, requests.toLocaleString('en')]),
      true,
    ),
    '## What the doctor said',
    `\`\`\`\n${summary.doctor.text}\n\`\`\``,
  ];
  return `${parts.join('\n\n')}\n`;
}

function outcome({ samples, events, summary }: Soaked): [string, string][] {
  const { verified, diskRatio, cores, strayUploads } = summary;
  const last = samples.findLast(({ seconds }) => seconds <= summary.seconds);
  const errors = Object.entries(summary.logErrors).map(
    ([message, times]) => `${times} × ${message}`,
  );
  return [
    ['load', `${minutes(summary.seconds)}, ${summary.requests.toLocaleString('en')} requests`],
    [
      'bytes put, read and compared',
      `${inGiB(summary.bytesPutMiB)}, ${inGiB(summary.bytesReadMiB)}`,
    ],
    ['lost or wrong', `**${summary.wrong.length}**`],
    ['without an answer after retries', `**${summary.failed.length}**`],
    ['done to the server', counted(summary.events)],
    ['until all was ready again', readyTexts(events)],
    ['attempts that failed and were repeated', counted(summary.retries)],
    [
      'read back at the end',
      `${verified.objects.toLocaleString('en')} objects, ${verified.versions.toLocaleString('en')} versions, ${inGiB(verified.MiB)}; all lists`,
    ],
    [
      'uploads begun whose answer was lost',
      strayUploads === 0 ? 'none' : `${strayUploads}, found and aborted`,
    ],
    [
      'disk ÷ live bytes',
      `${diskRatio.median.toFixed(2)} in the second half (median; highest ${diskRatio.max.toFixed(2)}), ${diskRatio.settled.toFixed(2)} at rest`,
    ],
    ['live at the end of the load', last === undefined ? '–' : liveText(last)],
    [
      'busy cores under load',
      `server ${cores.server.toFixed(2)}, load generator ${cores.generator.toFixed(2)}`,
    ],
    ['errors in the log', errors.join(', ') || 'none'],
    ['`kist doctor`', summary.doctor.healthy ? 'nothing is wrong' : '**something is wrong**'],
  ];
}

function readyTexts(events: readonly EventLine[]): string {
  const kinds = [...new Set(events.map(({ event }) => event))].filter(
    (kind) => kind !== 'load-ends',
  );
  const texts = kinds.map((kind) => {
    const times = events.filter(({ event }) => event === kind).map(({ readyMs }) => readyMs);
    const { median, max } = spreadOf(times);
    const inSeconds = (ms: number) => (ms / 1000).toFixed(1);
    return `${kind} ${inSeconds(median)} s${times.length > 1 ? ` (longest ${inSeconds(max)})` : ''}`;
  });
  return texts.join(', ') || '–';
}

const liveText = ({ live }: SampleLine): string =>
  `${live.objects.toLocaleString('en')} objects and versions, ${Math.round(live.storedMiB)} MiB stored, ${Math.round(live.logicalMiB)} MiB with copies`;

function growthTable({ growth }: SummaryLine): string {
  if (growth.length === 0) return 'No process lived long enough.';
  const rows = growth.map((each) => [
    each.role,
    each.minutes.toFixed(0),
    each.anonymousMiBPerHour.toFixed(1),
    `${each.anonymousFirstMiB.toFixed(0)} → ${each.anonymousLastMiB.toFixed(0)}`,
    each.residentMiBPerHour.toFixed(1),
  ]);
  const headings = ['process', 'minutes', 'own, MiB/hour', 'own, MiB', 'resident, MiB/hour'];
  return table(headings, rows, true);
}

function counted(counts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(counts)
      .map(([name, times]) => `${times} × ${name}`)
      .join(', ') || 'none'
  );
}

const minutes = (seconds: number): string => `${Math.round(seconds / 6) / 10} minutes`;

const inGiB = (mebibytes: number): string =>
  mebibytes < 1024 ? `${mebibytes} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
