/** Names on servers for completion: aliases, buckets, keys up to the next slash. What can't be had is left out. */

import { createClient } from '../../client/index.ts';
import { readAliases } from '../alias/alias-file.ts';
import { defaultAliasName, environmentAlias, findAlias, localAlias } from '../alias/aliases.ts';
import { formatRemote, type RemotePlace } from '../location.ts';
import type { Candidate, FindNames } from './candidates.ts';

/** Who presses Tab doesn't wait longer. */
const timeoutMs = 3000;
/** Of buckets and keys; more than anybody would look through. */
const maxNames = 200;

const scheme = 's3://';

export const findRemoteNames: FindNames = async (kind, word, named) => {
  if (kind === 'namespace' || kind === 'account' || kind === 'job') {
    const { adminNames } = await import('./admin-names.ts');
    const names = await adminNames(kind, named, timeoutMs);
    return names.filter((name) => name.startsWith(word)).map(plain);
  }
  if (kind === 'alias')
    return aliasNames()
      .filter((name) => name.startsWith(word))
      .map(plain);
  const slash = word.indexOf('/');
  if (slash < 0) {
    const names = aliasNames().map((name) => `${name}/`);
    return [...names, scheme].filter((name) => name.startsWith(word)).map(plain);
  }
  const isDefault = word.startsWith(scheme);
  if (!isDefault && (slash === 0 || word.slice(0, slash).startsWith('s3:'))) {
    return scheme.startsWith(word) ? [plain(scheme)] : [];
  }
  const alias = isDefault ? undefined : word.slice(0, slash);
  const rest = isDefault ? word.slice(scheme.length) : word.slice(slash + 1);
  const at = rest.indexOf('/');
  if (at < 0) return bucketNames(alias, rest, kind === 'place');
  if (kind === 'bucket') return [];
  return keyNames(alias, rest.slice(0, at), rest.slice(at + 1));
};

const plain = (value: string): Candidate => ({ value });

function aliasNames(): readonly string[] {
  const stored = [...readAliases(process.env).keys()];
  return [...new Set([...stored, localAlias, environmentAlias])];
}

const clientOf = (alias: string | undefined) =>
  createClient({
    ...findAlias(alias ?? defaultAliasName(process.env), process.env).client,
    maxAttempts: 1,
  });

async function bucketNames(
  alias: string | undefined,
  word: string,
  isFolder: boolean,
): Promise<readonly Candidate[]> {
  const client = clientOf(alias);
  try {
    const { Buckets = [] } = await client.listBuckets(
      {},
      { signal: AbortSignal.timeout(timeoutMs) },
    );
    return Buckets.map(({ Name: bucket = '' }) => bucket)
      .filter((bucket) => bucket.startsWith(word))
      .slice(0, maxNames)
      .map((bucket) => plain(formatRemote({ alias, bucket, key: '' }) + (isFolder ? '/' : '')));
  } finally {
    client.close();
  }
}

async function keyNames(
  alias: string | undefined,
  bucket: string,
  Prefix: string,
): Promise<readonly Candidate[]> {
  const client = clientOf(alias);
  try {
    const { Contents = [], CommonPrefixes = [] } = await client.listObjectsV2(
      { Bucket: bucket, Prefix, Delimiter: '/', MaxKeys: maxNames },
      { signal: AbortSignal.timeout(timeoutMs) },
    );
    const keys = [
      ...CommonPrefixes.map(({ Prefix: folder = '' }) => folder),
      ...Contents.map(({ Key = '' }) => Key),
    ];
    const place: Omit<RemotePlace, 'kind'> = { alias, bucket, key: '' };
    // A line for each: what has a line break can't be told.
    return keys
      .filter((key) => key !== '' && !/[\r\n\t]/.test(key))
      .map((key) => plain(formatRemote({ ...place, key })));
  } finally {
    client.close();
  }
}
