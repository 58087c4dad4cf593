/** Reloads that are asked for over the admin API: of a configuration that is wrong, and of a server that has none to reload. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningServer, startServer, until } from '../support/start-server.ts';
import { adminClient, root } from './checked-client.ts';

let directory: string;
let server: RunningServer | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-reload-'));
});
afterEach(async () => {
  await server?.remove();
  server = undefined;
  rmSync(directory, { recursive: true });
});

test('a reload tells how it ended, and settings their new values and sources', async () => {
  const file = join(directory, 'kist.yaml');
  writeFileSync(file, 'scrubDays: 3\n');
  server = await startServer({ workers: 1, flags: ['--config', file] });
  const { call } = adminClient(server.consolePort, root);
  const reloaded = async () => {
    const before = (await call('getServerStatus', {})).lastReload?.at;
    await call('reloadServer', {});
    await until(async () => {
      const status = await call('getServerStatus', {}).catch(() => undefined);
      return status?.lastReload !== undefined && status.lastReload.at !== before;
    }, 'the reload is over');
    return (await call('getServerStatus', {})).lastReload!;
  };
  const scrubDays = async () =>
    (await call('getServerConfiguration', {})).settings.find(({ name }) => name === 'scrubDays')!;
  expect(await scrubDays()).toMatchObject({ value: 3, source: { kind: 'file', file, line: 1 } });

  writeFileSync(file, '# changed\nscrubDays: 4\n');
  expect((await reloaded()).done).toBe(true);
  expect(await scrubDays()).toMatchObject({ value: 4, source: { kind: 'file', line: 2 } });

  writeFileSync(file, 'scrubDays: never\n');
  const failed = await reloaded();
  expect(failed.done).toBe(false);
  expect(failed.reason).toContain('scrubDays');
  expect(await scrubDays()).toMatchObject({ value: 4 });
});

test('a server in one process serves the API, and has nothing to reload', async () => {
  server = await startServer({ workers: 1, flags: ['--memory'] });
  const { call, refused } = adminClient(server.consolePort, root);
  const status = await call('getServerStatus', {});
  expect(status.processes.map(({ name, pid }) => [name, pid])).toEqual([['all', server.pid]]);
  expect(status).not.toHaveProperty('disk');
  expect((await call('getServerMetrics', {})).requests.total).toBeGreaterThanOrEqual(0);
  expect(await refused('reloadServer', {})).toBe('409 Conflict');
});
