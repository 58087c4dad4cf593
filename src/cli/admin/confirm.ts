/** What can't be taken back is asked about on a terminal; elsewhere it needs `--yes`. */
import { createInterface } from 'node:readline/promises';
import { CommandError, exitCodes, usageError } from '../command-error.ts';

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
  // At Ctrl-D or Ctrl-C there is no answer to wait for.
  const ended = new AbortController();
  let code: number = exitCodes.failed;
  asking.once('close', () => ended.abort());
  asking.once('SIGINT', () => {
    code = exitCodes.interrupted;
    ended.abort();
  });
  try {
    const either = AbortSignal.any([signal, ended.signal]);
    const answer = await asking.question(`${what}? [y/N] `, { signal: either });
    if (/^y(es)?$/i.test(answer.trim())) return;
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    stderr.write('\n');
  } finally {
    asking.close();
  }
  throw new CommandError('Nothing was done.', code);
}
