/** The client in browsers, and wherever else there is `fetch` and nothing of Node's. */
import type { Credentials } from '../credentials/credentials.ts';
import type { Runtime } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import { createFetchTransport } from './fetch-transport.ts';
import { webHashes } from './web-hashes.ts';

export const webRuntime: Runtime = {
  userAgent: undefined,
  hashes: webHashes,
  files: undefined,
  createTransport: createFetchTransport,
  defaultCredentials: () => async (): Promise<Credentials> => {
    throw new S3Error(
      'MissingCredentials',
      'there is nowhere to look for credentials here: pass them to the client, or null to go without',
    );
  },
  environment: () => ({}),
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const wake = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', wake);
        if (signal?.aborted) reject(signal.reason);
        else resolve();
      };
      const timer = setTimeout(wake, ms);
      signal?.addEventListener('abort', wake);
    }),
};
