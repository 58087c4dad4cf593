/** IAM and STS over identities in memory, asked without HTTP, for tests. */
import type { AccountSettings } from '../identity/configured-accounts.ts';
import { createIdentityDirectory, type ManagedIdentityDirectory } from '../identity/directory.ts';
import { rootArn } from '../identity/names.ts';
import type { WebIdentities } from '../identity/web-identity.ts';
import type { PolicyPrincipal } from '../policy/language/document.ts';
import { createMemoryMetaStore } from '../store/meta/memory.ts';
import type { Signer } from './authorise.ts';
import { createIamApi } from './iam-api.ts';
import { QueryError } from './query/errors.ts';
import { findOperation } from './query/service.ts';

const accountOf = (accountId: string, root = false): AccountSettings => ({
  namespace: 'default',
  accountId,
  displayName: accountId,
  accessKeyId: `KEY${accountId}`,
  secretAccessKey: 'configured-secret',
  root,
});

export const alice = '000000000001';
export const bob = '000000000002';
export const admin = '000000000009';

export interface TestKeys {
  readonly accessKeyId: string;
  readonly sessionToken?: string;
}

export type Parameters = Readonly<Record<string, string | number>>;

// biome-ignore lint/suspicious/noExplicitAny: answers have as many shapes as there are operations
type Answer = any;

export interface TestIam {
  readonly directory: ManagedIdentityDirectory;
  now: number;
  /** An account's own key, by the account's id. */
  readonly account: (accountId: string) => TestKeys;
  ask(who: TestKeys | undefined, action: string, parameters?: Parameters): Promise<Answer>;
  /** `code` of the error that is the answer. */
  refused(who: TestKeys | undefined, action: string, parameters?: Parameters): Promise<string>;
  /** A user with a key. */
  user(name: string, of?: string): Promise<TestKeys>;
  /** A policy of one statement on a user. */
  allow(user: string, actions: readonly string[], more?: object): Promise<void>;
}

const stsNames = /^(AssumeRole.*|GetCallerIdentity|GetFederationToken|GetSessionToken)$/;

const nobody: WebIdentities = {
  issuerOf: async () => undefined,
  verify: () => Promise.reject(new Error('there are no issuers')),
};

export const documentOf = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });

export async function openIam(webIdentities: WebIdentities = nobody): Promise<TestIam> {
  const time = { now: Date.UTC(2026, 0, 1) };
  const directory = await createIdentityDirectory({
    meta: createMemoryMetaStore(),
    masterKeys: [Buffer.alloc(32, 7)],
    now: () => time.now,
    monotonicNow: () => time.now,
    refreshAfterMs: 0,
  });
  await directory.ensureAccounts([accountOf(alice), accountOf(bob), accountOf(admin, true)]);
  const api = createIamApi({ directory, webIdentities, now: () => time.now });

  function signerOf({ accessKeyId, sessionToken }: TestKeys): Signer {
    const holder =
      sessionToken === undefined
        ? directory.accessKey(accessKeyId)
        : directory.session(sessionToken, accessKeyId);
    if (holder === undefined || holder === 'expired') throw new QueryError('InvalidClientTokenId');
    const { account, principal, rate } = holder;
    return { kind: 'account', account, accessKeyId, principal, rate };
  }

  const ask: TestIam['ask'] = async (who, action, parameters = {}) => {
    const version = stsNames.test(action) ? '2011-06-15' : '2010-05-08';
    const form = new Map(Object.entries(parameters).map(([name, value]) => [name, `${value}`]));
    const signer = who && signerOf(who);
    const principal = principalOf(signer);
    return api.run({
      ...findOperation(action, version),
      parameters: { form },
      signer,
      isTemporary: who?.sessionToken !== undefined,
      about: (asked, resource) => ({
        principal,
        action: asked,
        resource,
        values: () => undefined,
      }),
    });
  };

  const account = (accountId: string): TestKeys => ({ accessKeyId: `KEY${accountId}` });
  return {
    directory,
    get now() {
      return time.now;
    },
    set now(value) {
      time.now = value;
    },
    account,
    ask,
    async refused(who, action, parameters) {
      try {
        await ask(who, action, parameters);
      } catch (error) {
        if (error instanceof QueryError) return error.code;
        throw error;
      }
      throw new Error(`${action} was not refused`);
    },
    async user(name, of = alice) {
      await ask(account(of), 'CreateUser', { UserName: name });
      const { AccessKey } = await ask(account(of), 'CreateAccessKey', { UserName: name });
      return { accessKeyId: AccessKey.AccessKeyId };
    },
    async allow(user, actions, more = {}) {
      const statement = { Effect: 'Allow', Action: actions, Resource: '*', ...more };
      await ask(account(alice), 'PutUserPolicy', {
        UserName: user,
        PolicyName: 'allowed',
        PolicyDocument: documentOf(statement),
      });
    },
  };
}

function principalOf(signer: Signer | undefined): PolicyPrincipal {
  if (signer === undefined) return { kind: 'anonymous' };
  const { account, principal } = signer;
  const { roleArn } = principal ?? {};
  const arns = [principal?.arn ?? rootArn(account.number), ...(roleArn ? [roleArn] : [])];
  return { kind: 'account', accountId: account.accountId, number: account.number, arns };
}

export const keysOf = ({
  Credentials: { AccessKeyId, SessionToken },
}: {
  readonly Credentials: { readonly AccessKeyId: string; readonly SessionToken: string };
}): TestKeys => ({ accessKeyId: AccessKeyId, sessionToken: SessionToken });
