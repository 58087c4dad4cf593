/**
 * `kist/client` in browsers, workers and other places that have `fetch` and nothing of Node's: the same as
 * `index.ts`, without files and without places to look for credentials.
 */
import type { OperationName } from '../model/operations.gen.ts';
import type { ClientConfig } from './config.ts';
import { type Client, type ClientOf, createClientWith, createFullClient } from './create-client.ts';
import type { Operation } from './types.ts';
import { webRuntime } from './web/web-runtime.ts';

export * from './shared.ts';

/** A client with every operation of S3. */
export const createClient = (config: ClientConfig = {}): Client =>
  createFullClient(webRuntime, config);

/** A client with some: `createClientOf([GetObject, PutObject], { … })`. Bundlers leave the others out. */
export const createClientOf = <Name extends OperationName>(
  chosen: readonly Operation<Name>[],
  config: ClientConfig = {},
): ClientOf<Name> => createClientWith(webRuntime, chosen, config);
