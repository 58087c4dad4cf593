/** Completion as shells ask for it: in real bash, zsh and fish. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findProgram, searchPath, unpackedEnvironment } from '../support/find-program.ts';
import { runProgram } from '../support/run-program.ts';
import { command } from '../support/start-server.ts';
import { root, setAlias } from './support/admin-line.ts';
import { type CommandLine, startCommandLine } from './support/command-line.ts';

let cli: CommandLine;
let bucket: string;
let env: Readonly<Record<string, string>>;

beforeAll(async () => {
  cli = await startCommandLine();
  bucket = await cli.newBucket();
  for (const Key of ['logs/a b.txt', 'logs/c', "logs/it's", 'top']) {
    await cli.client.putObject({ Bucket: bucket, Key, Body: '' });
  }
  const programs = join(cli.directory, 'programs');
  mkdirSync(programs);
  writeFileSync(
    join(programs, 'kist'),
    `#!/bin/sh\nexec "${process.execPath}" "${command}" "$@"\n`,
  );
  chmodSync(join(programs, 'kist'), 0o755);
  env = { ...cli.env, PATH: `${programs}${delimiter}${searchPath()}` };
  const alias = ['alias', 'set', 'work', cli.server.endpoint, '--access-key-id', 'x'];
  await cli.run(alias, { env: { KIST_SECRET_ACCESS_KEY: 'y' } });
  cli.write({ 'here.txt': '', 'there/file': '' });
});
afterAll(() => cli.close());

/** What a Tab at the end of the line offers in bash, as readline would be given it. */
async function inBash(line: string): Promise<readonly string[]> {
  const script = `
    source <(kist completion bash)
    IFS=$'\\x01' read -r -a COMP_WORDS <<< "$WORDS"
    COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
    if [[ $LINE == *' ' && $LINE != *'\\ ' ]]; then COMP_WORDS+=(""); COMP_CWORD=$((COMP_CWORD + 1)); fi
    COMP_LINE="$LINE"; COMP_POINT=\${#LINE}
    _kist
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  // As bash breaks words, at colons and equal signs, too.
  const words = line.match(/(?:\\.|[^\s:=\\])+|[:=]+/g) ?? [];
  const { code, stdout, stderr } = await runProgram('bash', ['--norc', '-c', script], {
    cwd: cli.directory,
    env: { ...env, LINE: line, WORDS: words.join('\x01') },
  });
  expect(code, stderr).toBe(0);
  return stdout.split('\n').filter((one) => one !== '');
}

describe('in bash', () => {
  test.each([
    ['kist ob', ['object']],
    ['kist object s', ['sync', 'share']],
    ['kist object cp --sto', ['--storage-class']],
    ['kist object cp --storage-class STANDARD_', ['STANDARD_IA']],
    ['kist object share --method=p', ['put', 'post']],
    ['kist bucket versioning s3://x s', ['suspend']],
    ['kist completion ', ['bash', 'zsh', 'fish']],
    ['kist alias remove w', ['work']],
    ['kist whoami --alias w', ['work']],
    ['kist object ls wo', ['work/']],
    ['kist object ls s3', ['s3://']],
    ['kist object cp ./he', ['./here.txt']],
    ['kist object cp -- --x', []],
    ['kist nonsense ', []],
    ['kist serve --log-l', ['--log-level']],
    ['kist doctor --qu', ['--quick']],
  ])('%s', async (line, expected) => {
    const found = await inBash(line);
    expect([...found].sort()).toEqual([...expected].sort());
  });

  test('buckets and keys of the server', async () => {
    expect(await inBash('kist object ls env/cl')).toEqual([`env/${bucket}/`]);
    // What stands before the colon is bash's already.
    expect(await inBash('kist object ls s3://cl')).toEqual([`//${bucket}/`]);
    expect(await inBash('kist bucket info env/cl')).toEqual([`env/${bucket}`]);
    expect(await inBash(`kist object cat env/${bucket}/`)).toEqual([
      `env/${bucket}/logs/`,
      `env/${bucket}/top`,
    ]);
    expect(await inBash(`kist object rm env/${bucket}/logs/a\\ `)).toEqual([
      `env/${bucket}/logs/a\\ b.txt`,
    ]);
    expect(await inBash(`kist object rm env/${bucket}/logs/i`)).toEqual([
      `env/${bucket}/logs/it\\'s`,
    ]);
  });

  test('namespaces, accounts and jobs of the server of --alias', async () => {
    await setAlias(cli, 'root', root);
    expect(await inBash('kist namespace info --alias root te')).toEqual(['tenantx']);
    expect(await inBash('kist account list --alias=root --namespace ten')).toEqual(['tenantx']);
    expect(await inBash('kist account info --alias root alt')).toEqual(['altid']);
    expect(await inBash('kist server jobs run --alias root orph')).toEqual(['orphans']);
    expect(await inBash('kist namespace create --alias root te')).toEqual([]);
  });

  test('a server that can’t be asked offers nothing, and says nothing', async () => {
    expect(await inBash('kist object ls work/')).toEqual([]);
    const { stderr } = await cli.run(['complete', '--', 'object', 'ls', 'nobody/x']);
    expect(stderr).toBe('');
  });
});

test('what asks kist is in no help', async () => {
  expect(await cli.done('--help')).not.toMatch(/^ {2}complete /m);
});

test('zsh loads its script and offers the same', async () => {
  const script = `
    compdef() { :; }
    source <(kist completion zsh)
    compadd() { while [[ $1 != -- ]]; do shift; done; shift; print -rl -- "$@" }
    words=(kist object s); CURRENT=3; _kist`;
  const { stdout, stderr } = await runProgram('zsh', ['-f', '-c', script], { env });
  expect(stdout.split('\n').filter(Boolean).sort(), stderr).toEqual(['share', 'sync']);
});

test('fish loads its script and offers the same', async () => {
  const script = `kist completion fish | source; complete -C 'kist object s'`;
  const { stdout, stderr } = await runProgram('fish', ['--no-config', '-c', script], {
    env: { ...env, ...unpackedEnvironment(findProgram('fish') ?? '') },
  });
  const offered = stdout.split('\n').filter(Boolean);
  expect(offered.map((line) => line.split('\t')[0]).sort(), stderr).toEqual(['share', 'sync']);
});
