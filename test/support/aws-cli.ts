/** The aws command line, as the tests drive it: against one server, as whoever has the key. */
import { expect } from 'vitest';
import { runInVenv } from './python.ts';
import type { ProcessResult } from './run-program.ts';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export function attemptAws(
  endpoint: string,
  keys: Keys | undefined,
  args: readonly string[],
  input?: string,
): Promise<ProcessResult> {
  return runInVenv('aws', ['--endpoint-url', endpoint, ...args], {
    ...(input !== undefined && { input }),
    env: {
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_MAX_ATTEMPTS: '1',
      ...(keys && {
        AWS_ACCESS_KEY_ID: keys.accessKeyId,
        AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      }),
      ...(keys?.sessionToken !== undefined && { AWS_SESSION_TOKEN: keys.sessionToken }),
    },
  });
}

/** What it prints, as JSON where it is some. */
// biome-ignore lint/suspicious/noExplicitAny: answers have as many shapes as there are operations
export async function aws(endpoint: string, keys: Keys, ...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await attemptAws(endpoint, keys, args);
  expect(code, `aws ${args.join(' ')}\n${stderr}`).toBe(0);
  return stdout.startsWith('{') ? JSON.parse(stdout) : stdout;
}

/** The code of the error that it is answered with. */
export async function awsRefusal(endpoint: string, keys: Keys, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await attemptAws(endpoint, keys, args);
  expect(code, `aws ${args.join(' ')}\n${stdout}`).not.toBe(0);
  return /An error occurred \((\w+)\)/.exec(stderr)?.[1] ?? stderr;
}
