/** What an hour comes to: growth by regression, disk over live bytes, and all the counts. */
import { spreadOf } from '../statistics.ts';
import type { SoakClient } from './client.ts';
import type { EventLine, GrowthLine, ProcessSample, SampleLine, SummaryLine } from './lines.ts';
import type { SoakRecord } from './record.ts';
import type { Verified } from './verification.ts';

const bytesPerMiB = 1024 ** 2;

/** A process that has just started is still filling its caches. */
const warmUpShare = 0.2;
const leastPoints = 4;

export interface SoakEnd {
  readonly loadSeconds: number;
  readonly counts: SoakClient['counts'];
  readonly verified: Verified;
  readonly strayUploads: number;
  readonly logErrors: ReadonlyMap<string, number>;
  readonly doctor: SummaryLine['doctor'];
}

export function summaryOf(record: SoakRecord, end: SoakEnd): SummaryLine {
  const { samples, events, failed, wrong } = record;
  const { loadSeconds, counts, verified, strayUploads, logErrors, doctor } = end;
  const loaded = samples.filter(({ seconds }) => seconds <= loadSeconds);
  const mean = (of: (sample: SampleLine) => number) =>
    rounded(loaded.reduce((sum, sample) => sum + of(sample), 0) / Math.max(1, loaded.length));
  const inMiB = (bytes: number) => Math.round(bytes / bytesPerMiB);
  const { objects, versions, bytes } = verified;
  return {
    line: 'summary',
    seconds: loadSeconds,
    requests: counts.requests,
    requestsByKind: Object.fromEntries(counts.byKind),
    bytesPutMiB: inMiB(counts.bytesPut),
    bytesReadMiB: inMiB(counts.bytesRead),
    retries: Object.fromEntries(counts.reasons),
    failed,
    wrong,
    verified: { objects, versions, MiB: inMiB(bytes) },
    strayUploads,
    growth: growthOf(loaded, loadSeconds),
    diskRatio: diskRatios(samples, loadSeconds),
    cores: {
      server: mean(({ serverCores }) => serverCores),
      generator: mean(({ generatorCores }) => generatorCores),
    },
    events: eventCounts(events),
    logErrors: Object.fromEntries(logErrors),
    doctor,
  };
}

/** Nothing lost, wrong, unanswered, or told as an error by the server. */
export function isGood({ failed, wrong, doctor, logErrors }: SummaryLine): boolean {
  const faults = failed.length + wrong.length + Object.keys(logErrors).length;
  return faults === 0 && doctor.healthy;
}

/** For each process that was there from the half of the load to its end. */
function growthOf(samples: readonly SampleLine[], loadSeconds: number): GrowthLine[] {
  const half = samples.filter(({ seconds }) => seconds >= loadSeconds * (0.5 + warmUpShare / 2));
  const first = half[0];
  const last = half.at(-1);
  if (first === undefined || last === undefined || half.length < leastPoints) return [];
  return first.processes.flatMap(({ role, pid }) => {
    const points = half.flatMap(({ seconds, processes }) => {
      const sample = processes.find((each) => each.pid === pid);
      return sample === undefined ? [] : [{ hours: seconds / 3600, sample }];
    });
    if (points.length < half.length - 1) return [];
    const slope = (of: (sample: ProcessSample) => number) =>
      slopeOf(points.map(({ hours, sample }) => [hours, of(sample)]));
    return [
      {
        role,
        minutes: rounded((last.seconds - first.seconds) / 60),
        residentMiBPerHour: slope(({ residentMiB }) => residentMiB),
        anonymousMiBPerHour: slope(({ anonymousMiB }) => anonymousMiB),
        anonymousFirstMiB: points[0]!.sample.anonymousMiB,
        anonymousLastMiB: points.at(-1)!.sample.anonymousMiB,
      },
    ];
  });
}

/** Of the line with the least squares. */
function slopeOf(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const meanX = mean(points.map(([x]) => x));
  const meanY = mean(points.map(([, y]) => y));
  const along = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const across = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return across === 0 ? 0 : rounded(along / across);
}

function diskRatios(samples: readonly SampleLine[], loadSeconds: number) {
  const ratioOf = ({ disk, live }: SampleLine) => disk.allocatedMiB / Math.max(1, live.storedMiB);
  const half = samples.filter(
    ({ seconds }) => seconds >= loadSeconds / 2 && seconds <= loadSeconds,
  );
  const { median, max } = spreadOf((half.length > 0 ? half : samples).map(ratioOf));
  return {
    median: rounded(median),
    max: rounded(max),
    settled: rounded(ratioOf(samples.at(-1)!)),
  };
}

function eventCounts(events: readonly EventLine[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { event, target } of events) {
    const name = event === 'kill' ? `kill -9 of ${target}` : event;
    if (event !== 'load-ends') counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
