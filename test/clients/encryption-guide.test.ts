/**
 * `docs/guide/encryption.md`, run as it is written beside the data directory of a server: what it prints, what
 * is on disk, and a start with the master key where the guide has put it.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { guideSnippets, type Snippet } from '../support/guide.ts';
import { runInVenv } from '../support/python.ts';
import { runProgram } from '../support/run-program.ts';
import { command, type RunningServer, startServer } from '../support/start-server.ts';

let home: string;
let server: RunningServer;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kist-encryption-'));
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'kist'), `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
  chmodSync(join(bin, 'kist'), 0o755);
  server = await start();
});
afterAll(async () => {
  await server?.stop();
  rmSync(home, { recursive: true, force: true });
});

const start = (env: Readonly<Record<string, string>> = {}): Promise<RunningServer> =>
  startServer({ dataDir: join(home, 'kist-data'), workers: 1, env });

async function run(snippet: Snippet, connect: string): Promise<string> {
  const env = { PATH: `${join(home, 'bin')}:${process.env.PATH}` };
  const { code, stdout, stderr } =
    snippet.language === 'python'
      ? await runInVenv('python', ['-'], { input: `${connect}\n${snippet.text}`, cwd: home })
      : await runProgram('sh', ['-eu'], { input: snippet.text, env, cwd: home });
  expect(code, stderr).toBe(0);
  return stdout;
}

test('the snippets work as pasted, and the server starts with the master key in its new place', async () => {
  const [connect, ...others] = guideSnippets('encryption.md', server.port);
  let printed = '';
  for (const snippet of others) {
    if (snippet.text.startsWith('mv ')) await server.stop();
    printed += await run(snippet, connect!.text);
  }
  expect(printed).toMatch(/^by default: AES256$/m);
  expect(printed).toMatch(/^with the key ring: b'a,b\\n1,2\\n'$/m);
  expect(printed).toMatch(/^reports +Enabled +2 /m);
  expect(printed).toMatch(/^disabled: KMS.DisabledException$/m);
  expect(printed).toMatch(/^with my key: b'for Ada'$/m);

  server = await start({ KIST_MASTER_KEY_FILE: join(home, 'master-key') });
  const [connectAgain] = guideSnippets('encryption.md', server.port);
  const read = 'print(s3.get_object(Bucket=bucket, Key="letter.txt")["Body"].read())';
  expect(await run({ language: 'python', text: read }, connectAgain!.text)).toBe("b'Dear Ada'\n");
});
