/** Builds `dist/` once before the black-box tests, so that they run what users run. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** KIST_TEST_BUILD=off: `dist/` is there already. */
export function setup(): void {
  if (process.env.KIST_TEST_BUILD === 'off') return;
  const runner = join(root, 'node_modules', '.bin', 'tsx');
  try {
    execFileSync(runner, ['scripts/build.ts'], { cwd: root, encoding: 'utf8' });
  } catch (cause) {
    const { stdout } = cause as Error & { readonly stdout?: string };
    throw new Error(`The server does not build.\n${stdout ?? ''}`, { cause });
  }
}
