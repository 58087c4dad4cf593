/** Keeps connections busy with the requests of a phase, and counts what comes of them. */
import { randomFillSync } from 'node:crypto';
import { type Connection, type ConnectionError, createConnection } from './connection.ts';
import type { Statistics } from './statistics.ts';
import type { BenchTarget } from './target.ts';
import type { Job, Workload } from './workload.ts';

/** A server that is gone is not asked in a tight loop. */
const pauseAfterFailureMs = 100;
/** Bodies that are longer repeat themselves. */
const maxBodyBytes = 4 * 1024 * 1024;

export interface LoadOptions {
  readonly target: BenchTarget;
  readonly connections: number;
  readonly workload: Workload;
  /** Of a body, the most. */
  readonly largestSize: number;
  readonly durationMs: number;
  readonly statistics: Statistics;
  /** Requests under way are seen through, so that none takes effect after the end. */
  readonly signal: AbortSignal;
}

export async function runLoad(options: LoadOptions): Promise<void> {
  const { target, workload, statistics, signal } = options;
  const body = randomFillSync(
    Buffer.allocUnsafeSlow(Math.max(1, Math.min(options.largestSize, maxBodyBytes))),
  );
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const endAt = startedAt + options.durationMs;
  let lastAt = startedAt;

  const work = (connection: Connection): Promise<void> =>
    new Promise((resolve) => {
      const step = (): void => {
        const at = performance.now();
        const job = at < endAt && !signal.aborted ? workload.next() : undefined;
        if (job === undefined) {
          connection.close();
          resolve();
          return;
        }
        connection.send(job.bodyBytes > 0 ? { ...job, body } : job, (failure) => {
          lastAt = performance.now();
          const code = failureOf(job, connection, failure);
          if (code === undefined) {
            const bytes = job.bodyBytes + connection.answer.bodyBytes();
            statistics.succeeded(job.kind, lastAt - at, bytes);
            workload.done(job);
          } else {
            statistics.failed(job.kind, code);
          }
          if (failure === undefined) step();
          else setTimeout(step, pauseAfterFailureMs);
        });
      };
      step();
    });

  await Promise.all(
    Array.from({ length: options.connections }, () => work(createConnection(target.peer))),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  statistics.ms = lastAt - startedAt;
  statistics.cpuMs = (user + system) / 1000;
}

/** The code of what went wrong; undefined if nothing did. */
function failureOf(
  job: Job,
  { answer }: Connection,
  failure: ConnectionError | undefined,
): string | undefined {
  if (failure !== undefined) return failure.code;
  const status = answer.status();
  if (status >= 300) return errorCode(status, answer.body());
  if (job.answerBytes !== undefined && job.answerBytes !== answer.bodyBytes()) return 'WrongLength';
  return undefined;
}

/** S3's own code, or the status where there is none. */
export function errorCode(status: number, body: Buffer): string {
  return /<Code>(\w{1,64})<\/Code>/.exec(body.toString('utf8'))?.[1] ?? `HTTP ${status}`;
}
