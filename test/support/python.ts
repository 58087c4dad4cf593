/** Runs Python in the tests' virtual environment (`scripts/setup-tests.ts` makes it). */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { venvPrograms } from './find-program.ts';
import { type ProcessResult, type RunOptions, runProgram } from './run-program.ts';

/** Its `sitecustomize.py` answers for names that end in `.localhost`. */
const preamble = join(import.meta.dirname, '..', 'clients', 'preamble');

export const pythonEnvironment: Readonly<Record<string, string>> = {
  PYTHONPATH: preamble,
  PYTHONDONTWRITEBYTECODE: '1',
  PYTHONUTF8: '1',
};

/** @param name `python`, `aws`, or another program of the environment */
export async function runInVenv(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProcessResult> {
  const program = join(venvPrograms, name);
  if (!existsSync(program)) {
    throw new Error(`No ${name} in .venv: run \`npx tsx scripts/setup-tests.ts\` first.`);
  }
  return runProgram(program, args, { ...options, env: { ...pythonEnvironment, ...options.env } });
}
