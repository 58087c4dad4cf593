/** What `kist bench` makes of its flags, before it asks any server. */
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseSizes } from './bench/options.ts';
import { createBenchCommand } from './bench-command.ts';

beforeEach(() => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL']) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv('AWS_ENDPOINT_URL_S3', undefined);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** What is said of arguments that are wrong. */
async function refusal(...args: readonly string[]): Promise<string> {
  let said = '';
  const program = new Command('kist').exitOverride().configureOutput({
    writeErr: (text) => {
      said += text;
    },
  });
  const command = createBenchCommand(() => {}).copyInheritedSettings(program);
  program.addCommand(command);
  await expect(program.parseAsync(['bench', ...args], { from: 'user' })).rejects.toThrow(
    CommanderError,
  );
  return said;
}

const keys = ['--access-key-id', 'KEY', '--secret-access-key', 'secret'];

describe('kist bench', () => {
  it.each([
    [['upload'], 'Operations are put, get, stat, list, delete, mixed.'],
    [['--size', '4KB'], 'It must be a number of bytes from 0'],
    [['--size', '4KiB,'], 'It must be a number of bytes from 0'],
    [['--duration', '1day'], 'It must be a number of milliseconds'],
    [['--duration', '1ms'], 'from 100 to'],
    [['--concurrency', '0'], 'It must be a whole number from 1'],
    [['--workers', '1.5'], 'It must be a whole number from 1'],
    [['--objects', 'many'], 'It must be a whole number from 1'],
    [['--endpoint', 'localhost:9000'], 'It must be such as http://127.0.0.1:9000.'],
    [['--endpoint', 'http://localhost:9000/bucket'], 'It must be such as'],
    [['put'], 'no access key: set AWS_ACCESS_KEY_ID'],
    [[...keys, '--workers', '4', '--concurrency', '2'], 'every worker needs a connection'],
  ])('refuses %j', async (args, reason) => {
    expect(await refusal(...args)).toContain(reason);
  });

  it('says so when the environment names no usable endpoint, and never shows it', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'https://me:password@s3.example.com');
    const said = await refusal(...keys);
    expect(said).toContain('The endpoint in AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL must be');
    expect(said + createBenchCommand(() => {}).helpInformation()).not.toContain('password');
  });
});

describe('sizes', () => {
  it('are one or several, in any unit', () => {
    expect(parseSizes('4096')).toEqual([4096]);
    expect(parseSizes('4KiB,4KiB, 1 MiB')).toEqual([4096, 4096, 1048576]);
  });
});
