/**
 * Extra accounts from the configuration: each with one access key, in a namespace of its own choice.
 * A server creates those that are missing when it starts.
 */
import { z } from 'zod';
import type { ValueKind } from './value-kinds.ts';

export interface ConfiguredAccount {
  readonly namespace: string;
  /** Also the canonical id in owners and grants. */
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** Most accounts in one configuration. */
const maxConfiguredAccounts = 10_000;

/** Neither `/` nor `,` nor `:`: they separate the parts of an Authorization header. */
export const accessKeyIdPattern = /^[A-Za-z0-9._-]{3,128}$/;
export const secretAccessKeyPattern = /^[\x21-\x7e]{8,256}$/;

export const accessKeyIdAllowed = '3 to 128 letters, digits, dots, hyphens or underscores';
export const secretAccessKeyAllowed = '8 to 256 visible ASCII characters without spaces';

function member(pattern: RegExp, allowed: string) {
  const error = `must be ${allowed}`;
  return z.string({ error }).regex(pattern, { error });
}

const account = z
  .strictObject(
    {
      namespace: member(
        /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
        '1 to 63 lower-case letters, digits or inner hyphens, as it becomes a part of host names',
      ).default('default'),
      accountId: member(/^[\x21-\x7e]{1,128}$/, '1 to 128 visible ASCII characters without spaces'),
      displayName: member(
        /^[^\p{Cc}]{1,128}$/u,
        '1 to 128 characters, none of them a control character',
      ).optional(),
      email: member(/^[^\s@]{1,64}@[^\s@]{1,190}$/, 'an e-mail address').optional(),
      accessKeyId: member(accessKeyIdPattern, accessKeyIdAllowed),
      secretAccessKey: member(secretAccessKeyPattern, secretAccessKeyAllowed),
    },
    {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `has no member ${issue.keys.join(', ')}; an account has namespace, accountId, displayName, email, accessKeyId, secretAccessKey`
          : 'must be a mapping with namespace, accountId, displayName, email, accessKeyId, secretAccessKey',
    },
  )
  .transform(
    (entry): ConfiguredAccount => ({
      ...entry,
      displayName: entry.displayName ?? entry.accountId,
      email: entry.email,
    }),
  );

/** Members that no two accounts share, and how they compare. */
const uniqueMembers = {
  accountId: (value: string) => value,
  accessKeyId: (value: string) => value,
  email: (value: string) => value.toLowerCase(),
} as const;

export function accountList(): ValueKind<readonly ConfiguredAccount[]> {
  const allowed = 'a list of accounts, or the path of a YAML or JSON file that holds one';
  const error = `must be ${allowed}`;
  const schema = z
    .array(account, { error })
    .max(maxConfiguredAccounts, { error: `must be at most ${maxConfiguredAccounts} accounts` })
    .superRefine((accounts, context) => {
      for (const [name, comparable] of Object.entries(uniqueMembers)) {
        const seen = new Map<string, number>();
        for (const [index, entry] of accounts.entries()) {
          const value = entry[name as keyof typeof uniqueMembers];
          if (value === undefined) continue;
          const earlier = seen.get(comparable(value));
          if (earlier !== undefined) {
            const message = `is the same as in entry ${earlier + 1}: ${value}`;
            context.addIssue({ code: 'custom', path: [index, name], message });
          }
          seen.set(comparable(value), index);
        }
      }
    })
    .readonly();
  return { schema, allowed, placeholder: 'list or file' };
}
