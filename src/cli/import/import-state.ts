/** Which versions have come over: a line of JSON each, in a file that is read before and written as it goes on. */
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { CommandError } from '../command-error.ts';

export interface ImportState {
  /** Whether something was noted before. */
  readonly isOfEarlierRun: boolean;
  has(bucket: string, key: string, versionId: string): boolean;
  note(bucket: string, key: string, versionId: string): void;
  close(): void;
}

/** @param dryRun nothing is written */
export function openState(file: string, dryRun: boolean): ImportState {
  const known = new Set<string>();
  if (statSync(file, { throwIfNoEntry: false }) !== undefined) {
    const lines = readFileSync(file, 'utf8').split('\n');
    // What comes after the last line's end was cut off, and is not counted.
    lines.pop();
    for (const line of lines) known.add(checked(line, file));
  }
  const isOfEarlierRun = known.size > 0;
  let descriptor: number | undefined;
  return {
    isOfEarlierRun,
    has: (...names) => known.has(JSON.stringify(names)),
    note(...names) {
      const line = JSON.stringify(names);
      known.add(line);
      descriptor ??= openForLines(file, dryRun);
      writeSync(descriptor, `${line}\n`);
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
    },
  };
}

function openForLines(file: string, dryRun: boolean): number {
  if (dryRun) throw new Error('a dry run notes nothing');
  const descriptor = openSync(file, 'a', 0o600);
  const text = readFileSync(file, 'utf8');
  if (text !== '' && !text.endsWith('\n')) writeSync(descriptor, '\n');
  return descriptor;
}

function checked(line: string, file: string): string {
  try {
    const names: unknown = JSON.parse(line);
    if (Array.isArray(names) && names.length === 3) return JSON.stringify(names);
  } catch {
    // Told below; a line that was cut off and then ended counts for nothing.
    if (line.startsWith('["')) return '';
  }
  throw new CommandError(`${file} is no state of an import: name another file, or remove it.`);
}
