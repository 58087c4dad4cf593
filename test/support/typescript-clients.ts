/** Clients of `kist/client`, in every way that they can be told to ask. */
import { afterAll } from 'vitest';
import { type Client, type ClientConfig, createClient } from '../../src/client/index.ts';
import { main, type TestAccount } from './accounts.ts';
import { resolveLocalhostNames } from './localhost-names.ts';

export const signatureVersions = ['s3v4', 's3'] as const;
export type SignatureVersion = (typeof signatureVersions)[number];

export interface Way {
  readonly signatureVersion: SignatureVersion;
  readonly addressingStyle: 'path' | 'virtual';
}

/** For `describe.each`: each version with the bucket in the path, and in the host's name. */
export const ways: readonly Way[] = signatureVersions.flatMap((signatureVersion) => [
  { signatureVersion, addressingStyle: 'path' },
  { signatureVersion, addressingStyle: 'virtual' },
]);

/** What the server has to be told for hosts to be names of buckets. */
export const localDomain = { domain: ['localhost'] };

/**
 * Closed after the tests of the file that makes it.
 * @param account null: nothing is signed
 */
export function typescriptClient(
  port: number,
  config: ClientConfig = {},
  account: TestAccount | null = main,
): Client {
  resolveLocalhostNames();
  const client = createClient({
    // Addresses have no names in them.
    endpoint: `http://${config.addressingStyle === 'virtual' ? 'localhost' : '127.0.0.1'}:${port}`,
    region: 'us-east-1',
    credentials: account,
    ...config,
  });
  afterAll(() => client.close());
  return client;
}

export async function listed<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** What is thrown, which must be something. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<Error & { readonly code?: string }> {
  let result: unknown;
  try {
    result = await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error(`it did not fail: ${JSON.stringify(result)}`);
}
