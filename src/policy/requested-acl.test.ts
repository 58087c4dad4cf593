import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { S3Error } from '../protocol/errors.ts';
import type { Acl, Grant } from '../store/records.ts';
import { aclOfPolicy, policyOfAcl } from './access-control-policy.ts';
import { groupUris, permissions } from './acl.ts';
import { cannedAcl } from './canned-acl.ts';
import type { AccountLookup } from './grantees.ts';
import { aclOfNew, aclOfReplacement } from './requested-acl.ts';

const people = [
  { accountId: 'alice', displayName: 'Alice', email: 'alice@example.com' },
  { accountId: 'bob', displayName: 'Bob', email: 'bob@example.com' },
];

const accounts: AccountLookup = {
  accountById: (id) => people.find((person) => person.accountId === id),
  accountByEmail: (email) => people.find((person) => person.email === email.toLowerCase()),
};

const own: Grant = { grantee: { account: 'alice' }, permission: 'FULL_CONTROL' };
const onObject = { on: 'object', owner: 'alice', bucketOwner: 'bob' } as const;
const onBucket = { on: 'bucket', owner: 'alice', bucketOwner: 'alice' } as const;

function refusal(run: () => unknown): {
  readonly code: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, string>>;
} {
  try {
    run();
  } catch (error) {
    if (error instanceof S3Error) {
      return { code: error.code, message: error.message, fields: error.fields };
    }
    throw error;
  }
  throw new Error('was not refused');
}

describe('canned ACLs', () => {
  it.each([
    ['private', []],
    ['public-read', [{ grantee: { group: 'AllUsers' }, permission: 'READ' }]],
    [
      'public-read-write',
      [
        { grantee: { group: 'AllUsers' }, permission: 'READ' },
        { grantee: { group: 'AllUsers' }, permission: 'WRITE' },
      ],
    ],
    ['authenticated-read', [{ grantee: { group: 'AuthenticatedUsers' }, permission: 'READ' }]],
    ['bucket-owner-read', [{ grantee: { account: 'bob' }, permission: 'READ' }]],
    ['bucket-owner-full-control', [{ grantee: { account: 'bob' }, permission: 'FULL_CONTROL' }]],
  ])('%s gives an object these grants beside its owner, groups first', (name, grants) => {
    const expected = grants.some(({ grantee }) => 'group' in grantee)
      ? [...grants, own]
      : [own, ...grants];
    expect(cannedAcl(name, onObject)).toEqual({ owner: 'alice', grants: expected });
  });

  it('says the owner once where the owner of bucket and object is the same', () => {
    expect(cannedAcl('bucket-owner-read', { ...onObject, bucketOwner: 'alice' }).grants).toEqual([
      own,
    ]);
  });

  it('log-delivery-write is for buckets', () => {
    expect(cannedAcl('log-delivery-write', onBucket).grants.slice(0, -1)).toEqual([
      { grantee: { group: 'LogDelivery' }, permission: 'WRITE' },
      { grantee: { group: 'LogDelivery' }, permission: 'READ_ACP' },
    ]);
    expect(refusal(() => cannedAcl('log-delivery-write', onObject)).code).toBe('InvalidArgument');
  });

  it.each(['public-ready', '', 'toString', '__proto__'])('refuses %j', (name) => {
    expect(refusal(() => cannedAcl(name, onBucket))).toMatchObject({
      code: 'InvalidArgument',
      fields: { ArgumentName: 'x-amz-acl', ArgumentValue: name },
    });
  });

  it('refuses aws-exec-read by its name', () => {
    const { code, message } = refusal(() => cannedAcl('aws-exec-read', onObject));
    expect(code).toBe('NotImplemented');
    expect(message).toContain('aws-exec-read');
  });
});

describe('grant headers', () => {
  it('replace the default, owner included', () => {
    const acl = aclOfNew({ GrantRead: 'id="bob"' }, onObject, accounts);
    expect(acl).toEqual({
      owner: 'alice',
      grants: [{ grantee: { account: 'bob' }, permission: 'READ' }],
    });
  });

  it('name grantees by id, e-mail address and group, quoted or not', () => {
    const acl = aclOfNew(
      {
        GrantFullControl: `id=bob, emailAddress="Alice@Example.com" ,uri="${groupUris.AllUsers}"`,
        GrantWriteACP: `uri=${groupUris.AuthenticatedUsers}`,
      },
      onObject,
      accounts,
    );
    expect(acl.grants).toEqual([
      { grantee: { group: 'AuthenticatedUsers' }, permission: 'WRITE_ACP' },
      { grantee: { account: 'bob' }, permission: 'FULL_CONTROL' },
      { grantee: { account: 'alice' }, permission: 'FULL_CONTROL' },
      { grantee: { group: 'AllUsers' }, permission: 'FULL_CONTROL' },
    ]);
  });

  it.each(['', 'bob', 'id', 'id=', 'name="bob"', 'id="bob" id="bob"', 'id="bob'])(
    'refuse %j as not understood',
    (value) => {
      expect(refusal(() => aclOfNew({ GrantRead: value }, onObject, accounts))).toEqual({
        code: 'InvalidArgument',
        message: 'Argument format not recognized',
        fields: { ArgumentName: 'x-amz-grant-read', ArgumentValue: value },
      });
    },
  );

  it('refuse an unknown id, group and address, each in its way', () => {
    const of = (GrantRead: string) => refusal(() => aclOfNew({ GrantRead }, onObject, accounts));
    expect(of('id="nobody"')).toMatchObject({ code: 'InvalidArgument', message: 'Invalid id' });
    expect(of('uri="http://example.com/"')).toMatchObject({
      code: 'InvalidArgument',
      message: 'Invalid group uri',
    });
    expect(of('emailAddress="nobody@example.com"').code).toBe('UnresolvableGrantByEmailAddress');
  });

  it('do not go together with a canned ACL', () => {
    const both = { ACL: 'private', GrantRead: 'id="bob"' };
    expect(refusal(() => aclOfNew(both, onObject, accounts))).toMatchObject({
      code: 'InvalidRequest',
      message: 'Specifying both Canned ACLs and Header Grants is not allowed',
    });
  });

  it('hold at most a hundred grants', () => {
    const hundred = Array.from({ length: 100 }, () => 'id="bob"').join(',');
    expect(aclOfNew({ GrantRead: hundred }, onObject, accounts).grants).toHaveLength(100);
    const input = { GrantRead: hundred, GrantWrite: 'id="bob"' };
    expect(refusal(() => aclOfNew(input, onObject, accounts)).code).toBe('InvalidRequest');
  });

  it('are never taken for something else, whatever they hold', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        try {
          aclOfNew({ GrantRead: value }, onObject, accounts);
        } catch (error) {
          expect(error).toBeInstanceOf(S3Error);
        }
      }),
    );
  });
});

describe('a replaced ACL', () => {
  const Owner = { ID: 'alice' };

  it('comes from exactly one of canned name, headers and document', () => {
    expect(aclOfReplacement({ ACL: 'private' }, onObject, accounts).grants).toEqual([own]);
    expect(
      aclOfReplacement({ AccessControlPolicy: { Owner, Grants: [] } }, onObject, accounts).grants,
    ).toEqual([]);
    expect(refusal(() => aclOfReplacement({}, onObject, accounts)).code).toBe(
      'MissingSecurityHeader',
    );
    expect(
      refusal(() =>
        aclOfReplacement(
          { ACL: 'private', AccessControlPolicy: { Owner, Grants: [] } },
          onObject,
          accounts,
        ),
      ).code,
    ).toBe('UnexpectedContent');
  });

  it('cannot change the owner', () => {
    const policy = { Owner: { ID: 'bob' }, Grants: [] };
    expect(refusal(() => aclOfPolicy(policy, 'alice', accounts)).code).toBe('AccessDenied');
  });

  it.each([
    ['no owner', { Grants: [] }],
    ['no grants', { Owner }],
    ['no grantee', { Owner, Grants: [{ Permission: 'READ' as const }] }],
    [
      'an unknown permission',
      {
        Owner,
        Grants: [
          { Grantee: { Type: 'CanonicalUser' as const, ID: 'bob' }, Permission: 'EAT' as 'READ' },
        ],
      },
    ],
    [
      'a group without a URI',
      { Owner, Grants: [{ Grantee: { Type: 'Group' as const }, Permission: 'READ' as const }] },
    ],
    [
      'too many grants',
      {
        Owner,
        Grants: Array.from({ length: 101 }, () => ({
          Grantee: { Type: 'CanonicalUser' as const, ID: 'bob' },
          Permission: 'READ' as const,
        })),
      },
    ],
  ])('is malformed with %s', (_, policy) => {
    expect(refusal(() => aclOfPolicy(policy, 'alice', accounts)).code).toBe('MalformedACLError');
  });

  it('shows groups first, ids, display names and addresses, and leaves out a forgotten name', () => {
    const acl: Acl = {
      owner: 'gone',
      grants: [
        { grantee: { account: 'bob' }, permission: 'READ' },
        { grantee: { group: 'AllUsers' }, permission: 'READ_ACP' },
      ],
    };
    expect(policyOfAcl(acl, accounts)).toEqual({
      Owner: { ID: 'gone' },
      Grants: [
        { Grantee: { Type: 'Group', URI: groupUris.AllUsers }, Permission: 'READ_ACP' },
        {
          Grantee: { Type: 'CanonicalUser', ID: 'bob', DisplayName: 'Bob' },
          Permission: 'READ',
        },
      ],
    });
  });

  it('comes back as it was shown', () => {
    const grant: fc.Arbitrary<Grant> = fc.record({
      grantee: fc.oneof(
        fc.constantFrom('alice', 'bob').map((account) => ({ account })),
        fc.constantFrom('AllUsers' as const, 'LogDelivery' as const).map((group) => ({ group })),
      ),
      permission: fc.constantFrom(...permissions),
    });
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 20 }), (grants) => {
        const shown = policyOfAcl({ owner: 'alice', grants }, accounts);
        const acl = aclOfPolicy(shown, 'alice', accounts);
        expect(policyOfAcl(acl, accounts)).toEqual(shown);
        expect(new Set(acl.grants)).toEqual(new Set(grants));
        expect(acl.grants).toHaveLength(grants.length);
      }),
    );
  });
});
