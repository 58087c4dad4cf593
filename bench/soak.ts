/**
 * `npx tsx bench/soak.ts`: mixed load on a server of its own for as long as asked for, every answer judged by a
 * model, while the server is killed, reloaded and restarted. `bench/README.md` says more.
 *
 * Ends with 0 if nothing was lost, wrong or without an answer, and `kist doctor` found nothing wrong.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseSoakOptions, soakHelp } from './soak/options.ts';
import { runSoak } from './soak/run.ts';
import { isGood } from './soak/summary.ts';

const root = join(import.meta.dirname, '..');
const maxToldFaults = 20;
const interruptedCode = 130;

/** Paths of this machine stay out of files. */
function shownCommand(args: readonly string[]): string {
  const paths = ['--out', '--work-dir'];
  const isShown = (arg: string, index: number) =>
    arg !== '--no-build' &&
    !paths.includes(arg.split('=', 1)[0]!) &&
    !paths.includes(args[index - 1] ?? '');
  return ['npx tsx bench/soak.ts', ...args.filter(isShown)].join(' ');
}

const args = process.argv.slice(2);
try {
  const options = parseSoakOptions(args);
  if (options === undefined) {
    console.log(soakHelp());
  } else {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => process.exit(interruptedCode));
    }
    if (options.build) {
      execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit' });
    }
    const summary = await runSoak(options, shownCommand(args));
    const { wrong, failed, ...figures } = summary;
    console.log(JSON.stringify(figures, undefined, 2));
    console.log(
      `lost or wrong: ${wrong.length}; without an answer after retries: ${failed.length}`,
    );
    for (const fault of [...wrong, ...failed].slice(0, maxToldFaults)) console.log(`  ${fault}`);
    process.exitCode = isGood(summary) ? 0 : 1;
  }
} catch (error) {
  console.error(`soak: ${(error as Error).message}`);
  // The load may still be at work.
  process.exit(1);
}
