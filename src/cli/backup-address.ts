/** Where a backup lies, as the command line names it: a directory, or `s3://bucket/prefix` and a server. */
import { resolve } from 'node:path';
import { BackupError } from '../backup/backup-error.ts';
import type { BackupAddress } from '../server-backup.ts';
import {
  chosenEndpoint,
  credentialsFrom,
  noCredentials,
  noOrigin,
  regionFrom,
} from './s3-environment.ts';

const scheme = 's3://';

export interface ServerFlags {
  readonly endpoint?: string;
  readonly region?: string;
}

/** @throws BackupError for what can't be meant */
export function parseBackupAddress(
  text: string,
  flags: ServerFlags,
  env: Readonly<Record<string, string | undefined>>,
): BackupAddress {
  if (!text.startsWith(scheme)) {
    const [flag] = Object.keys(flags);
    if (flag === undefined) return { directory: resolve(text) };
    throw new BackupError(`--${flag} is for s3://BUCKET/PREFIX; ${text} is a directory.`);
  }
  const [bucket = '', ...rest] = text.slice(scheme.length).split('/');
  const prefix = rest.join('/').replace(/\/+$/, '');
  const segments = prefix === '' ? [] : prefix.split('/');
  const isName = /^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket);
  if (!isName || segments.some((segment) => ['', '.', '..'].includes(segment))) {
    throw new BackupError(`${text} must be such as s3://BUCKET/PREFIX.`);
  }
  const credentials = credentialsFrom(env);
  if (credentials === undefined) throw new BackupError(noCredentials);
  const region = flags.region ?? regionFrom(env);
  const endpoint = chosenEndpoint(flags.endpoint, env, `https://s3.${region}.amazonaws.com`);
  if (endpoint === undefined) throw new BackupError(noOrigin);
  return { bucket, prefix, endpoint, region, credentials };
}
