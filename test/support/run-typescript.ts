/** Runs what a reader would paste of TypeScript: checked by the compiler first, with `kist` as it is built. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunOptions, runProgram } from './run-program.ts';

const root = join(import.meta.dirname, '..', '..');
const programs = join(root, 'node_modules', '.bin');
/** Below the package, so that it finds itself under its name. */
const cache = join(root, '.cache');

const tsconfig = {
  extends: '../../tsconfig.json',
  compilerOptions: { types: ['node'], lib: ['es2023', 'dom', 'dom.iterable'], module: 'nodenext' },
  include: ['*.ts'],
};

/** Gives what it wrote. @throws Error with what the compiler or the program complained of */
export async function runTypescript(text: string, options: RunOptions = {}): Promise<string> {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'typescript-'));
  try {
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    const file = join(folder, 'program.ts');
    writeFileSync(file, text);
    const typed = await runProgram(join(programs, 'tsc'), ['-p', folder]);
    if (typed.code !== 0) throw new Error(`It has wrong types:\n${typed.stdout}`);
    const ran = await runProgram(join(programs, 'tsx'), [file], { cwd: folder, ...options });
    if (ran.code !== 0) throw new Error(`It failed:\n${ran.stderr}`);
    return ran.stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
