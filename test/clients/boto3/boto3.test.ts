/** Runs the scenarios of the Python files beside it, each as a test of its own. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testAccounts } from '../../support/accounts.ts';
import { runInVenv } from '../../support/python.ts';
import { type RunningServer, startServer } from '../../support/start-server.ts';

interface ScenarioResult {
  readonly sentence: string;
  readonly ok: boolean;
  readonly why?: string;
}

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.remove());

/** With the AWS Common Runtime botocore signs in C, and knows more checksums; users have either. */
describe.each([
  ['access.py', { BOTO_DISABLE_CRT: 'true' }],
  ['transfers.py', {}],
  ['resources.py', {}],
])('%s', (name, environment) => {
  const file = join(import.meta.dirname, name);
  const sentences = [...readFileSync(file, 'utf8').matchAll(/^@scenario\("(.*)"\)$/gm)].map(
    ([, sentence]) => sentence ?? '',
  );
  const results = new Map<string, ScenarioResult>();
  let complaints = '';

  beforeAll(async () => {
    const { stdout, stderr } = await runInVenv('python', [file], {
      timeoutMs: 240_000,
      env: {
        ...environment,
        KIST_ENDPOINT: server.endpoint,
        KIST_TEST_ACCOUNTS: JSON.stringify(testAccounts),
      },
    });
    complaints = stderr;
    for (const line of stdout.split('\n')) {
      if (line === '') continue;
      const result = JSON.parse(line) as ScenarioResult;
      results.set(result.sentence, result);
    }
  }, 250_000);

  test.each(sentences)('%s', (sentence) => {
    const result = results.get(sentence);
    expect(result, complaints).toBeDefined();
    expect(result?.why ?? '').toBe('');
    expect(result?.ok).toBe(true);
  });
});
