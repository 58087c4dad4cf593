/** `docs/guide/command-line.md`: what it says of tenants and administration, run in one shell as it is pasted. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { searchPath } from '../support/find-program.ts';
import { guideSnippets } from '../support/guide.ts';
import { runProgram } from '../support/run-program.ts';
import { command } from '../support/start-server.ts';
import { startAdminLine } from './support/admin-line.ts';
import type { CommandLine } from './support/command-line.ts';

let cli: CommandLine;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  cli = await startAdminLine();
  const programs = join(cli.directory, 'programs');
  mkdirSync(programs);
  const kist = join(programs, 'kist');
  writeFileSync(kist, `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`);
  chmodSync(kist, 0o755);
  // In the test the root of the server is another alias than `local`.
  env = { ...cli.env, KIST_ALIAS: 'root', PATH: `${programs}${delimiter}${searchPath()}` };
});
afterAll(() => cli.close());

const pasted = (beginning: string) => {
  const snippet = guideSnippets('command-line.md', cli.server.port).find(({ text }) =>
    text.startsWith(beginning),
  );
  return runProgram('sh', ['-eu'], { input: snippet!.text, env, cwd: cli.directory });
};

test('a tenant in five commands: it stores until its quota refuses', async () => {
  const { code, stdout, stderr } = await pasted('kist namespace create acme');
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toMatch(/its secret is in alias acme/);
  expect(stderr).toMatch(/2\.jpg.*QuotaExceeded/);
  expect(stdout).toMatch(/^size held +684 KiB of 1 MiB$/m);
  expect(await cli.done('object', 'ls', 'acme/photos/')).not.toContain('2.jpg');
});

test('administration of its server', async () => {
  const { code, stdout, stderr } = await pasted('kist account create acme-2');
  expect(code, `${stdout}${stderr}`).toBe(0);
  expect(stdout).toMatch(/^objects held +1 of 1000000$/m);
  expect(stdout).toMatch(/^Refused \(AccessDenied\): s3:GetObject/m);
  expect(stdout).toMatch(/^Reload: .* done\.$/m);
});
