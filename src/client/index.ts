/**
 * `kist/client`: an S3 client for TypeScript, for Kist, AWS and other servers.
 *
 * This entry is that of Node, Bun and Deno; browsers take `web.ts`.
 */
import type { OperationName } from '../model/operations.gen.ts';
import type { ClientConfig } from './config.ts';
import { type Client, type ClientOf, createClientWith, createFullClient } from './create-client.ts';
import { nodeRuntime } from './node/node-runtime.ts';
import type { Operation } from './types.ts';

export { fromFile } from './node/node-files.ts';
export * from './shared.ts';

/** A client with every operation of S3. */
export const createClient = (config: ClientConfig = {}): Client =>
  createFullClient(nodeRuntime, config);

/** A client with some: `createClientOf([GetObject, PutObject], { … })`. Bundlers leave the others out. */
export const createClientOf = <Name extends OperationName>(
  chosen: readonly Operation<Name>[],
  config: ClientConfig = {},
): ClientOf<Name> => createClientWith(nodeRuntime, chosen, config);
