/**
 * Where the programs are that tests drive: on PATH, or in the checkout, where `scripts/setup-tests.ts`
 * puts what the machine hasn't got.
 */
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Python's virtual environment. */
export const venvDirectory = join(root, '.venv');
export const venvPrograms = join(venvDirectory, 'bin');
/** Debian packages are unpacked here, not installed: nothing outside the checkout changes. */
export const toolsDirectory = join(root, '.cache', 'tools');
export const unpackedPrograms = join(toolsDirectory, 'usr', 'bin');

/** PATH as a user would have it for whom everything is installed. */
export function searchPath(): string {
  return [venvPrograms, process.env.PATH ?? '', unpackedPrograms].join(delimiter);
}

/** Its path: the machine's own first, then the unpacked one. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), unpackedPrograms];
  return directories
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, name))
    .find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
