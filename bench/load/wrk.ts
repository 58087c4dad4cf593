/** wrk as load generator for small objects: connections that are always busy, for some seconds. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Layout, onCores } from '../layout.ts';
import { runForJson } from '../processes.ts';

export interface WrkLoad {
  readonly host: string;
  readonly port: number;
  /** See `writeRequests`. */
  readonly requestsFile: string;
  /** Sent after each head. */
  readonly bodyFile?: string;
  readonly connections: number;
  readonly seconds: number;
}

export interface WrkResult {
  readonly requests: number;
  readonly durationUs: number;
  readonly bytes: number;
  readonly p50Us: number;
  readonly p99Us: number;
  /** CPU time of the generator while it sent. */
  readonly cpuUs: number;
  /** How often each prepared request went out; above 1, PUTs met keys that were there. */
  readonly passes: number;
}

interface WrkReport extends Omit<WrkResult, 'passes'> {
  readonly badStatus: number;
  readonly socketErrors: number;
  readonly sent: number;
  readonly prepared: number;
}

const script = join(import.meta.dirname, 'requests.lua');

/** Throws unless every answer was a success. */
export async function runWrk(layout: Layout, load: WrkLoad): Promise<WrkResult> {
  const cores = layout.generatorCores;
  const threads = layout.name === 'split' ? cores.length : Math.max(1, cores.length >> 1);
  const command = onCores(layout, cores, [
    'wrk',
    ...['-t', String(threads), '-c', String(load.connections), '-d', `${load.seconds}s`],
    ...['--timeout', '30s', '-s', script, `http://${load.host}:${load.port}`, '--'],
    ...[load.requestsFile, String(threads), load.bodyFile ?? ''],
  ]);
  const report = (await runForJson(command)) as WrkReport;
  const { badStatus, socketErrors, sent, prepared, ...result } = report;
  if (badStatus > 0 || socketErrors > 0 || result.requests === 0) {
    throw new Error(
      `of ${result.requests} answers ${badStatus} were errors; ${socketErrors} socket errors`,
    );
  }
  return { ...result, passes: sent / prepared };
}

/** undefined where wrk is not installed. */
export function wrkVersion(): string | undefined {
  try {
    execFileSync('wrk', ['-v'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch (error) {
    // It prints its version and ends with status 1.
    const { stdout } = error as { readonly stdout?: string };
    return stdout === undefined ? undefined : /^wrk (?:debian\/)?(\S+)/.exec(stdout)?.[1];
  }
  return undefined;
}
