/**
 * A secret from where nobody else sees it: a file, the environment, standard input, or the terminal, which doesn't
 * show what is typed. Never the command line, which all users of a machine can read.
 */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { CommandError, exitCodes, usageError } from '../command-error.ts';

/** More than any secret has. */
const maxSecretCharacters = 4096;
const variable = 'KIST_SECRET_ACCESS_KEY';

const keyCodes = { interrupt: '\x03', endOfText: '\x04', backspace: '\x7f', erase: '\b' } as const;

/** @param file `-` for standard input; undefined: the environment, else the terminal */
export async function readSecret(file: string | undefined): Promise<string> {
  const { stdin, env } = process;
  let secret: string;
  if (file === '-') secret = await text(stdin);
  else if (file !== undefined) secret = readFileSync(file, 'utf8');
  else if (env[variable]) secret = env[variable];
  else if (stdin.isTTY) secret = await typed('Secret access key: ');
  else {
    throw usageError(
      `No secret: say --secret-file FILE (- for standard input), set ${variable}, or run it on a terminal.`,
    );
  }
  secret = secret.trim();
  if (secret !== '' && secret.length <= maxSecretCharacters && !/[\s\0]/.test(secret))
    return secret;
  throw new CommandError('The secret must be one line without spaces.');
}

async function typed(question: string): Promise<string> {
  const { stdin, stderr } = process;
  // Before it asks: what is typed at once must not be shown either.
  stdin.setRawMode(true);
  stderr.write(question);
  stdin.setEncoding('utf8');
  let secret = '';
  try {
    for await (const chunk of stdin) {
      for (const one of String(chunk)) {
        if (one === '\r' || one === '\n' || one === keyCodes.endOfText) return secret;
        if (one === keyCodes.interrupt)
          throw new CommandError('Interrupted.', exitCodes.interrupted);
        if (one === keyCodes.backspace || one === keyCodes.erase) secret = secret.slice(0, -1);
        else secret += one;
      }
    }
    return secret;
  } finally {
    stdin.setRawMode(false);
    stderr.write('\n');
  }
}
