/** Runs a program to its end: with a deadline, and with nothing of the user's own configuration. */
import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { findProgram, searchPath } from './find-program.ts';

export interface ProcessResult {
  /** `null` if it was killed. */
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

const defaultTimeoutMs = 120_000;

/** @param name a path, or what to look for on PATH and among the tests' own tools */
export async function runProgram(
  name: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<ProcessResult> {
  const program = name.includes('/') ? name : findProgram(name);
  if (program === undefined) {
    throw new Error(`No ${name} here: run \`npx tsx scripts/setup-tests.ts\` first.`);
  }
  const { timeoutMs = defaultTimeoutMs } = options;
  const child = spawn(program, args, {
    cwd: options.cwd,
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: searchPath(),
      HOME: tmpdir(),
      LC_ALL: 'C.UTF-8',
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
  // A program that ends without reading its input is no error of ours.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === null) stderr.push(Buffer.from(`\nkilled; it may take ${timeoutMs} ms\n`));
  return {
    code,
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr: Buffer.concat(stderr).toString('utf8'),
  };
}
