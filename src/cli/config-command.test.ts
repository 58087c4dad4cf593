/** `kist config show`: effective values with their sources, and no secret. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createConfigCommand } from './config-command.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-config-'));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

async function shown(...args: string[]): Promise<string> {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const program = new Command('kist').exitOverride();
  program.addCommand(createConfigCommand(program));
  await program.parseAsync(['config', 'show', ...args], { from: 'user' });
  return text;
}

it('names the source of each value; a later one wins', async () => {
  const file = join(directory, 'kist.yaml');
  writeFileSync(file, 'host: 127.0.0.2\nport: 1234\nregion: eu-west-1\n');
  vi.stubEnv('KIST_PORT', '2345');
  const args = ['--config', file, '--region', 'eu-west-2', '--format', 'json'];
  const settings = JSON.parse(await shown(...args)) as { name: string }[];
  const of = (name: string) => settings.find((setting) => setting.name === name);
  expect(of('host')).toMatchObject({ value: '127.0.0.2', source: { kind: 'file', file, line: 1 } });
  expect(of('port')).toMatchObject({
    value: 2345,
    source: { kind: 'environment', variable: 'KIST_PORT' },
    reload: false,
  });
  expect(of('region')).toMatchObject({
    value: 'eu-west-2',
    source: { kind: 'flag', flag: '--region' },
    reload: true,
  });
  expect(of('scrubDays')).toMatchObject({ value: 7, source: { kind: 'default' } });
});

it('shows no secret, neither as text nor as JSON', async () => {
  const secret = 'verySecretKey00000000000000000000000000';
  vi.stubEnv('KIST_ROOT_ACCESS_KEY_ID', 'KISTCONFIGROOT000000');
  vi.stubEnv('KIST_ROOT_SECRET_ACCESS_KEY', secret);
  const text = await shown('--changed');
  expect(text).not.toContain(secret);
  expect(text).toMatch(/^rootSecretAccessKey +\(secret\) +KIST_ROOT_SECRET_ACCESS_KEY$/m);
  expect(text).not.toMatch(/^scrubDays/m);
  expect(await shown('--format', 'json')).not.toContain(secret);
});
