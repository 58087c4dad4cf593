/**
 * `docs/guide/typescript.md`, in both languages and both signature versions: what a reader would paste of boto3 and
 * of `kist/client` is run, typed, and must say the same.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guideSnippets } from '../support/guide.ts';
import { pythonEnvironment, runInVenv } from '../support/python.ts';
import { runProgram } from '../support/run-program.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const root = join(import.meta.dirname, '..', '..');
/** Below the package, so that it finds itself under its name. */
const cache = join(root, '.cache');
let server: RunningServer;
let folder: string;

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'typescript-guide-'));
  server = await startServer();
});
afterAll(async () => {
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const tsconfig = {
  extends: '../../tsconfig.json',
  compilerOptions: { types: ['node'], lib: ['es2023', 'dom', 'dom.iterable'], module: 'nodenext' },
  include: ['*.ts'],
};

/** All snippets of a language as one program. */
function programOf(guide: string, language: string, version: string): string {
  const snippets = guideSnippets(guide, server.port).filter((one) => one.language === language);
  const text = snippets.map((one) => one.text).join('\n');
  expect(text).toMatch(/(['"])s3v4\1/);
  return text.replaceAll(/(['"])s3v4\1/g, `$1${version}$1`);
}

/** Signed URLs hold the second in which they were made. */
const comparable = (text: string) => text.replaceAll(/\?\S*Signature\S*/g, '?signed');

const cases = ['typescript.md', 'typescript.de.md'].flatMap((guide) =>
  ['s3v4', 's3'].map((version) => [guide, version] as const),
);

describe.each(cases)('%s with signature version %s', (guide, version) => {
  test('is typed, and does step by step what boto3 does', async () => {
    const python = await runInVenv('python', ['-'], {
      input: programOf(guide, 'python', version),
      env: pythonEnvironment,
    });
    expect(python.code, python.stderr).toBe(0);

    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
    writeFileSync(join(folder, 'guide.ts'), programOf(guide, 'ts', version));
    const typed = await runProgram(join(root, 'node_modules/.bin/tsc'), ['-p', folder]);
    expect(typed.code, typed.stdout).toBe(0);
    const tsx = join(root, 'node_modules/.bin/tsx');
    const typescript = await runProgram(tsx, [join(folder, 'guide.ts')], { cwd: folder });
    expect(typescript.code, typescript.stderr).toBe(0);

    expect(typescript.stdout).toContain('users/claire.json');
    expect(comparable(typescript.stdout)).toBe(comparable(python.stdout));
  });
});
