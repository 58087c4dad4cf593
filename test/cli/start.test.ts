/** What `kist serve` loads: nothing of the commands that speak with servers. Told by V8, file by file. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { command, startServer } from '../support/start-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'kist-loaded-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Files of `dist` that the processes loaded which wrote their coverage there. */
function loadedIn(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
      readonly result: readonly { readonly url: string }[];
    };
    return result.map(({ url }) => url.split('/dist/')[1] ?? '').filter((path) => path !== '');
  });
}
const isLate = (path: string): boolean =>
  path.startsWith('commands/') || path === 'cli/late-commands.js';

test('kist serve loads none of them, kist object does', async () => {
  const ofServe = join(directory, 'serve');
  const server = await startServer({ workers: 1, env: { NODE_V8_COVERAGE: ofServe } });
  try {
    await server.stop();
  } finally {
    await server.remove();
  }
  const loaded = loadedIn(ofServe);
  expect(loaded).toContain('cli/main.js');
  expect(loaded.filter(isLate)).toEqual([]);
  const ofObject = join(directory, 'object');
  await runProgram(process.execPath, [command, 'object', 'ls', '--help'], {
    env: { NODE_V8_COVERAGE: ofObject },
  });
  expect(loadedIn(ofObject).filter(isLate).length).toBeGreaterThan(1);
});
