/** Commands that set-up runs, one after another, and how it gives up. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export interface CommandResult {
  readonly ok: boolean;
  /** What it printed, or, if it failed, what it complained about. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly timeoutMs?: number;
  /** On top of the own environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export function run(
  command: string,
  args: readonly string[],
  { cwd = root, timeoutMs = 60_000, env = {} }: CommandOptions = {},
): CommandResult {
  try {
    const output = execFileSync(command, args, {
      cwd,
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    return { ok: true, output };
  } catch (cause) {
    const { stderr, message } = cause as Error & { readonly stderr?: string };
    return { ok: false, output: stderr || message };
  }
}

export function say(message: string): void {
  console.log(`setup-tests: ${message}`);
}

export function fail(message: string, details: string): never {
  console.error(`setup-tests: ${message}\n${details.trim()}`);
  process.exit(1);
}
