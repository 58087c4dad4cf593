/**
 * `docs/guide/clients.md`, run as it is written: each section's files are put where it says, its programs
 * run in order, and what they print must hold the object that they stored.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type GuideSection, guideSection, guideSections } from '../support/guide.ts';
import { pythonEnvironment, runInVenv } from '../support/python.ts';
import { type ProcessResult, runProgram } from '../support/run-program.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const root = join(import.meta.dirname, '..', '..');
let server: RunningServer;
let home: string;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kist-guide-'));
  mkdirSync(join(home, 'Documents'));
  writeFileSync(join(home, 'Documents/letter.txt'), 'Dear Ada');
  server = await startServer();
});
afterAll(async () => {
  await server?.remove();
  rmSync(home, { recursive: true, force: true });
});

function runSnippet({ language, text }: GuideSection['programs'][number]): Promise<ProcessResult> {
  const env = { ...pythonEnvironment, HOME: home, AWS_CONFIG_FILE: join(home, '.aws/config') };
  if (language === 'python') return runInVenv('python', ['-'], { input: text, env });
  // Read from standard input, a module finds packages from the working directory.
  if (language === 'js') {
    const args = ['--input-type=module', '-'];
    return runProgram(process.execPath, args, { input: text, env, cwd: root });
  }
  return runProgram('sh', ['-eu'], { input: text, env, cwd: home });
}

/** Section → what its programs print. */
const sections: readonly (readonly [client: string, output: RegExp])[] = [
  ['aws-cli', / 6 hello\.txt$/m],
  ['rclone', /^ +6 hello\.txt$[\s\S]*X-Amz-Signature=/m],
  ['restic', /no errors were found/],
  ['s3cmd', / 6 +s3:\/\/guide-s3cmd\/hello\.txt$/m],
  ["MinIO's JavaScript client", /^hello\.txt 6$/m],
  ['AWS SDK for JavaScript', /^hello\.txt 6$/m],
  ['boto3', /^hello\.txt 6$/m],
];

test('has these sections and no other', () => {
  expect(guideSections(server.port).map(({ client }) => client)).toEqual(
    sections.map(([client]) => client),
  );
});

test.each(sections)('%s: the snippets work as pasted', async (client, output) => {
  const section = guideSection(client, server.port);
  for (const [path, content] of section.files) {
    mkdirSync(join(home, dirname(path)), { recursive: true });
    writeFileSync(join(home, path), content);
  }
  let printed = '';
  for (const program of section.programs) {
    const { code, stdout, stderr } = await runSnippet(program);
    expect(code, stderr).toBe(0);
    printed += stdout;
  }
  expect(printed).toMatch(output);
});
