import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Account, Caller, NamedPolicy, Principal } from '../identity/identity.ts';
import type { Acl, Permission } from '../store/records.ts';
import { compilePolicy } from './bucket-rules.ts';
import { decide, type Question } from './decide.ts';
import { decideIdentity } from './decide-identity.ts';
import { explain } from './explain.ts';
import type { PolicyRequest } from './language/document.ts';
import { parseIdentityPolicy } from './language/parse.ts';

interface Written {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
}

interface Situation {
  /** Lists of statements: each a policy. */
  readonly policies: readonly (readonly Written[])[];
  readonly boundary: readonly Written[] | undefined;
  readonly session: readonly (readonly Written[])[] | undefined;
  readonly bucketPolicy: readonly (Written & { readonly Principal: unknown })[];
  readonly bucketOwner: string;
  readonly objectOwner: string;
  readonly isRoot: boolean;
  readonly publicRead: boolean;
  readonly action: string;
  readonly key: string | undefined;
}

const number = '000000000001';
const userArn = `arn:aws:iam::${number}:user/ann`;

const account = (isRoot: boolean): Account => ({
  accountId: 'alice',
  number,
  namespace: 'default',
  displayName: 'Alice',
  email: undefined,
  root: isRoot,
});

function policyOf(name: string, statements: readonly Written[]): NamedPolicy {
  if (statements.length === 0) return { name, policy: { statements: [] } };
  const text = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  return { name, policy: parseIdentityPolicy(text) };
}

function principalOf({ policies, boundary, session }: Situation): Principal {
  return {
    kind: 'user',
    arn: userArn,
    id: 'AIDAANN',
    userName: 'ann',
    tags: {},
    policies: policies.map((one, at) => policyOf(`policy ${at}`, one)),
    boundary: boundary && policyOf('boundary', boundary),
    session: session?.map((one, at) => policyOf(`session policy ${at}`, one)),
  };
}

function questionOf(one: Situation, principal: Principal | undefined): Question {
  const { action, key, bucketOwner, objectOwner, bucketPolicy } = one;
  const grants = one.publicRead
    ? [{ grantee: { group: 'AllUsers' }, permission: 'READ' } as const]
    : [];
  const bucket: Acl = { owner: bucketOwner, grants };
  const caller: Caller = {
    kind: 'account',
    account: account(one.isRoot),
    accessKeyId: 'KEY',
    principal,
  };
  const arns = [principal?.arn ?? `arn:aws:iam::${number}:root`];
  const request: PolicyRequest = {
    principal: { kind: 'account', accountId: 'alice', number, arns },
    action,
    resource: key === undefined ? 'arn:aws:s3:::b' : `arn:aws:s3:::b/${key}`,
    values: () => undefined,
  };
  const permission: Permission | undefined = action === 's3:GetObject' ? 'READ' : undefined;
  const text = JSON.stringify({ Version: '2012-10-17', Statement: bucketPolicy });
  return {
    caller,
    action,
    permission,
    resource:
      key === undefined
        ? { on: 'bucket', bucket }
        : { on: 'object', bucket, object: { owner: objectOwner, grants } },
    rules: bucketPolicy.length === 0 ? undefined : { policy: compilePolicy(text, 'b') },
    request,
  };
}

const allows = (one: Situation): boolean => decide(questionOf(one, principalOf(one))).allowed;
const allowsItself = (one: Situation): boolean => decide(questionOf(one, undefined)).allowed;

const effects = fc.constantFrom(...Array<'Allow'>(7).fill('Allow'), 'Deny') as fc.Arbitrary<
  'Allow' | 'Deny'
>;
const actions = fc.subarray(['s3:GetObject', 's3:Get*', 's3:PutObject', 's3:ListBucket', 's3:*'], {
  minLength: 2,
  maxLength: 5,
});
const resources = fc.subarray(
  ['arn:aws:s3:::b', 'arn:aws:s3:::b/*', 'arn:aws:s3:::b/a', 'arn:aws:s3:::b*'],
  { minLength: 2, maxLength: 4 },
);
const statement: fc.Arbitrary<Written> = fc.record({
  Effect: effects,
  Action: actions,
  Resource: resources,
});
const statements = fc.array(statement, { maxLength: 2 });
const bucketStatement = fc.record({
  Effect: effects,
  Action: actions,
  Resource: resources,
  Principal: fc.constantFrom<unknown>(
    '*',
    { AWS: userArn },
    { AWS: `arn:aws:iam::${number}:root` },
    { AWS: 'bob' },
  ),
});
const situation: fc.Arbitrary<Situation> = fc.record({
  policies: fc.array(statements, { maxLength: 3 }),
  boundary: fc.option(statements, { nil: undefined, freq: 2 }),
  session: fc.option(fc.array(statements, { maxLength: 2 }), { nil: undefined, freq: 2 }),
  bucketPolicy: fc.array(bucketStatement, { maxLength: 2 }),
  bucketOwner: fc.constantFrom('alice', 'alice', 'bob'),
  objectOwner: fc.constantFrom('alice', 'alice', 'bob'),
  isRoot: fc.boolean(),
  publicRead: fc.boolean(),
  action: fc.constantFrom('s3:GetObject', 's3:PutObject', 's3:ListBucket'),
  key: fc.constantFrom(undefined, 'a', 'c'),
});

const everything: Written = { Effect: 'Allow', Action: ['s3:*'], Resource: ['*'] };
const nothing: Written = { ...everything, Effect: 'Deny' };
const runs = { numRuns: 1500 };

describe('decide, of those who act for an account', () => {
  it('is asked of both answers often enough', () => {
    const sample = fc.sample(situation, 2000);
    const allowed = sample.filter(allows).length;
    expect(allowed).toBeGreaterThan(200);
    expect(allowed).toBeLessThan(1800);
  });

  it('lets an explicit denial win, wherever it stands', () => {
    fc.assert(
      fc.property(situation, (one) => {
        expect(allows({ ...one, policies: [...one.policies, [everything, nothing]] })).toBe(false);
        expect(allows({ ...one, boundary: [everything, nothing] })).toBe(false);
        expect(allows({ ...one, session: [[everything], [nothing]] })).toBe(false);
        const denied = { ...nothing, Resource: ['arn:aws:s3:::b*'], Principal: { AWS: userArn } };
        expect(allows({ ...one, bucketPolicy: [...one.bucketPolicy, denied] })).toBe(false);
      }),
      runs,
    );
  });

  it('never grants more for another denial', () => {
    fc.assert(
      fc.property(situation, statement, fc.nat(3), (one, written, place) => {
        const denial: Written = { ...written, Effect: 'Deny' };
        const more = [
          { ...one, policies: [...one.policies, [denial]] },
          { ...one, boundary: one.boundary && [...one.boundary, denial] },
          { ...one, session: one.session && [...one.session, [denial]] },
          { ...one, bucketPolicy: [...one.bucketPolicy, { ...denial, Principal: '*' }] },
        ][place]!;
        if (allows(more)) expect(allows(one)).toBe(true);
      }),
      runs,
    );
  });

  it('never grants more for an allowance that is taken away', () => {
    const without = <T extends Written>(list: readonly T[], at: number): T[] =>
      list.filter(({ Effect }, place) => Effect === 'Deny' || place !== at % list.length);
    fc.assert(
      fc.property(situation, fc.nat(), fc.nat(3), (one, at, place) => {
        const less = [
          { ...one, policies: one.policies.map((each) => without(each, at)) },
          { ...one, boundary: one.boundary && without(one.boundary, at) },
          { ...one, session: one.session?.map((each) => without(each, at)) },
          { ...one, bucketPolicy: without(one.bucketPolicy, at) },
        ][place]!;
        if (allows(less)) expect(allows(one)).toBe(true);
      }),
      runs,
    );
  });

  it('never grants anything for a boundary', () => {
    fc.assert(
      fc.property(situation, statements, (one, boundary) => {
        const free = { ...one, boundary: undefined };
        if (allows({ ...one, boundary })) expect(allows(free)).toBe(true);
      }),
      runs,
    );
  });

  it('never grants anything for a session policy', () => {
    fc.assert(
      fc.property(situation, fc.array(statements, { maxLength: 2 }), (one, session) => {
        const free = { ...one, session: undefined };
        if (allows({ ...one, session })) expect(allows(free)).toBe(true);
      }),
      runs,
    );
  });

  it('never gives more than the account itself may, but for what names the caller', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const names = one.bucketPolicy.some(
          ({ Principal }) => JSON.stringify(Principal) === JSON.stringify({ AWS: userArn }),
        );
        if (!names && allows(one)) expect(allowsItself(one)).toBe(true);
      }),
      runs,
    );
  });

  it('asks nobody about the account itself', () => {
    fc.assert(
      fc.property(situation, (one) => {
        const bare = { ...one, policies: [], boundary: undefined, session: undefined };
        expect(allowsItself(one)).toBe(allowsItself(bare));
        if (one.isRoot && one.bucketPolicy.length === 0) expect(allowsItself(one)).toBe(true);
      }),
      runs,
    );
  });
});

describe('explain, of those who act for an account', () => {
  it('comes to the same decision, and names what it rests on among what was looked at', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(situation, (one) => {
        const question = questionOf(one, principalOf(one));
        const { decidedBy, considered, ...decision } = explain(question);
        expect(decision).toEqual(decide(question));
        for (const name of decidedBy) {
          const found = considered
            .filter((finding) => finding.name === name)
            .map(({ effect }) => effect);
          // What denies is a denial, or a bound that doesn't allow.
          if (decision.allowed) expect(found).toContain('allow');
          else expect(found.some((effect) => effect !== 'allow')).toBe(true);
        }
        if (decision.allowed) expect(decidedBy).not.toEqual([]);
        for (const { kind } of considered) kinds.add(kind);
      }),
      runs,
    );
    for (const kind of ['identity-policy', 'boundary', 'session-policy'])
      expect(kinds).toContain(kind);
  });

  it('names boundary and session policy where these are what lacks', () => {
    const base: Situation = {
      policies: [[everything]],
      boundary: undefined,
      session: undefined,
      bucketPolicy: [],
      bucketOwner: 'alice',
      objectOwner: 'alice',
      isRoot: false,
      publicRead: false,
      action: 's3:GetObject',
      key: 'a',
    };
    const deciders = (one: Situation) => explain(questionOf(one, principalOf(one))).decidedBy;
    expect(deciders(base)).toEqual(['statement 1 of policy 0', 'ownership of the object']);
    expect(deciders({ ...base, boundary: [] })).toEqual([
      `boundary, the permissions boundary of ${userArn}`,
    ]);
    expect(deciders({ ...base, session: [] })).toEqual([`the session policy of ${userArn}`]);
    expect(deciders({ ...base, policies: [] })).toEqual([]);
  });
});

describe('decideIdentity', () => {
  const asked = (one: Situation, principal: Principal | undefined) => {
    const { caller, request } = questionOf(one, principal);
    return decideIdentity(caller as Caller & { readonly kind: 'account' }, request!);
  };

  it('lets the account itself do everything, and others what their policies say within all bounds', () => {
    fc.assert(
      fc.property(situation, (one) => {
        expect(asked(one, undefined).allowed).toBe(true);
        // In a bucket of the account without a policy or an ACL, policies of one's own decide alone.
        const own = { ...one, bucketPolicy: [], publicRead: false, isRoot: false };
        const inOwn = { ...own, bucketOwner: 'alice', objectOwner: 'alice' };
        expect(asked(inOwn, principalOf(inOwn)).allowed).toBe(allows(inOwn));
      }),
      runs,
    );
  });

  it('says which statement decided, or that none did', () => {
    const base: Situation = {
      policies: [[{ ...everything, Action: ['s3:Get*'] }]],
      boundary: undefined,
      session: undefined,
      bucketPolicy: [],
      bucketOwner: 'alice',
      objectOwner: 'alice',
      isRoot: false,
      publicRead: false,
      action: 's3:GetObject',
      key: 'a',
    };
    const reason = (one: Situation) => asked(one, principalOf(one)).reason;
    expect(reason(base)).toBe('statement 1 of policy 0 allows s3:GetObject');
    expect(reason({ ...base, action: 's3:PutObject' })).toBe(
      `no policy of ${userArn} allows s3:PutObject`,
    );
    expect(reason({ ...base, boundary: [] })).toBe(
      `boundary, the permissions boundary of ${userArn}, doesn't allow s3:GetObject`,
    );
    expect(reason({ ...base, session: [] })).toBe(
      `the session policy of ${userArn} doesn't allow s3:GetObject`,
    );
  });
});
