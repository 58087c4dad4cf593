/** The command line of the soak. */
import { parseArgs } from 'node:util';
import { soakFile } from './lines.ts';

export interface SoakOptions {
  readonly minutes: number;
  /** Requests a second at most. */
  readonly rate: number;
  /** Operations under way at once. */
  readonly connections: number;
  readonly workers: number;
  /** Bytes that are stored at most; beyond, objects are deleted instead of put. */
  readonly liveMiB: number;
  readonly sampleSeconds: number;
  /** Without load after it, so that the disk comes to rest. */
  readonly settleSeconds: number;
  /** Kills, reloads and restarts. */
  readonly events: number;
  readonly garbageGraceSeconds: number;
  readonly compactionIntervalSeconds: number;
  readonly out: string;
  /** The data directory goes below it. */
  readonly workDir: string | undefined;
  readonly build: boolean;
}

const flags = {
  minutes: { type: 'string', default: '60', doc: 'of load (60)' },
  rate: { type: 'string', default: '150', doc: 'requests a second at most (150)' },
  connections: { type: 'string', default: '16', doc: 'operations under way at once (16)' },
  workers: { type: 'string', default: '2', doc: 'of the server (2)' },
  'live-mib': { type: 'string', default: '2048', doc: 'stored at most, MiB (2048)' },
  events: { type: 'string', default: '15', doc: 'kills, reloads and restarts (15; 0: none)' },
  'sample-seconds': { type: 'string', default: '10', doc: 'between samples (10)' },
  'settle-seconds': {
    type: 'string',
    doc: 'without load at the end (300; at most half of the load)',
  },
  'garbage-grace-seconds': { type: 'string', default: '30', doc: "the server's setting (30)" },
  'compaction-interval-seconds': {
    type: 'string',
    default: '15',
    doc: "the server's setting (15)",
  },
  out: { type: 'string', default: soakFile, doc: `where samples are written (${soakFile})` },
  'work-dir': {
    type: 'string',
    doc: "directory for the server's data (the system's temporary one)",
  },
  'no-build': { type: 'boolean', doc: 'run dist/ as it is' },
  help: { type: 'boolean', doc: 'this text' },
} as const;

const longestSettleSeconds = 300;

/** undefined: help was asked for. Throws on what it doesn't know. */
export function parseSoakOptions(args: readonly string[]): SoakOptions | undefined {
  const { values } = parseArgs({ args: [...args], options: flags });
  if (values.help === true) return undefined;
  const minutes = positive('minutes', values.minutes);
  const settleText = values['settle-seconds'];
  return {
    minutes,
    rate: positive('rate', values.rate),
    connections: whole('connections', values.connections, 1),
    workers: whole('workers', values.workers, 1),
    liveMiB: whole('live-mib', values['live-mib'], 64),
    events: whole('events', values.events, 0),
    sampleSeconds: positive('sample-seconds', values['sample-seconds']),
    settleSeconds:
      settleText === undefined
        ? Math.min(longestSettleSeconds, minutes * 30)
        : whole('settle-seconds', settleText, 0),
    garbageGraceSeconds: whole('garbage-grace-seconds', values['garbage-grace-seconds'], 0),
    compactionIntervalSeconds: whole(
      'compaction-interval-seconds',
      values['compaction-interval-seconds'],
      1,
    ),
    out: values.out,
    workDir: values['work-dir'],
    build: values['no-build'] !== true,
  };
}

export function soakHelp(): string {
  const lines = Object.entries(flags).map(([name, { type, doc }]) => {
    const flag = `--${name}${type === 'string' ? ' VALUE' : ''}`;
    return `  ${flag.padEnd(38)}${doc}`;
  });
  return `Mixed load on a server that is killed, reloaded and restarted meanwhile.\n\n${lines.join('\n')}\n`;
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--${flag} takes a number above 0, not ${text}`);
}

function whole(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${flag} takes a whole number from ${least}, not ${text}`);
}
