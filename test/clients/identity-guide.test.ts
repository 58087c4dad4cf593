/** `docs/guide/identity.md`, run as it is written: all its snippets in one shell, as a reader would paste them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { venvPrograms } from '../support/find-program.ts';
import { guideSnippets } from '../support/guide.ts';
import { pythonEnvironment } from '../support/python.ts';
import { runProgram } from '../support/run-program.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const guideTimeoutMs = 300_000;
let home: string;
let server: RunningServer;

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'kist-identity-'));
  server = await startServer();
});
afterAll(async () => {
  await server?.remove();
  rmSync(home, { recursive: true, force: true });
});

test(
  'the snippets work as pasted, and allow and deny what the guide says',
  async () => {
    // What is shown with its prompt needs the server's directory: access-explain.test.ts and key-rotation.test.ts.
    // Terraform's part: terraform-calls.test.ts.
    const elsewhere = new Set(['console', 'hcl']);
    const snippets = guideSnippets('identity.md', server.port).filter(
      ({ language }) => !elsewhere.has(language),
    );
    expect(new Set(snippets.map(({ language }) => language))).toEqual(new Set(['sh']));
    const { code, stdout, stderr } = await runProgram('sh', ['-eu'], {
      input: snippets.map(({ text }) => text).join('\n'),
      cwd: home,
      timeoutMs: guideTimeoutMs,
      env: {
        ...pythonEnvironment,
        HOME: home,
        PATH: `${venvPrograms}:${process.env.PATH}`,
        AWS_CONFIG_FILE: join(home, '.aws/config'),
        AWS_SHARED_CREDENTIALS_FILE: join(home, '.aws/credentials'),
      },
    });
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^Dear Ada$/m);
    expect(stdout).toMatch(/^ann may not delete$/m);
    expect(stdout).toMatch(/^settled is settled$/m);
    expect(stdout).toMatch(/ 11 grace\.txt$/m);
    expect(stdout).toMatch(/^"arn:aws:sts::\d{12}:assumed-role\/maintainer\/[^"]+"$/m);
    expect(stdout).toMatch(/^not without the boundary$/m);
    expect(stderr.match(/AccessDenied/g)).toHaveLength(3);
  },
  guideTimeoutMs,
);
