/**
 * `docs/guide/typescript.md`, in both languages and both signature versions: what a reader would paste of boto3 and
 * of `kist/client` is run, typed, and must say the same.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guideSnippets } from '../support/guide.ts';
import { pythonEnvironment, runInVenv } from '../support/python.ts';
import { runTypescript } from '../support/run-typescript.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.remove());

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

    const typescript = await runTypescript(programOf(guide, 'ts', version));
    expect(typescript).toContain('users/claire.json');
    expect(comparable(typescript)).toBe(comparable(python.stdout));
  });
});
