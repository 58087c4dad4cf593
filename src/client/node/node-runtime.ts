/** The client in Node, Bun and Deno. */
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentCredentials } from '../credentials/environment.ts';
import type { Runtime } from '../runtime.ts';
import { nodeFiles } from './node-files.ts';
import { nodeHashes } from './node-hashes.ts';
import { createNodeTransport } from './node-transport.ts';

export const nodeRuntime: Runtime = {
  userAgent: 'kist-client',
  hashes: nodeHashes,
  files: nodeFiles,
  createTransport: createNodeTransport,
  defaultCredentials: () => environmentCredentials(process.env),
  environment: () => ({
    endpoint: process.env.AWS_ENDPOINT_URL_S3 || process.env.AWS_ENDPOINT_URL || undefined,
    region: process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || undefined,
  }),
  now: Date.now,
  random: Math.random,
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    try {
      await sleep(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};
