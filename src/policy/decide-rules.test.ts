/** Decisions under a policy, ACLs, a public access block and object ownership, against a naive second reading. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../identity/identity.ts';
import type { Acl, Permission } from '../store/records.ts';
import { type BucketRules, compilePolicy, type ObjectOwnership } from './bucket-rules.ts';
import { decide, forbids, type Question, type Resource } from './decide.ts';
import { explain } from './explain.ts';
import { arnOf } from './language/parse.ts';
import { matches, parseTemplate } from './language/template.ts';
import {
  type Grant,
  isLike,
  isPublic,
  naively,
  type Situation,
  type Statement,
} from './naive.fixture.ts';

const people = fc.constantFrom('alice', 'bob');
const some = <T>(...values: readonly [T, ...T[]]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
/** A policy variable, as a policy writes it. */
const variable = (name: string): string => `\${${name}}`;

const principals = fc.oneof(
  fc.constant('*' as const),
  some('*', 'alice', 'bob', 'arn:aws:iam::alice:root').map((AWS) => ({ AWS })),
  people.map((CanonicalUser) => ({ CanonicalUser })),
);
const actions = some(
  '*',
  's3:*',
  's3:Get*',
  'S3:getobject',
  's3:???Object',
  's3:PutBucketPolicy',
  's3:ListBucket',
);
const resources = some(
  'arn:aws:s3:::b',
  'arn:aws:s3:::b/*',
  'arn:aws:s3:::b/key',
  'arn:aws:s3:::*',
  'arn:aws:s3:::b/?e*',
  `arn:aws:s3:::b/${variable('aws:userid')}*`,
  `arn:aws:s3:::b/${variable("aws:username, 'key'")}`,
  `arn:aws:s3:::b/${variable('*')}`,
);

/** Operators with keys and values of their kind. */
const kinds = [
  {
    operators: ['StringEquals', 'StringNotEquals', 'StringLike', 'StringNotLike'],
    more: ['StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase'],
    keys: ['s3:prefix', 'aws:userid', 's3:RequestObjectTagKeys', 's3:ExistingObjectTag/a'],
    values: ['x', 'X*', 'x?', 'alice', '*', variable('aws:userid'), variable('s3:prefix')],
  },
  {
    operators: ['NumericEquals', 'NumericNotEquals', 'NumericLessThan', 'NumericGreaterThan'],
    more: ['NumericLessThanEquals', 'NumericGreaterThanEquals'],
    keys: ['s3:max-keys'],
    values: ['9', '10', '11.5'],
  },
  {
    operators: ['DateEquals', 'DateNotEquals', 'DateLessThan', 'DateGreaterThan'],
    more: ['DateLessThanEquals', 'DateGreaterThanEquals'],
    keys: ['aws:CurrentTime'],
    values: ['2024-05-06T07:08:09Z', '2024-05-06', '2025-01-01T00:00:00Z'],
  },
  {
    operators: ['IpAddress', 'NotIpAddress'],
    more: [],
    keys: ['aws:SourceIp'],
    values: ['10.0.0.0/7', '10.1.0.0/16', '10.1.2.3', '0.0.0.0/0', '192.0.2.0/31'],
  },
  {
    operators: ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike'],
    more: ['StringLike'],
    keys: ['aws:PrincipalArn'],
    values: ['arn:aws:iam::alice:root', 'arn:aws:iam::*:root', 'arn:aws:iam::b?b:*'],
  },
  { operators: ['Bool'], more: [], keys: ['aws:SecureTransport'], values: ['true', 'False'] },
] as const;

const conditions: fc.Arbitrary<NonNullable<Statement['Condition']>> = fc.oneof(
  ...kinds.map(({ operators, more, keys, values }) =>
    fc
      .tuple(
        fc.constantFrom('', 'ForAllValues:', 'ForAnyValue:'),
        fc.constantFrom<string>(...operators, ...more),
        fc.constantFrom('', 'IfExists'),
        fc.constantFrom<string>(...keys),
        some<string>(...(values as unknown as readonly [string, ...string[]])),
      )
      .map(([quantifier, operator, ifExists, key, wanted]) => ({
        [`${quantifier}${operator}${ifExists}`]: { [key]: wanted },
      })),
  ),
  fc
    .tuple(fc.constantFrom('s3:prefix', 'aws:userid', 's3:RequestObjectTagKeys'), fc.boolean())
    .map(([key, absent]) => ({ Null: { [key]: [String(absent)] } })),
);

const statements: fc.Arbitrary<Statement> = fc
  .record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    who: fc.tuple(fc.constantFrom('Principal', 'Principal', 'NotPrincipal'), principals),
    what: fc.tuple(fc.constantFrom('Action', 'Action', 'NotAction'), actions),
    where: fc.tuple(fc.constantFrom('Resource', 'Resource', 'NotResource'), resources),
    Condition: fc.option(
      fc.array(conditions, { maxLength: 2 }).map((list) => Object.assign({}, ...list)),
      { nil: undefined },
    ),
  })
  .map(({ Effect, who, what, where, Condition }) => ({
    Effect: who[0] === 'NotPrincipal' ? 'Deny' : Effect,
    [who[0]]: who[1],
    [what[0]]: what[1],
    [where[0]]: where[1],
    ...(Condition && { Condition }),
  }));

const grants: fc.Arbitrary<readonly Grant[]> = fc.array(
  fc.record({
    to: fc.constantFrom('alice', 'bob', 'everybody', 'accounts'),
    permission: fc.constantFrom('READ', 'WRITE', 'FULL_CONTROL', 'READ_ACP'),
  }),
  { maxLength: 2 },
);

const absent = fc.constant(undefined);
const oneOf = (...values: readonly string[]) =>
  fc.oneof(
    absent,
    fc.constantFrom(...values).map((value) => [value]),
  );

const situations: fc.Arbitrary<Situation> = fc
  .record({
    version: fc.constantFrom('2012-10-17', '2012-10-17', '2008-10-17'),
    statements: fc.array(statements, { maxLength: 4 }),
    who: fc.constantFrom(undefined, 'alice', 'bob', 'carol', 'admin'),
    action: fc.constantFrom(
      's3:GetObject',
      's3:PutObject',
      's3:PutObjectRetention',
      's3:ListBucket',
      's3:PutBucketPolicy',
    ),
    permission: fc.constantFrom(undefined, 'READ', 'WRITE'),
    key: fc.constantFrom(undefined, 'key', 'alice/x', '*'),
    bucketOwner: people,
    bucketGrants: grants,
    objectOwner: people,
    objectGrants: grants,
    ignorePublicAcls: fc.boolean(),
    restrictPublicBuckets: fc.boolean(),
    ownership: fc.constantFrom(
      undefined,
      'ObjectWriter',
      'BucketOwnerPreferred',
      'BucketOwnerEnforced',
    ),
    values: fc.record({
      's3:prefix': oneOf('x', 'X', 'xy', 'x*'),
      's3:max-keys': oneOf('9', '10', '12'),
      's3:ExistingObjectTag/a': oneOf('x', 'alice'),
      's3:RequestObjectTagKeys': fc.oneof(absent, some('x', 'X', 'alice')),
      'aws:CurrentTime': oneOf('2024-05-06T07:08:09.000Z', '2024-05-06T00:00:00.000Z'),
      'aws:SecureTransport': oneOf('true', 'false'),
      'aws:SourceIp': oneOf('10.1.2.3', '11.1.2.3', '192.0.2.1'),
    }),
  })
  .map(({ who, values, ...one }) => ({
    ...one,
    who,
    isRoot: who === 'admin',
    values: {
      ...values,
      'aws:userid': [who ?? 'anonymous'],
      'aws:PrincipalAccount': who === undefined ? undefined : [who],
      'aws:PrincipalArn': who === undefined ? undefined : [`arn:aws:iam::${who}:root`],
    },
  }));

function callerOf({ who, isRoot: root }: Situation): Caller {
  if (who === undefined) return { kind: 'anonymous' };
  const details = {
    namespace: 'default',
    number: '0'.repeat(12),
    displayName: who,
    email: undefined,
  };
  return { kind: 'account', accessKeyId: 'KEY', account: { accountId: who, root, ...details } };
}

function aclOf(owner: string, given: readonly Grant[]): Acl {
  return {
    owner,
    grants: given.map(({ to, permission }) => ({
      permission: permission as Permission,
      grantee:
        to === 'everybody'
          ? { group: 'AllUsers' }
          : to === 'accounts'
            ? { group: 'AuthenticatedUsers' }
            : { account: to },
    })),
  };
}

function rulesOf(one: Situation): BucketRules {
  const text = JSON.stringify({ Version: one.version, Statement: one.statements });
  return {
    policy: one.statements.length === 0 ? undefined : compilePolicy(text, 'b'),
    publicAccessBlock: {
      BlockPublicAcls: false,
      BlockPublicPolicy: false,
      IgnorePublicAcls: one.ignorePublicAcls,
      RestrictPublicBuckets: one.restrictPublicBuckets,
    },
    ownership: one.ownership as ObjectOwnership | undefined,
  };
}

function questionOf(one: Situation): Question {
  const { who, action, key } = one;
  const bucket = aclOf(one.bucketOwner, one.bucketGrants);
  const resource: Resource =
    key === undefined
      ? { on: 'bucket', bucket }
      : { on: 'object', bucket, object: aclOf(one.objectOwner, one.objectGrants) };
  const values = new Map(
    Object.entries(one.values).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return {
    caller: callerOf(one),
    action,
    permission: one.permission as Permission | undefined,
    resource,
    rules: rulesOf(one),
    request: {
      principal:
        who === undefined
          ? { kind: 'anonymous' }
          : { kind: 'account', accountId: who, arns: [`arn:aws:iam::${who}:root`] },
      action,
      resource: arnOf('b', key),
      values: ({ name, suffix }) => values.get(suffix === '' ? name : `${name}/${suffix}`),
    },
  };
}

const ask = (one: Situation): boolean => decide(questionOf(one)).allowed;
const runs = { numRuns: 3000 };

describe('explain, with rules of the bucket', () => {
  it('comes to the same decision, and names what it rests on among what was looked at', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(situations, (one) => {
        const { decidedBy, considered, ...decision } = explain(questionOf(one));
        expect(decision).toEqual(decide(questionOf(one)));
        for (const name of decidedBy) {
          const found = considered
            .filter((finding) => finding.name === name)
            .map(({ effect }) => effect);
          expect(found).toContain(decision.allowed ? 'allow' : 'deny');
        }
        if (decision.allowed) expect(decidedBy).not.toEqual([]);
        for (const { kind } of considered) kinds.add(kind);
      }),
      runs,
    );
    expect([...kinds].sort()).toEqual([
      'acl',
      'bucket-policy',
      'namespace',
      'ownership',
      'public-access-block',
      'root',
    ]);
  });

  it('says of each statement what of it does not fit, and counts those without a Sid', () => {
    const everything = { Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' };
    const text = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { ...everything, Effect: 'Allow' },
        { ...everything, Effect: 'Deny', Principal: { AWS: 'bob' } },
        { ...everything, Effect: 'Deny', Action: 's3:PutObject' },
        { ...everything, Effect: 'Deny', Resource: 'arn:aws:s3:::b/secret/*' },
        {
          ...everything,
          Effect: 'Deny',
          Condition: { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } },
        },
        {
          ...everything,
          Effect: 'Deny',
          Sid: 'DenyPlain',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
        },
      ],
    });
    const account = {
      namespace: 'default',
      number: '0'.repeat(12),
      displayName: 'c',
      email: undefined,
    };
    const acl: Acl = { owner: 'alice', grants: [] };
    const { allowed, decidedBy, considered } = explain({
      caller: {
        kind: 'account',
        accessKeyId: 'KEY',
        account: { accountId: 'carol', root: false, ...account },
      },
      action: 's3:GetObject',
      permission: 'READ',
      resource: { on: 'object', bucket: acl, object: acl },
      rules: { policy: compilePolicy(text, 'b') },
      request: {
        principal: { kind: 'account', accountId: 'carol', arns: ['arn:aws:iam::carol:root'] },
        action: 's3:GetObject',
        resource: 'arn:aws:s3:::b/key',
        values: ({ name }) =>
          name === 'aws:sourceip'
            ? ['10.0.0.1']
            : name === 'aws:securetransport'
              ? ['false']
              : undefined,
      },
    });
    expect(allowed).toBe(false);
    expect(decidedBy).toEqual(['statement "DenyPlain" of the bucket policy']);
    expect(considered.map(({ name, effect, because }) => `${name}: ${effect}, ${because}`)).toEqual(
      [
        'statement 1 of the bucket policy: allow, it applies to s3:GetObject',
        'statement 2 of the bucket policy: none, it is not about the caller',
        'statement 3 of the bucket policy: none, it is not about s3:GetObject',
        'statement 4 of the bucket policy: none, it is not about arn:aws:s3:::b/key',
        'statement 5 of the bucket policy: none, its condition IpAddress on aws:sourceip wants ["192.0.2.0/24"], which is ["10.0.0.1"]',
        'statement "DenyPlain" of the bucket policy: deny, it applies to s3:GetObject',
      ],
    );
  });
});

describe('decide, with rules of the bucket', () => {
  it('agrees with a naive reading of them on everything', () => {
    fc.assert(
      fc.property(situations, (one) => {
        expect(ask(one)).toBe(naively(one));
      }),
      runs,
    );
  });

  it('agrees with it on each condition by itself, whether it allows or denies', () => {
    const everything = {
      Principal: '*',
      Action: ['*'],
      Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'],
    } as const;
    let holding = 0;
    fc.assert(
      fc.property(situations, conditions, fc.boolean(), (given, Condition, denies) => {
        const statement = { ...everything, Effect: denies ? 'Deny' : 'Allow', Condition } as const;
        const one = {
          ...given,
          isRoot: false,
          restrictPublicBuckets: false,
          ownership: 'BucketOwnerEnforced',
          // Nobody is allowed anything but by a statement.
          bucketOwner: 'owner',
          statements: denies
            ? [{ ...everything, Effect: 'Allow' as const }, statement]
            : [statement],
        };
        const allowed = ask(one);
        expect(allowed).toBe(naively(one));
        if (allowed !== denies) holding++;
      }),
      { numRuns: 4000 },
    );
    expect(holding).toBeGreaterThan(800);
  });

  it('calls the same policies public as a naive reading', () => {
    fc.assert(
      fc.property(fc.array(statements, { minLength: 1, maxLength: 2 }), (list) => {
        const text = JSON.stringify({ Version: '2012-10-17', Statement: list });
        expect(compilePolicy(text, 'b').isPublic).toBe(isPublic(list));
      }),
      runs,
    );
  });

  it('never allows what the policy explicitly denies, but looking after the policy itself', () => {
    fc.assert(
      fc.property(situations, (one) => {
        if (forbids(questionOf(one)) !== undefined) expect(ask(one)).toBe(false);
      }),
      runs,
    );
  });

  it('never grants anything by one more denial', () => {
    fc.assert(
      fc.property(situations, statements, fc.nat(4), (one, statement, at) => {
        const denial: Statement = { ...statement, Effect: 'Deny' };
        const more = { ...one, statements: one.statements.toSpliced(at, 0, denial) };
        if (ask(more)) expect(ask(one)).toBe(true);
      }),
      runs,
    );
  });

  it('never grants anything by one permission less, where a public policy is not restricted', () => {
    fc.assert(
      fc.property(situations, fc.nat(3), (given, at) => {
        const one = { ...given, restrictPublicBuckets: false };
        if (one.statements[at]?.Effect !== 'Allow') return;
        const less = { ...one, statements: one.statements.toSpliced(at, 1) };
        if (ask(less)) expect(ask(one)).toBe(true);
      }),
      runs,
    );
  });

  it('never grants anything by one grant less', () => {
    fc.assert(
      fc.property(situations, fc.nat(1), (one, at) => {
        const less = {
          ...one,
          bucketGrants: one.bucketGrants.toSpliced(at, 1),
          objectGrants: one.objectGrants.toSpliced(at, 1),
        };
        if (ask(less)) expect(ask(one)).toBe(true);
      }),
      runs,
    );
  });

  it('never grants anything by one more restriction', () => {
    fc.assert(
      fc.property(situations, (one) => {
        const free = { ...one, ignorePublicAcls: false, restrictPublicBuckets: false };
        if (ask(one)) expect(ask(free)).toBe(true);
      }),
      runs,
    );
  });
});

describe('wildcards', () => {
  const request = questionOf(fc.sample(situations, { numRuns: 1, seed: 1 })[0]!).request!;
  const agree = (pattern: readonly string[], text: readonly string[]) => {
    const template = parseTemplate(pattern.join(''), { wildcards: true, variables: true })!;
    const found = matches(template, text.join(''), request);
    expect(found).toBe(isLike(pattern, text));
    return found;
  };
  const characters = (from: readonly string[], maxLength: number) =>
    fc.array(fc.constantFrom(...from), { maxLength });

  it('match what a matcher that tries everything matches', () => {
    const patterns = characters(['a', 'b', '/', '😀', '*', '*', '?'], 9);
    fc.assert(
      fc.property(patterns, characters(['a', 'b', '/', '😀'], 9), (pattern, text) => {
        agree(pattern, text);
      }),
      { numRuns: 10_000 },
    );
  });

  it('match the same where what stands between them is long', () => {
    const long = fc.array(fc.constantFrom('a', 'a', 'b', '😀'), { minLength: 60, maxLength: 140 });
    const changes = fc.array(
      fc.record({
        at: fc.nat(139),
        removed: fc.nat(20),
        put: fc.constantFrom('*', '*', '?', 'a', ''),
      }),
      { maxLength: 4 },
    );
    let matching = 0;
    fc.assert(
      fc.property(long, changes, fc.boolean(), (text, list, floats) => {
        const pattern = floats ? ['*', ...text.slice(2, -2), '*'] : [...text];
        for (const { at, removed, put } of list) {
          const count = put === '*' ? removed : 1;
          pattern.splice(at, count, ...(put === '' ? [] : [put]));
        }
        if (agree(pattern, text)) matching++;
      }),
      { numRuns: 2000 },
    );
    expect(matching).toBeGreaterThan(200);
  });
});
