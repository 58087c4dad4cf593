/** Names, paths, ids and ARNs of identities ("IAM identifiers" in the IAM user guide). */
import { createHash, randomBytes, randomInt } from 'node:crypto';

/** Of users and roles. */
export const namePattern = /^[\w+=,.@-]{1,64}$/;
/** Of groups and policies. */
export const longNamePattern = /^[\w+=,.@-]{1,128}$/;
export const pathPattern = /^\/$|^\/[\x21-\x7e]{0,510}\/$/;
export const sessionNamePattern = /^[\w+=,.@-]{2,64}$/;

/** A namespace is a host label. */
export const namespacePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

const accountDigits = 12;

/** Twelve digits for an account: its id, where that is twelve digits, else made of it. */
export function accountNumber(accountId: string): string {
  if (/^\d{12}$/.test(accountId)) return accountId;
  const hash = createHash('sha256').update(accountId).digest().readBigUInt64BE();
  return String(hash % 10n ** BigInt(accountDigits)).padStart(accountDigits, '0');
}

const idPrefixes = {
  user: 'AIDA',
  group: 'AGPA',
  role: 'AROA',
  policy: 'ANPA',
  key: 'AKIA',
  session: 'ASIA',
} as const;

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const idLetters = 16;

/** Such as `AIDAJQABLZS4A3QDU576`. */
export function newId(kind: keyof typeof idPrefixes): string {
  let id: string = idPrefixes[kind];
  for (let letter = 0; letter < idLetters; letter++) id += base32[randomInt(base32.length)]!;
  return id;
}

const secretBytes = 30;

/** 40 characters, as AWS's have. */
export const newSecret = (): string => randomBytes(secretBytes).toString('base64');

export const arnOf = (
  number: string,
  kind: 'user' | 'group' | 'role' | 'policy',
  { path, name }: { readonly path: string; readonly name: string },
): string => `arn:aws:iam::${number}:${kind}${path}${name}`;

export const rootArn = (number: string): string => `arn:aws:iam::${number}:root`;

export const sessionArn = (number: string, role: string, session: string): string =>
  `arn:aws:sts::${number}:assumed-role/${role}/${session}`;

export const federatedArn = (number: string, name: string): string =>
  `arn:aws:sts::${number}:federated-user/${name}`;

export const providerArn = (number: string, url: string): string =>
  `arn:aws:iam::${number}:oidc-provider/${url}`;
