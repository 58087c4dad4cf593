/**
 * Extra accounts from the configuration: each with one access key, in a namespace of its own choice.
 * A server creates those that are missing when it starts.
 */
import type { Checked, ValueKind, ValueProblem } from './value-kinds.ts';

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

interface Member {
  readonly pattern: RegExp;
  readonly allowed: string;
  readonly optional?: true;
}

const members = {
  namespace: {
    pattern: /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    allowed:
      '1 to 63 lower-case letters, digits or inner hyphens, as it becomes a part of host names',
    optional: true,
  },
  accountId: {
    pattern: /^[\x21-\x7e]{1,128}$/,
    allowed: '1 to 128 visible ASCII characters without spaces',
  },
  displayName: {
    pattern: /^[^\p{Cc}]{1,128}$/u,
    allowed: '1 to 128 characters, none of them a control character',
    optional: true,
  },
  email: {
    pattern: /^[^\s@]{1,64}@[^\s@]{1,190}$/,
    allowed: 'an e-mail address',
    optional: true,
  },
  accessKeyId: { pattern: accessKeyIdPattern, allowed: accessKeyIdAllowed },
  secretAccessKey: { pattern: secretAccessKeyPattern, allowed: secretAccessKeyAllowed },
} as const satisfies Readonly<Record<keyof ConfiguredAccount, Member>>;

const memberNames = Object.keys(members) as readonly (keyof typeof members)[];

/** Members that no two accounts share, and how they compare. */
const uniqueMembers = {
  accountId: (value: string) => value,
  accessKeyId: (value: string) => value,
  email: (value: string) => value.toLowerCase(),
} as const;

export function accountList(): ValueKind<readonly ConfiguredAccount[]> {
  const allowed = 'a list of accounts, or the path of a YAML or JSON file that holds one';
  const refused = (message: string) => ({ problems: [{ path: [], message }] });
  return {
    allowed,
    placeholder: 'list or file',
    check(value) {
      if (!Array.isArray(value)) return refused(`must be ${allowed}`);
      if (value.length > maxConfiguredAccounts) {
        return refused(`must be at most ${maxConfiguredAccounts} accounts`);
      }
      return checkEntries(value);
    },
  };
}

function checkEntries(entries: readonly unknown[]): Checked<readonly ConfiguredAccount[]> {
  const problems = entries.flatMap(problemsOfEntry);
  if (problems.length > 0) return { problems };
  const accounts = (entries as readonly GivenAccount[]).map(
    (entry): ConfiguredAccount => ({
      ...entry,
      namespace: entry.namespace ?? 'default',
      displayName: entry.displayName ?? entry.accountId,
      email: entry.email,
    }),
  );
  const shared = sharedMembers(accounts);
  return shared.length > 0 ? { problems: shared } : { value: accounts };
}

/** An entry without problems. */
type GivenAccount = Partial<ConfiguredAccount> &
  Pick<ConfiguredAccount, 'accountId' | 'accessKeyId' | 'secretAccessKey'>;

function problemsOfEntry(entry: unknown, index: number): ValueProblem[] {
  const names = memberNames.join(', ');
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) {
    return [{ path: [index], message: `must be a mapping with ${names}` }];
  }
  const given = entry as Readonly<Record<string, unknown>>;
  const problems: ValueProblem[] = [];
  for (const name of memberNames) {
    const { pattern, allowed, optional }: Member = members[name];
    const value = given[name];
    if (value === undefined && optional) continue;
    if (typeof value === 'string' && pattern.test(value)) continue;
    problems.push({ path: [index, name], message: `must be ${allowed}` });
  }
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(members, name));
  if (unknown.length > 0) {
    const message = `has no member ${unknown.join(', ')}; an account has ${names}`;
    problems.push({ path: [index], message });
  }
  return problems;
}

function sharedMembers(accounts: readonly ConfiguredAccount[]): ValueProblem[] {
  const problems: ValueProblem[] = [];
  for (const [name, comparable] of Object.entries(uniqueMembers)) {
    const seen = new Map<string, number>();
    for (const [index, entry] of accounts.entries()) {
      const value = entry[name as keyof typeof uniqueMembers];
      if (value === undefined) continue;
      const earlier = seen.get(comparable(value));
      if (earlier !== undefined) {
        const message = `is the same as in entry ${earlier + 1}: ${value}`;
        problems.push({ path: [index, name], message });
      }
      seen.set(comparable(value), index);
    }
  }
  return problems;
}
