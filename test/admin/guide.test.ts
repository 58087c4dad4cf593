/** `docs/guide/admin-api.md`, run as it is written: all its snippets in one shell, as a reader would paste them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { guideSnippets } from '../support/guide.ts';
import { runProgram } from '../support/run-program.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer({
    env: {
      KIST_ACCOUNTS: '[]',
      KIST_ROOT_ACCESS_KEY_ID: main.accessKeyId,
      KIST_ROOT_SECRET_ACCESS_KEY: main.secretAccessKey,
    },
  });
});
afterAll(() => server?.remove());

test('the snippets work as pasted, for the root of a server', async () => {
  const snippets = guideSnippets('admin-api.md', server.port);
  const { code, stdout, stderr } = await runProgram('sh', ['-eu'], {
    input: snippets
      .map(({ text }) => text.replaceAll(/\b9001\b/g, String(server.consolePort)))
      .join('\n'),
    env: { PATH: process.env.PATH ?? '' },
  });
  expect(code, `${stderr}\n${stdout}`).toBe(0);
  expect(stdout).toContain('"ready":true');
  expect(stdout).toMatch(/"name":"acme".*"accounts":2,"accountId":"[0-9a-f]+","buckets":1/);
  expect(stdout).toContain('"UserName":"ann"');
  expect(stdout).toContain('"role":"read_only","bucket":"reports","prefix":"2026/"');
  expect(stdout).toMatch(/"name":"dataDir".*"flag":"--data-dir"/);
  expect(stdout).toMatch(/"job":"[^"]+","running":true/);
});
