/** What is only for people: a secret that is typed, and how far a transfer is. On a real terminal, which Python opens. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runProgram } from '../support/run-program.ts';
import { command } from '../support/start-server.ts';
import { root, setAlias } from './support/admin-line.ts';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
beforeAll(async () => {
  cli = await startCommandLine();
});
afterAll(() => cli.close());

/** Runs its arguments on a terminal, types TYPED when ASKED is there, and prints what the terminal showed. */
const onTerminal = `
import os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])
shown = b''
typed = os.environ.get('TYPED', '')
while True:
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    shown += data
    if typed and os.environ['ASKED'].encode() in shown:
        os.write(terminal, typed.encode())
        typed = ''
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const kist = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runProgram('python3', ['-c', onTerminal, process.execPath, command, ...args], {
    cwd: cli.directory,
    env: { ...cli.env, ...env },
  });

test('a secret is asked for, and not shown', async () => {
  const keys = ['--access-key-id', cli.env.AWS_ACCESS_KEY_ID!];
  const secret = cli.env.AWS_SECRET_ACCESS_KEY!;
  const { code, stdout } = await kist(['alias', 'set', 'typed', cli.server.endpoint, ...keys], {
    // A slip, taken back.
    TYPED: `${secret}x\x7f\r`,
    ASKED: 'Secret access key: ',
  });
  expect(code, stdout).toBe(0);
  expect(stdout).toContain('Made the alias typed');
  expect(stdout).not.toContain(secret.slice(0, 8));
  await cli.done('alias', 'test', 'typed');
});

test('Ctrl-C at the question ends it, and nothing is kept', async () => {
  const args = ['alias', 'set', 'not-kept', cli.server.endpoint, '--access-key-id', 'x'];
  const { code } = await kist(args, { TYPED: 'half\x03', ASKED: 'Secret access key: ' });
  expect(code).toBe(130);
  expect(await cli.done('alias', 'list')).not.toContain('not-kept');
});

test('what can’t be taken back is asked about, and done at a yes alone', async () => {
  await setAlias(cli, 'root', root);
  const create = ['account', 'create', 'asked', '--namespace', 'default', '--alias', 'root'];
  await cli.done(...create);
  const remove = ['account', 'delete', 'asked', '--alias', 'root'];
  const ASKED = '[y/N] ';
  for (const [TYPED, code] of [
    ['\r', 1],
    ['no\r', 1],
    ['\x04', 1],
    ['\x03', 130],
  ] as const) {
    const refused = await kist(remove, { TYPED, ASKED });
    expect([TYPED, refused.code, refused.stdout]).toEqual([
      ...[TYPED, code],
      expect.stringContaining('Nothing was done.'),
    ]);
  }
  expect((await kist(remove, { TYPED: 'y\r', ASKED })).stdout).toContain('Deleted the account');
});

test('a bar tells how far a transfer is, and is gone at its end; elsewhere there is none', async () => {
  const bucket = await cli.newBucket();
  writeFileSync(join(cli.directory, 'bar.bin'), Buffer.alloc(1_000_000));
  const args = [
    'object',
    'cp',
    './bar.bin',
    `s3://${bucket}/`,
    '--limit-rate',
    '700000',
    '--part-size',
    '100000',
  ];
  const { code, stdout } = await kist(args);
  expect(code, stdout).toBe(0);
  expect(stdout).toMatch(/\[#+ +\] 0 done, .* of 977 KiB under way/);
  const [, last] = stdout.split('bar.bin -> s3:');
  expect(last).toMatch(/Done: 1 objects/);
  expect(last).not.toContain('under way');
  const plain = await cli.run(args);
  expect(plain.stdout + plain.stderr).not.toContain('under way');
});
