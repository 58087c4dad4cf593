/** What ended a command and is no fault of Kist's: told in a line or two, without a stack. */

/** Exit codes of all commands, beside 0: all was done. */
export const exitCodes = { failed: 1, usage: 2, interrupted: 130 } as const;

export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  /** @param message what, why, and what to do about it */
  constructor(message: string, exitCode: number = exitCodes.failed, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}

export const usageError = (message: string): CommandError =>
  new CommandError(message, exitCodes.usage);

/** By its name: the commands that throw it may be of another build than who catches it. */
export const isCommandError = (error: unknown): error is CommandError =>
  error instanceof Error && error.name === 'CommandError';
