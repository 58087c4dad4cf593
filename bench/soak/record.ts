/** What a soak has seen: written to its file as it comes, told on standard error, kept for the summary. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { EventLine, RunLine, SampleLine, SoakLine } from './lines.ts';

export interface SoakRecord {
  readonly samples: readonly SampleLine[];
  readonly events: readonly EventLine[];
  /** Answers that must not be. */
  readonly wrong: readonly string[];
  /** Requests without an answer, whatever was tried, or with an unexpected refusal. */
  readonly failed: readonly string[];
  sample(line: SampleLine): void;
  event(line: EventLine): void;
  addWrong(what: string): void;
  addFailed(error: unknown): void;
  write(line: SoakLine): void;
}

export function createRecord(file: string, run: RunLine): SoakRecord {
  const samples: SampleLine[] = [];
  const events: EventLine[] = [];
  const wrong: string[] = [];
  const failed: string[] = [];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(run)}\n`);
  const write = (line: SoakLine) => appendFileSync(file, `${JSON.stringify(line)}\n`);
  return {
    samples,
    events,
    wrong,
    failed,
    sample(line) {
      samples.push(line);
      write(line);
      note(sampleText(line));
    },
    event(line) {
      events.push(line);
      write(line);
      const { seconds, event, target, readyMs } = line;
      const what = event === 'load-ends' ? event : `${event} of ${target}, ready after`;
      note(`${Math.round(seconds)} s: ${what}${target && ` ${Math.round(readyMs)} ms`}`);
    },
    addWrong(what) {
      wrong.push(what);
      note(`WRONG: ${what}`);
    },
    addFailed(error) {
      failed.push(String(error));
      note(`FAILED: ${error}`);
    },
    write,
  };
}

function sampleText(sample: SampleLine): string {
  const { seconds, requests, retries, live, disk, processes, serverCores } = sample;
  const memory = processes.map(({ role, residentMiB }) => `${role} ${Math.round(residentMiB)}`);
  return [
    `${Math.round(seconds)} s: ${requests} requests, ${retries} retries, ${serverCores.toFixed(2)} cores`,
    `live ${Math.round(live.storedMiB)} MiB, disk ${Math.round(disk.allocatedMiB)} MiB`,
    `MiB resident: ${memory.join(', ')}`,
  ].join('; ');
}

export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}
