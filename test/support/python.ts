/** Runs Python in the tests' virtual environment (`scripts/setup-tests.ts` makes it). */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const bin = join(root, '.venv', 'bin');
/** Its `sitecustomize.py` answers for names that end in `.localhost`. */
const preamble = join(root, 'test', 'clients', 'preamble');

export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly input?: Buffer | string;
  readonly timeoutMs?: number;
}

/** @param name `python`, `aws`, or another program of the environment */
export async function runInVenv(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProcessResult> {
  const program = join(bin, name);
  if (!existsSync(program)) {
    throw new Error(`No ${name} in .venv: run \`npx tsx scripts/setup-tests.ts\` first.`);
  }
  const child = spawn(program, args, {
    cwd: options.cwd,
    timeout: options.timeoutMs ?? 120_000,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      PYTHONPATH: preamble,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUTF8: '1',
      // Nothing of the user's own configuration.
      HOME: tmpdir(),
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_PAGER: '',
      ...options.env,
    },
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (data: Buffer) => stdout.push(data));
  child.stderr.on('data', (data: Buffer) => stderr.push(data));
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return {
    code,
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr: Buffer.concat(stderr).toString('utf8'),
  };
}
