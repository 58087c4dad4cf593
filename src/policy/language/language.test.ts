import { describe, expect, it } from 'vitest';
import { S3Error } from '../../protocol/errors.ts';
import type { ConditionValues, PolicyPrincipal } from './document.ts';
import { evaluate } from './evaluate.ts';
import { arnOf, maxPolicyBytes, parsePolicy } from './parse.ts';
import { isPublicPolicy } from './public-policy.ts';

const alice: PolicyPrincipal = {
  kind: 'account',
  accountId: 'alice',
  arns: ['arn:aws:iam::alice:root'],
};
const anonymous: PolicyPrincipal = { kind: 'anonymous' };

/** A policy variable, as a policy writes it. */
const variable = (name: string): string => `\${${name}}`;

type Statement = Readonly<Record<string, unknown>>;

const base: Statement = {
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::b/*',
};

function policy(statement: Statement, version = '2012-10-17') {
  return parsePolicy(JSON.stringify({ Version: version, Statement: statement }), 'b');
}

interface Asked {
  readonly as?: PolicyPrincipal;
  readonly action?: string;
  readonly resource?: string;
  /** By lower-case name, with the suffix as it is. */
  readonly values?: Readonly<Record<string, ConditionValues>>;
}

function ask(statement: Statement, asked: Asked = {}, version?: string) {
  const { as = alice, action = 's3:GetObject', resource = arnOf('b', 'key'), values = {} } = asked;
  return evaluate(policy({ ...base, ...statement }, version), {
    principal: as,
    action,
    resource,
    values: ({ name, suffix }) => values[suffix === '' ? name : `${name}/${suffix}`],
  })?.effect;
}

function refusal(text: string): string {
  try {
    parsePolicy(text, 'b');
  } catch (error) {
    if (error instanceof S3Error) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'taken';
}

function refusalOf(change: Statement, without: readonly string[] = []): string {
  const statement = Object.entries({ ...base, ...change }).filter(
    ([name]) => !without.includes(name),
  );
  return refusal(JSON.stringify({ Statement: [Object.fromEntries(statement)] }));
}

describe('a policy document', () => {
  it('is JSON from its first byte, and at most 20 KiB', () => {
    expect(refusal('')).toMatch(/first byte must be '\{'/);
    expect(refusal(' {}')).toMatch(/first byte/);
    expect(refusal('{')).toMatch(/invalid Json/);
    const padded = JSON.stringify({ Id: 'x'.repeat(maxPolicyBytes), Statement: [base] });
    expect(refusal(padded)).toMatch(/maximum allowed size of 20480 bytes/);
  });

  it('has known elements only, and the ones that it needs', () => {
    expect(refusal('{"Statements":[]}')).toMatch(/Unknown field Statements/);
    expect(refusal('{}')).toMatch(/Missing required field Statement/);
    expect(refusal('{"Statement":[]}')).toMatch(/Statement is empty/);
    expect(refusal(JSON.stringify({ Version: '2020-01-01', Statement: base }))).toMatch(/version/);
    expect(refusalOf({ Resources: 'x' })).toMatch(/Unknown field Resources/);
    for (const name of ['Effect', 'Principal', 'Action', 'Resource']) {
      expect(refusalOf({}, [name])).toBe(`MalformedPolicy: Missing required field ${name}`);
    }
    expect(refusalOf({ NotAction: 's3:PutObject' })).toMatch(/both Action and NotAction/);
    expect(refusalOf({ Effect: 'allow' })).toMatch(/Invalid effect/);
  });

  it.each([
    [{ Principal: 'alice' }, /Invalid principal/],
    [{ Principal: { AWS: 'arn:aws:iam::*:root' } }, /Invalid principal/],
    [{ Principal: { AWS: 'arn:aws:iam::alice:user/*' } }, /Invalid principal/],
    [{ Principal: { Federated: 'x' } }, /Invalid principal/],
    [{ Action: 's3:GetObjekt' }, /invalid action/],
    [{ Action: 'ec2:*' }, /invalid action/],
    [{ Action: [] }, /Missing required field Action/],
    [{ Resource: '*' }, /invalid resource/],
    [{ Resource: 'arn:aws:s3:::other/*' }, /invalid resource/],
    [{ Resource: 'arn:aws:s3:::bucket/*' }, /invalid resource/],
    [{ Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::c'] }, /invalid resource/],
    [{ Condition: { StringEqual: { 's3:prefix': 'x' } } }, /Invalid Condition type/],
    [{ Condition: { NullIfExists: { 's3:prefix': 'true' } } }, /Invalid Condition type/],
    [{ Condition: { StringEquals: { 's3:prefixes': 'x' } } }, /invalid condition key/],
    [{ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } } }, /Invalid value/],
    [{ Condition: { NumericEquals: { 's3:max-keys': 'ten' } } }, /Invalid value/],
    [{ Condition: { DateLessThan: { 'aws:CurrentTime': 'soon' } } }, /Invalid value/],
    [{ Condition: { Bool: { 'aws:SecureTransport': 'yes' } } }, /Invalid value/],
    [{ Condition: 'x' }, /Invalid policy syntax/],
  ])('is malformed with %j', (change, message) => {
    expect(refusalOf(change)).toMatch(/^MalformedPolicy/);
    expect(refusalOf(change)).toMatch(message);
  });

  it('cannot allow all but some principals, but deny them', () => {
    const NotPrincipal = { AWS: 'alice' };
    expect(refusalOf({ NotPrincipal }, ['Principal'])).toMatch(/NotPrincipal/);
    expect(refusalOf({ NotPrincipal, Effect: 'Deny' }, ['Principal'])).toBe('taken');
  });

  it.each([
    'arn:aws:s3:::*',
    'arn:aws:s3:::b',
    'arn:aws:s3:::?/*',
    `arn:aws:s3:::b/${variable('aws:username')}/*`,
  ])('takes the resource %s, which may be this bucket or in it', (Resource) => {
    expect(refusalOf({ Resource })).toBe('taken');
  });
});

describe('principals', () => {
  it('are everybody, accounts by id, ARN or canonical user, and services', () => {
    expect(ask({ Principal: '*' }, { as: anonymous })).toBe('Allow');
    expect(ask({ Principal: { AWS: '*' } }, { as: anonymous })).toBe('Allow');
    for (const Principal of [
      { AWS: 'alice' },
      { AWS: ['bob', 'arn:aws:iam::alice:root'] },
      { CanonicalUser: 'alice' },
    ]) {
      expect(ask({ Principal })).toBe('Allow');
      expect(ask({ Principal }, { as: anonymous })).toBeUndefined();
    }
    expect(ask({ Principal: { AWS: 'arn:aws:iam::alice:user/ann' } })).toBeUndefined();
    const service = 'logging.s3.amazonaws.com';
    const Principal = { Service: service };
    expect(ask({ Principal }, { as: { kind: 'service', service } })).toBe('Allow');
    expect(ask({ Principal: '*' }, { as: { kind: 'service', service } })).toBeUndefined();
  });

  it('may be all but those named, to be denied', () => {
    const statement = { Effect: 'Deny', NotPrincipal: { AWS: 'alice' }, Principal: undefined };
    expect(ask(statement)).toBeUndefined();
    expect(ask(statement, { as: anonymous })).toBe('Deny');
  });
});

describe('actions and resources', () => {
  it('match whatever the case of an action, and wildcards', () => {
    expect(ask({ Action: 'S3:getobject' })).toBe('Allow');
    expect(ask({ Action: 's3:Get*' })).toBe('Allow');
    expect(ask({ Action: '*' })).toBe('Allow');
    expect(ask({ Action: 's3:Put*' })).toBeUndefined();
    expect(ask({ Action: undefined, NotAction: 's3:Put*' })).toBe('Allow');
    expect(ask({ Action: undefined, NotAction: 's3:Get*' })).toBeUndefined();
  });

  it('tell keys apart by case, and the bucket from what is in it', () => {
    const Resource = 'arn:aws:s3:::b/logs/*.txt';
    expect(ask({ Resource }, { resource: arnOf('b', 'logs/2024/a.txt') })).toBe('Allow');
    expect(ask({ Resource }, { resource: arnOf('b', 'Logs/a.txt') })).toBeUndefined();
    expect(ask({}, { resource: arnOf('b') })).toBeUndefined();
    expect(ask({ Resource: 'arn:aws:s3:::b/k?y' }, { resource: arnOf('b', 'k😀y') })).toBe('Allow');
    const not = { Resource: undefined, NotResource: 'arn:aws:s3:::b/public/*' };
    expect(ask(not, { resource: arnOf('b', 'public/x') })).toBeUndefined();
    expect(ask(not)).toBe('Allow');
  });

  it.each([
    ['many', `${'*a'.repeat(230)}*b`],
    ['long', `*${'a'.repeat(480)}b*`],
    ['open', `*${'a?'.repeat(240)}b*`],
  ])('match the worst of %s patterns on the longest of keys in a moment', (_, pattern) => {
    const Resource = Array.from({ length: 38 }, () => `arn:aws:s3:::b/${pattern}`);
    const parsed = policy({ ...base, Resource });
    const request = {
      principal: alice,
      action: 's3:GetObject',
      resource: arnOf('b', 'a'.repeat(1024)),
      values: () => undefined,
    };
    const begun = performance.now();
    for (let round = 0; round < 100; round++) expect(evaluate(parsed, request)).toBeUndefined();
    // Some hundred milliseconds; half a minute where every place is tried with every pattern.
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('have variables since 2012', () => {
    const Resource = `arn:aws:s3:::b/${variable('aws:userid')}/*`;
    const values = { 'aws:userid': ['al*'] };
    expect(ask({ Resource }, { resource: arnOf('b', 'al*/x'), values })).toBe('Allow');
    expect(ask({ Resource }, { resource: arnOf('b', 'alice/x'), values })).toBeUndefined();
    expect(
      ask({ Resource }, { resource: arnOf('b', `${variable('aws:userid')}/x`) }),
    ).toBeUndefined();
    const old = { resource: arnOf('b', `${variable('aws:userid')}/x`), values };
    expect(ask({ Resource }, old, '2008-10-17')).toBe('Allow');
    const fallback = { Resource: `arn:aws:s3:::b/${variable("aws:username, 'nobody'")}/*` };
    expect(ask(fallback, { resource: arnOf('b', 'nobody/x') })).toBe('Allow');
    expect(
      ask({ Resource: `arn:aws:s3:::b/${variable('*')}` }, { resource: arnOf('b', '*') }),
    ).toBe('Allow');
    expect(
      ask({ Resource: `arn:aws:s3:::b/${variable('*')}` }, { resource: arnOf('b', 'x') }),
    ).toBeUndefined();
  });
});

describe('a variable that the request does not have', () => {
  const own = `arn:aws:s3:::b/${variable('aws:username')}/*`;
  const Condition = { StringNotEquals: { 's3:prefix': variable('aws:username') } };
  const values = { 's3:prefix': ['x'] };

  it('is like nothing', () => {
    expect(ask({ Resource: own })).toBeUndefined();
    expect(ask({ Effect: 'Deny', Resource: own })).toBeUndefined();
  });

  it('is also one that has several values', () => {
    const Resource = `arn:aws:s3:::b/${variable('s3:RequestObjectTagKeys')}`;
    const tagged = (keys: readonly string[]) =>
      ask({ Resource }, { values: { 's3:requestobjecttagkeys': keys } });
    expect(tagged(['key'])).toBe('Allow');
    expect(tagged(['key', 'other'])).toBeUndefined();
  });

  it('allows nobody what is not like it, and denies it', () => {
    const others = { Resource: undefined, NotResource: own };
    expect(ask(others)).toBeUndefined();
    expect(ask({ ...others, Effect: 'Deny' })).toBe('Deny');
    expect(ask({ Condition }, { values })).toBeUndefined();
    expect(ask({ Condition, Effect: 'Deny' }, { values })).toBe('Deny');
    expect(ask({ Condition }, { values: { ...values, 'aws:username': ['y'] } })).toBe('Allow');
  });
});

describe('conditions', () => {
  const cases: readonly [string, string, unknown, readonly string[] | undefined, boolean][] = [
    ['StringEquals', 's3:prefix', 'a', ['a'], true],
    ['StringEquals', 's3:prefix', ['a', 'b'], ['b'], true],
    ['StringEquals', 's3:prefix', 'a*', ['ab'], false],
    ['StringEquals', 's3:prefix', 'a', undefined, false],
    ['StringEqualsIfExists', 's3:prefix', 'a', undefined, true],
    ['StringEqualsIfExists', 's3:prefix', 'a', ['b'], false],
    ['StringNotEquals', 's3:prefix', ['a', 'b'], ['b'], false],
    ['StringNotEquals', 's3:prefix', ['a', 'b'], ['c'], true],
    ['StringNotEquals', 's3:RequestObjectTagKeys', 'a', ['a', 'b'], false],
    ['StringEquals', 's3:RequestObjectTagKeys', 'a', ['a', 'b'], true],
    ['StringNotEquals', 's3:prefix', 'a', undefined, true],
    ['StringEqualsIgnoreCase', 's3:prefix', 'A', ['a'], true],
    ['StringNotEqualsIgnoreCase', 's3:prefix', 'A', ['a'], false],
    ['StringLike', 's3:prefix', 'a?c*', ['abcd'], true],
    ['StringNotLike', 's3:prefix', 'a*', ['abcd'], false],
    ['NumericLessThanEquals', 's3:max-keys', 10, ['10'], true],
    ['NumericGreaterThan', 's3:max-keys', '10', ['10'], false],
    ['NumericNotEquals', 's3:max-keys', '10', ['11'], true],
    ['NumericEquals', 's3:max-keys', '10', ['ten'], false],
    ['DateLessThan', 'aws:CurrentTime', '2024-01-01T00:00:00Z', ['2023-12-31T23:59:59.9Z'], true],
    ['DateGreaterThan', 'aws:CurrentTime', '2024-01-01', ['2023-12-31T23:59:59Z'], false],
    ['DateGreaterThanEquals', 'aws:EpochTime', '1704067200', ['1704067200'], true],
    ['Bool', 'aws:SecureTransport', true, ['true'], true],
    ['Bool', 'aws:SecureTransport', 'false', ['true'], false],
    ['BinaryEquals', 's3:prefix', 'QUI=', ['QUI='], true],
    ['IpAddress', 'aws:SourceIp', '10.1.0.0/16', ['10.1.255.1'], true],
    ['IpAddress', 'aws:SourceIp', '10.1.0.0/16', ['10.2.0.1'], false],
    ['IpAddress', 'aws:SourceIp', '2001:db8::/32', ['2001:db8:1::1'], true],
    ['IpAddress', 'aws:SourceIp', '10.1.0.0/16', ['2001:db8::1'], false],
    ['NotIpAddress', 'aws:SourceIp', ['10.0.0.0/8', '192.0.2.1'], ['192.0.2.1'], false],
    ['ArnLike', 'aws:PrincipalArn', 'arn:aws:iam::*:root', ['arn:aws:iam::alice:root'], true],
    ['ArnEquals', 'aws:PrincipalArn', 'arn:*:root', ['arn:aws:iam::alice:root'], false],
    ['ArnNotLike', 'aws:PrincipalArn', 'arn:aws:iam::bob:*', ['arn:aws:iam::alice:root'], true],
    ['Null', 's3:prefix', 'true', undefined, true],
    ['Null', 's3:prefix', 'false', ['x'], true],
    ['Null', 's3:prefix', true, ['x'], false],
    ['ForAllValues:StringEquals', 's3:RequestObjectTagKeys', ['a', 'b'], ['a'], true],
    ['ForAllValues:StringEquals', 's3:RequestObjectTagKeys', ['a', 'b'], ['a', 'c'], false],
    ['ForAllValues:StringEquals', 's3:RequestObjectTagKeys', 'a', undefined, true],
    ['ForAnyValue:StringEquals', 's3:RequestObjectTagKeys', 'a', ['c', 'a'], true],
    ['ForAnyValue:StringEquals', 's3:RequestObjectTagKeys', 'a', ['c'], false],
    ['ForAnyValue:StringNotEquals', 's3:RequestObjectTagKeys', 'a', undefined, false],
    ['StringEquals', 's3:ExistingObjectTag/Colour', 'red', ['red'], true],
  ];

  it.each(cases)('%s of %s %j holds for %j: %s', (operator, key, wanted, actual, expected) => {
    const [name = '', suffix] = key.split('/');
    const lower = suffix === undefined ? name.toLowerCase() : `${name.toLowerCase()}/${suffix}`;
    const statement = { Condition: { [operator]: { [key]: wanted } } };
    expect(ask(statement, { values: { [lower]: actual } })).toBe(expected ? 'Allow' : undefined);
  });

  it('must all hold', () => {
    const Condition = {
      StringEquals: { 's3:prefix': 'a', 's3:delimiter': '/' },
      NumericLessThan: { 's3:max-keys': 5 },
    };
    const values = { 's3:prefix': ['a'], 's3:delimiter': ['/'], 's3:max-keys': ['4'] };
    expect(ask({ Condition }, { values })).toBe('Allow');
    for (const name of Object.keys(values)) {
      expect(ask({ Condition }, { values: { ...values, [name]: ['9'] } })).toBeUndefined();
    }
  });

  it('count in favour of the caller while what they ask about is not known yet', () => {
    const Condition = { StringEquals: { 's3:RequestObjectTag/a': 'b' } };
    const values = { 's3:requestobjecttag/a': 'unknown' } as const;
    expect(ask({ Condition }, { values })).toBe('Allow');
    expect(ask({ Condition, Effect: 'Deny' }, { values })).toBeUndefined();
  });

  it('may have variables in their values', () => {
    const Condition = { StringLike: { 's3:prefix': `${variable('aws:userid')}/*` } };
    const values = { 's3:prefix': ['alice/x'], 'aws:userid': ['alice'] };
    expect(ask({ Condition }, { values })).toBe('Allow');
    expect(ask({ Condition }, { values: { ...values, 'aws:userid': ['bob'] } })).toBeUndefined();
  });

  it('are not put together further than it takes to see that they differ', () => {
    const often = variable('aws:UserAgent').repeat(1000);
    const values = { 'aws:useragent': ['a'.repeat(20_000)], 's3:prefix': ['a'.repeat(30)] };
    for (const operator of ['StringEqualsIgnoreCase', 'StringEquals', 'StringLike', 'ArnLike']) {
      const Condition = { [operator]: { 's3:prefix': often } };
      const begun = performance.now();
      for (let time = 0; time < 20; time++) expect(ask({ Condition }, { values })).toBeUndefined();
      expect(performance.now() - begun).toBeLessThan(5000);
    }
    const exact = { StringEqualsIgnoreCase: { 's3:prefix': `${variable('aws:userid')}/İ` } };
    const same = { 's3:prefix': ['ALICE/i\u0307'], 'aws:userid': ['alice'] };
    expect(ask({ Condition: exact }, { values: same })).toBe('Allow');
  });
});

describe('several statements', () => {
  it('deny if one of them does, wherever it stands', () => {
    const deny = { ...base, Effect: 'Deny', Sid: 'no' };
    for (const Statement of [
      [base, deny],
      [deny, base],
    ]) {
      const parsed = parsePolicy(JSON.stringify({ Statement }), 'b');
      const request = {
        principal: alice,
        action: 's3:GetObject',
        resource: arnOf('b', 'k'),
        values: () => undefined,
      };
      expect(evaluate(parsed, request)).toMatchObject({ effect: 'Deny', statement: '"no"' });
    }
  });
});

describe('a policy is public', () => {
  const isPublic = (statement: Statement) => isPublicPolicy(policy({ ...base, ...statement }));

  it.each<[boolean, Statement]>([
    [true, {}],
    [true, { Principal: { AWS: '*' } }],
    [true, { Condition: { StringLike: { 'aws:Referer': 'http://example.com/*' } } }],
    [true, { Condition: { IpAddress: { 'aws:SourceIp': '0.0.0.0/1' } } }],
    [true, { Condition: { IpAddress: { 'aws:SourceIp': '2001::/16' } } }],
    [true, { Condition: { IpAddress: { 'aws:SourceIp': '::/64' } } }],
    [true, { Condition: { IpAddress: { 'aws:SourceIp': '::ffff:0:0/96' } } }],
    [true, { Condition: { IpAddress: { 'aws:SourceIp': '::ffff:128.0.0.0/97' } } }],
    [true, { Condition: { StringEquals: { 'aws:userid': ['alice', 'anonymous'] } } }],
    [true, { Condition: { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
    [true, { Condition: { StringLike: { 'aws:SourceVpc': 'vpc-*' } } }],
    [true, { Condition: { StringEqualsIfExists: { 'aws:SourceVpc': 'vpc-1' } } }],
    [true, { Condition: { StringNotEquals: { 'aws:SourceVpc': 'vpc-1' } } }],
    [false, { Principal: { AWS: 'arn:aws:iam::alice:root' } }],
    [false, { Effect: 'Deny' }],
    [false, { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/32' } } }],
    [false, { Condition: { IpAddress: { 'aws:SourceIp': '::ffff:10.0.0.0/104' } } }],
    [false, { Condition: { IpAddress: { 'aws:SourceIp': ['2001:db8::/32', '::1'] } } }],
    [false, { Condition: { StringEquals: { 'aws:userid': 'alice' } } }],
    [false, { Condition: { StringEquals: { 'aws:SourceVpc': ['vpc-1', 'vpc-2'] } } }],
    [false, { Condition: { StringLike: { 'aws:PrincipalAccount': 'alice' } } }],
  ])('%s: %j', (expected, statement) => {
    expect(isPublic(statement)).toBe(expected);
  });
});
