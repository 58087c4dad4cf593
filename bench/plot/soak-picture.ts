/** Which panels a soak has. */
import type { EventLine, ProcessSample, RunLine, SampleLine } from '../soak/lines.ts';
import type { Line, Mark, Panel, Picture } from './panels.ts';

/** Latencies of these, where there were any. */
const kinds = [
  ...['get', 'get range', 'head', 'list', 'put', 'copy'],
  ...['delete', 'delete many', 'upload part', 'complete upload'],
];
const marks: readonly (readonly [event: EventLine['event'], name: string, colour: number])[] = [
  ['kill', 'kill -9 of a process', 5],
  ['crash', 'kill -9 of all', 4],
  ['reload', 'reload (SIGHUP)', 2],
  ['restart', 'stop and start', 1],
  ['load-ends', 'end of load, all is verified', 3],
];

export function soakPicture(
  run: RunLine,
  samples: readonly SampleLine[],
  events: readonly EventLine[],
): Picture {
  const over = (value: (sample: SampleLine) => number | undefined): Line['points'] =>
    samples.map((sample) => [sample.seconds / 60, value(sample)]);
  const roles = [
    ...new Set(samples.flatMap(({ processes }) => processes.map((p) => p.role))),
  ].sort();
  const byProcess = (title: string, value: (sample: ProcessSample) => number | undefined) => ({
    title,
    lines: roles.map((role, colour): Line => {
      const of = ({ processes }: SampleLine) => processes.find((each) => each.role === role);
      return {
        name: role,
        colour,
        points: over((sample) => {
          const process = of(sample);
          return process === undefined ? undefined : value(process);
        }),
      };
    }),
  });
  const latencies = kinds
    .filter((kind) => samples.some((sample) => sample.latencies[kind] !== undefined))
    .map(
      (kind): Panel => ({
        title: `${kind}: latency, ms`,
        logarithmic: true,
        lines: [
          { name: 'p50', colour: 0, points: over(({ latencies: of }) => of[kind]?.p50) },
          { name: 'p99', colour: 1, points: over(({ latencies: of }) => of[kind]?.p99) },
        ],
      }),
    );
  return {
    title: `${run.minutes} minutes of mixed load, ${run.rate} requests/s, ${run.workers} workers`,
    unit: 'min',
    end: Math.max(...samples.map(({ seconds }) => seconds)) / 60,
    marks: events.flatMap(({ event, seconds }): Mark[] => {
      const known = marks.find(([each]) => each === event);
      return known === undefined ? [] : [{ x: seconds / 60, name: known[1], colour: known[2] }];
    }),
    panels: [
      byProcess('Resident memory, MiB', ({ residentMiB }) => residentMiB),
      byProcess('Of it the process’s own (anonymous), MiB', ({ anonymousMiB }) => anonymousMiB),
      byProcess('Open descriptors', ({ descriptors }) => descriptors),
      byProcess('Event loop delay, p99, ms', ({ eventLoopP99Ms }) => eventLoopP99Ms),
      {
        title: 'Disk, MiB',
        lines: [
          { name: 'allocated', colour: 1, points: over(({ disk }) => disk.allocatedMiB) },
          { name: 'live', colour: 0, points: over(({ live }) => live.storedMiB) },
          {
            name: 'twice live',
            colour: 5,
            dashed: true,
            points: over(({ live }) => 2 * live.storedMiB),
          },
        ],
      },
      {
        title: 'Busy cores',
        lines: [
          { name: 'server', colour: 1, points: over(({ serverCores }) => serverCores) },
          {
            name: 'load generator',
            colour: 5,
            points: over(({ generatorCores }) => generatorCores),
          },
        ],
      },
      ...latencies,
    ],
  };
}
