/** What can't be taken back is asked about on a terminal; elsewhere it needs `--yes`. */
import { createInterface } from 'node:readline/promises';
import { CommandError, usageError } from '../command-error.ts';

/**
 * Returns if it is to be done.
 * @param what in the imperative: `Delete the namespace acme`
 * @throws CommandError if it isn't
 */
export async function confirm(
  what: string,
  yes: boolean | undefined,
  signal: AbortSignal,
): Promise<void> {
  if (yes) return;
  const { stdin, stderr } = process;
  if (!stdin.isTTY) throw usageError(`${what}? Say --yes: there is no terminal to ask on.`);
  const asking = createInterface({ input: stdin, output: stderr });
  try {
    const answer = await asking.question(`${what}? [y/N] `, { signal });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } finally {
    asking.close();
  }
  throw new CommandError('Nothing was done.');
}
