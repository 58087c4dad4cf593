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
const unpackedDirectories = [unpackedPrograms, join(toolsDirectory, 'bin')];

/** What an unpacked program needs in its environment to find the libraries that were unpacked with it. */
export function unpackedEnvironment(program: string): Readonly<Record<string, string>> {
  if (!program.startsWith(toolsDirectory)) return {};
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  return { LD_LIBRARY_PATH: join(toolsDirectory, 'usr', 'lib', `${machine}-linux-gnu`) };
}

/** PATH as a user would have it for whom everything is installed. */
export function searchPath(): string {
  return [venvPrograms, process.env.PATH ?? '', ...unpackedDirectories].join(delimiter);
}

/** Its path: the machine's own first, then the unpacked one. */
export function findProgram(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...unpackedDirectories];
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
