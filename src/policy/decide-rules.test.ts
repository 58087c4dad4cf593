/** Decisions under a policy, a public access block and object ownership, against a naive second reading. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../identity/identity.ts';
import type { Acl, Permission } from '../store/records.ts';
import { type BucketRules, compilePolicy, type ObjectOwnership } from './bucket-rules.ts';
import { decide, forbids, type Question, type Resource } from './decide.ts';
import { arnOf } from './language/parse.ts';

const anonymous: Caller = { kind: 'anonymous' };

function account(accountId: string, root = false): Caller {
  const details = { namespace: 'default', displayName: accountId, email: undefined };
  return { kind: 'account', accessKeyId: 'KEY', account: { accountId, root, ...details } };
}

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal: '*' | { readonly AWS: string };
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: { readonly StringEquals: { readonly 's3:prefix': string } };
}

interface Case {
  readonly caller: Caller;
  readonly action: string;
  readonly permission: Permission | undefined;
  readonly on: 'bucket' | 'object';
  readonly bucketOwner: string;
  readonly objectOwner: string;
  readonly isPublicAcl: boolean;
  readonly prefix: string | undefined;
  readonly statements: readonly Statement[];
  readonly ignorePublicAcls: boolean;
  readonly restrictPublicBuckets: boolean;
  readonly ownership: ObjectOwnership | undefined;
}

const people = fc.constantFrom('alice', 'bob');

const statements: fc.Arbitrary<Statement> = fc.record(
  {
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Principal: fc.oneof(
      fc.constant('*' as const),
      people.map((AWS) => ({ AWS })),
    ),
    Action: fc.constantFrom('*', 's3:Get*', 's3:GetObject', 's3:PutBucketPolicy', 's3:ListBucket'),
    Resource: fc.constantFrom(
      'arn:aws:s3:::b',
      'arn:aws:s3:::b/*',
      'arn:aws:s3:::b/key',
      'arn:aws:s3:::*',
    ),
    Condition: fc
      .constantFrom('x', 'y')
      .map((prefix) => ({ StringEquals: { 's3:prefix': prefix } })),
  },
  { requiredKeys: ['Effect', 'Principal', 'Action', 'Resource'] },
);

const cases: fc.Arbitrary<Case> = fc.record({
  caller: fc.oneof(
    fc.constant(anonymous),
    people.map((id) => account(id)),
    fc.constant(account('carol')),
    fc.constant(account('admin', true)),
  ),
  action: fc.constantFrom('s3:GetObject', 's3:ListBucket', 's3:PutBucketPolicy'),
  permission: fc.constantFrom(undefined, 'READ' as const, 'WRITE' as const),
  on: fc.constantFrom('bucket' as const, 'object' as const),
  bucketOwner: people,
  objectOwner: people,
  isPublicAcl: fc.boolean(),
  prefix: fc.constantFrom(undefined, 'x', 'y'),
  statements: fc.array(statements, { maxLength: 4 }),
  ignorePublicAcls: fc.boolean(),
  restrictPublicBuckets: fc.boolean(),
  ownership: fc.constantFrom(
    undefined,
    'ObjectWriter' as const,
    'BucketOwnerPreferred' as const,
    'BucketOwnerEnforced' as const,
  ),
});

function aclOf(owner: string, isPublic: boolean): Acl {
  return {
    owner,
    grants: isPublic ? [{ grantee: { group: 'AllUsers' }, permission: 'READ' }] : [],
  };
}

function questionOf(one: Case): Question {
  const { caller, action, permission, on, prefix } = one;
  const bucket = aclOf(one.bucketOwner, one.isPublicAcl);
  const resource: Resource =
    on === 'bucket'
      ? { on, bucket }
      : { on, bucket, object: aclOf(one.objectOwner, one.isPublicAcl) };
  const text = JSON.stringify({ Version: '2012-10-17', Statement: one.statements });
  const rules: BucketRules = {
    policy: one.statements.length === 0 ? undefined : compilePolicy(text, 'b'),
    publicAccessBlock: {
      BlockPublicAcls: false,
      BlockPublicPolicy: false,
      IgnorePublicAcls: one.ignorePublicAcls,
      RestrictPublicBuckets: one.restrictPublicBuckets,
    },
    ownership: one.ownership,
  };
  const who = caller.kind === 'account' ? caller.account.accountId : undefined;
  return {
    caller,
    action,
    permission,
    resource,
    rules,
    request: {
      principal:
        who === undefined
          ? { kind: 'anonymous' }
          : { kind: 'account', accountId: who, arn: `arn:aws:iam::${who}:root` },
      action,
      resource: arnOf('b', on === 'object' ? 'key' : undefined),
      values: ({ name }) => (name === 's3:prefix' && prefix !== undefined ? [prefix] : undefined),
    },
  };
}

const ask = (one: Case): boolean => decide(questionOf(one)).allowed;

/** The rules once more, by sets of words instead of sources. */
function naively(one: Case): boolean {
  const who = one.caller.kind === 'account' ? one.caller.account.accountId : 'nobody';
  const isRoot = who === 'admin';
  const ownsBucket = who === one.bucketOwner;
  const objectOwner = one.ownership === 'BucketOwnerEnforced' ? one.bucketOwner : one.objectOwner;
  const arn = one.on === 'object' ? 'arn:aws:s3:::b/key' : 'arn:aws:s3:::b';
  const like = (pattern: string, text: string) =>
    new RegExp(`^${pattern.replaceAll('*', '.*')}$`, 'i').test(text);
  const speaking = one.statements.filter(
    ({ Principal, Action, Resource, Condition }) =>
      (Principal === '*' || Principal.AWS === who) &&
      like(Action, one.action) &&
      like(Resource, arn) &&
      (Condition === undefined || Condition.StringEquals['s3:prefix'] === one.prefix),
  );
  const says = (effect: string) => speaking.some(({ Effect }) => Effect === effect);
  const looksAfterPolicy = one.action === 's3:PutBucketPolicy' && (ownsBucket || isRoot);
  if (says('Deny') && !looksAfterPolicy) return false;
  if (isRoot) return true;
  const isPublic = one.statements.some(
    ({ Effect, Principal }) => Effect === 'Allow' && Principal === '*',
  );
  if (one.restrictPublicBuckets && isPublic && !ownsBucket) return false;
  if (one.on === 'bucket' ? ownsBucket : who === objectOwner) return true;
  if (says('Allow') && (one.on === 'bucket' || objectOwner === one.bucketOwner)) return true;
  const aclsCount = one.ownership !== 'BucketOwnerEnforced' && !one.ignorePublicAcls;
  return aclsCount && one.isPublicAcl && one.permission === 'READ';
}

const runs = { numRuns: 3000 };

describe('decide, with rules of the bucket', () => {
  it('agrees with a naive reading of them on everything', () => {
    fc.assert(
      fc.property(cases, (one) => {
        expect(ask(one)).toBe(naively(one));
      }),
      runs,
    );
  });

  it('never allows what the policy explicitly denies, but looking after the policy itself', () => {
    fc.assert(
      fc.property(cases, (one) => {
        if (forbids(questionOf(one)) !== undefined) expect(ask(one)).toBe(false);
      }),
      runs,
    );
  });

  it('never grants anything by one more denial', () => {
    fc.assert(
      fc.property(cases, statements, fc.nat(4), (one, statement, at) => {
        const denial: Statement = { ...statement, Effect: 'Deny' };
        const more = { ...one, statements: one.statements.toSpliced(at, 0, denial) };
        if (ask(more)) expect(ask(one)).toBe(true);
      }),
      runs,
    );
  });

  it('never grants anything by one permission less, where a public policy is not restricted', () => {
    fc.assert(
      fc.property(cases, fc.nat(3), (given, at) => {
        const one = { ...given, restrictPublicBuckets: false };
        if (one.statements[at]?.Effect !== 'Allow') return;
        const less = { ...one, statements: one.statements.toSpliced(at, 1) };
        if (ask(less)) expect(ask(one)).toBe(true);
      }),
      runs,
    );
  });

  it('never grants anything by one more restriction', () => {
    fc.assert(
      fc.property(cases, (one) => {
        const free = { ...one, ignorePublicAcls: false, restrictPublicBuckets: false };
        if (ask(one)) expect(ask(free)).toBe(true);
      }),
      runs,
    );
  });
});
