/**
 * Where something is, as commands take it. One grammar, in which nothing means two things:
 *
 *     ./file  ../file  /file  ~/file  .  ..     a local path
 *     -                                         standard input or output
 *     s3://BUCKET/KEY                           on the default server
 *     ALIAS/BUCKET/KEY                          on the server of an alias
 *
 * So what begins with a dot, a slash or `~/` is local, and everything else names an alias first. Keys are taken as
 * they are, `//`, spaces and `?` included: nothing is decoded.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { usageError } from './command-error.ts';

export interface LocalPlace {
  readonly kind: 'local';
  /** As it was given, but for `~/`. */
  readonly path: string;
}

export interface RemotePlace {
  readonly kind: 'remote';
  /** Undefined: the default one. */
  readonly alias: string | undefined;
  /** Empty: the server itself. */
  readonly bucket: string;
  /** Empty: the bucket itself. */
  readonly key: string;
}

export type Place = LocalPlace | RemotePlace | { readonly kind: 'standard' };

const scheme = 's3://';
const local = /^(?:\.{0,2}(?:\/|$)|~\/|[A-Za-z]:[\\/])/;
/** Of the names that one may give. */
export const aliasName = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
const profileName = /^aws:[^/\s]+$/;

export const isAliasName = (text: string): boolean =>
  aliasName.test(text) || profileName.test(text);

/** @throws CommandError for what is none of these */
export function parsePlace(text: string): Place {
  if (text === '-') return { kind: 'standard' };
  if (text !== '' && local.test(text)) {
    return { kind: 'local', path: text.startsWith('~/') ? join(homedir(), text.slice(2)) : text };
  }
  if (text.startsWith(scheme)) return remote(undefined, text.slice(scheme.length), text);
  const slash = text.indexOf('/');
  const alias = slash < 0 ? text : text.slice(0, slash);
  if (!isAliasName(alias)) throw noPlace(text);
  return remote(alias, slash < 0 ? '' : text.slice(slash + 1), text);
}

function remote(alias: string | undefined, rest: string, text: string): RemotePlace {
  const slash = rest.indexOf('/');
  const bucket = slash < 0 ? rest : rest.slice(0, slash);
  const key = slash < 0 ? '' : rest.slice(slash + 1);
  if (bucket === '' && key !== '') throw noPlace(text);
  return { kind: 'remote', alias, bucket, key };
}

const noPlace = (text: string) =>
  usageError(
    `${JSON.stringify(text)} is no place. Say ALIAS/BUCKET/KEY or s3://BUCKET/KEY for an object, ./FILE or /FILE for a file.`,
  );

/** @throws CommandError for a local path */
export function parseRemote(text: string): RemotePlace {
  const place = parsePlace(text);
  if (place.kind === 'remote') return place;
  throw usageError(
    `${JSON.stringify(text)} is a local path. This command is for ALIAS/BUCKET/KEY or s3://BUCKET/KEY.`,
  );
}

/** @throws CommandError for a local path, or the server itself */
export function parseInBucket(text: string): RemotePlace {
  const place = parseRemote(text);
  if (place.bucket !== '') return place;
  throw usageError(`${JSON.stringify(text)} names no bucket. Say ALIAS/BUCKET or s3://BUCKET.`);
}

/** @throws CommandError unless it is a bucket and nothing in it */
export function parseBucket(text: string): RemotePlace {
  const place = parseInBucket(text);
  if (place.key === '') return place;
  throw usageError(
    `${JSON.stringify(text)} is more than a bucket. Say ALIAS/BUCKET or s3://BUCKET, without a slash after it.`,
  );
}

/** @throws CommandError unless it is an object */
export function parseObject(text: string): RemotePlace {
  const place = parseInBucket(text);
  if (place.key !== '') return place;
  throw usageError(`${JSON.stringify(text)} is a bucket. Say ALIAS/BUCKET/KEY for an object.`);
}

/** What `parsePlace` reads as the same place. */
export function formatRemote({ alias, bucket, key }: Omit<RemotePlace, 'kind'>): string {
  const path = key === '' ? bucket : `${bucket}/${key}`;
  if (alias === undefined) return scheme + path;
  return path === '' ? alias : `${alias}/${path}`;
}

/** A folder is a key up to and with its last slash: `logs` and `logs/` are the same one. */
export const folderOf = (key: string): string =>
  key === '' || key.endsWith('/') ? key : `${key}/`;
