/** The client in Node, Bun and Deno. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from '../runtime.ts';
import { defaultCredentials } from './credentials/chain.ts';
import { environmentSettings } from './environment-settings.ts';
import { nodeFiles } from './node-files.ts';
import { nodeHashes } from './node-hashes.ts';
import { createNodeTransport } from './node-transport.ts';

export const nodeRuntime: Runtime = {
  userAgent: 'kist-client',
  hashes: nodeHashes,
  files: nodeFiles,
  createTransport: createNodeTransport,
  defaultCredentials: () => defaultCredentials(process.env),
  environment: () => environmentSettings(process.env),
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
