import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Caller } from '../identity/identity.ts';
import type { Acl, Grant, GranteeGroup, Permission } from '../store/records.ts';
import { permissions } from './acl.ts';
import { privateAcl } from './canned-acl.ts';
import { decide, type Question, type Resource } from './decide.ts';

function account(accountId: string, root = false): Caller {
  const details = {
    namespace: 'default',
    number: '0'.repeat(12),
    displayName: accountId,
    email: undefined,
  };
  return { kind: 'account', accessKeyId: 'KEY', account: { accountId, root, ...details } };
}

const anonymous: Caller = { kind: 'anonymous' };
const alice = account('alice');
const bob = account('bob');
const root = account('admin', true);

function ask(caller: Caller, permission: Permission | undefined, resource: Resource): boolean {
  return decide({ caller, action: 's3:Something', permission, resource }).allowed;
}

function acl(owner: string, ...grants: Grant[]): Acl {
  return { owner, grants };
}

function bucketOf(bucket: Acl): Resource {
  return { on: 'bucket', bucket };
}

describe('decide', () => {
  it('gives a private bucket to its owner alone', () => {
    const bucket = bucketOf(privateAcl('alice'));
    expect(ask(alice, 'WRITE', bucket)).toBe(true);
    expect(ask(bob, 'READ', bucket)).toBe(false);
    expect(ask(anonymous, 'READ', bucket)).toBe(false);
  });

  it('lets root do everything, also what no ACL grants', () => {
    expect(ask(root, undefined, bucketOf(acl('alice')))).toBe(true);
    expect(ask(root, 'READ', { on: 'object', bucket: acl('alice'), object: acl('bob') })).toBe(
      true,
    );
  });

  it('leaves an owner every right on a resource whose ACL grants nothing', () => {
    for (const permission of permissions) {
      expect(ask(alice, permission, bucketOf(acl('alice')))).toBe(true);
    }
    expect(ask(alice, undefined, bucketOf(acl('alice')))).toBe(true);
  });

  it('does not let a bucket grant read an object', () => {
    const bucket = acl('alice', { grantee: { group: 'AllUsers' }, permission: 'FULL_CONTROL' });
    expect(ask(bob, 'READ', { on: 'object', bucket, object: privateAcl('alice') })).toBe(false);
    expect(ask(bob, 'READ', bucketOf(bucket))).toBe(true);
  });

  it("does not let the bucket's owner read another account's private object", () => {
    const resource: Resource = {
      on: 'object',
      bucket: privateAcl('alice'),
      object: privateAcl('bob'),
    };
    expect(ask(alice, 'READ', resource)).toBe(false);
    expect(ask(bob, 'READ', resource)).toBe(true);
  });

  it('lets the owner of a bucket alone lock what is in it', () => {
    const resource: Resource = {
      on: 'object',
      bucket: privateAcl('alice'),
      object: privateAcl('bob'),
    };
    for (const action of ['s3:PutObjectRetention', 's3:PutObjectLegalHold']) {
      const locking = { action, permission: undefined, resource };
      expect(decide({ ...locking, caller: bob }).allowed).toBe(false);
      expect(decide({ ...locking, caller: alice }).allowed).toBe(true);
    }
  });

  it('never gives by ACL what no permission stands for', () => {
    const bucket = acl('alice', { grantee: { account: 'bob' }, permission: 'FULL_CONTROL' });
    expect(ask(bob, undefined, bucketOf(bucket))).toBe(false);
  });

  it('covers every account with AuthenticatedUsers, and not the anonymous caller', () => {
    const bucket = bucketOf(
      acl('alice', { grantee: { group: 'AuthenticatedUsers' }, permission: 'READ' }),
    );
    expect(ask(bob, 'READ', bucket)).toBe(true);
    expect(ask(anonymous, 'READ', bucket)).toBe(false);
  });

  it('allows an account to act in its own namespace, and nobody else but root', () => {
    expect(ask(bob, undefined, { on: 'account', namespace: 'default' })).toBe(true);
    expect(ask(anonymous, undefined, { on: 'account', namespace: 'default' })).toBe(false);
    expect(ask(bob, undefined, { on: 'account', namespace: 'elsewhere' })).toBe(false);
    expect(ask(root, undefined, { on: 'account', namespace: 'elsewhere' })).toBe(true);
  });

  it('says why', () => {
    const bucket = acl('alice', { grantee: { group: 'AllUsers' }, permission: 'READ' });
    const question: Question = {
      caller: bob,
      action: 's3:ListBucket',
      permission: 'READ',
      resource: bucketOf(bucket),
    };
    expect(decide(question).reason).toBe("the bucket's ACL grants READ to AllUsers");
    expect(decide({ ...question, permission: 'WRITE', action: 's3:PutObject' }).reason).toBe(
      'nothing gives bob WRITE on the bucket for s3:PutObject',
    );
  });

  it('agrees with a naive reading of the rules on everything', () => {
    const ids = ['alice', 'bob', 'carol'] as const;
    const groups: readonly GranteeGroup[] = ['AllUsers', 'AuthenticatedUsers', 'LogDelivery'];
    const permissionArbitrary = fc.constantFrom(...permissions);
    const grantArbitrary: fc.Arbitrary<Grant> = fc.record({
      grantee: fc.oneof(
        fc.constantFrom(...ids).map((account) => ({ account })),
        fc.constantFrom(...groups).map((group) => ({ group })),
      ),
      permission: permissionArbitrary,
    });
    const aclArbitrary: fc.Arbitrary<Acl> = fc.record({
      owner: fc.constantFrom(...ids),
      grants: fc.array(grantArbitrary, { maxLength: 5 }),
    });
    const resourceArbitrary: fc.Arbitrary<Resource> = fc.oneof(
      fc
        .constantFrom('default', 'elsewhere')
        .map((namespace): Resource => ({ on: 'account', namespace })),
      aclArbitrary.map((bucket): Resource => ({ on: 'bucket', bucket })),
      fc
        .tuple(aclArbitrary, aclArbitrary)
        .map(([bucket, object]): Resource => ({ on: 'object', bucket, object })),
    );
    const callerArbitrary: fc.Arbitrary<Caller> = fc.oneof(
      fc.constant(anonymous),
      fc.constantFrom(...ids).map((id) => account(id)),
      fc.constant(root),
    );

    fc.assert(
      fc.property(
        callerArbitrary,
        fc.option(permissionArbitrary, { nil: undefined }),
        resourceArbitrary,
        (caller, permission, resource) => {
          expect(ask(caller, permission, resource)).toBe(naively(caller, permission, resource));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** The rules once more: expand every ACL into the flat set of rights that somebody has. */
function naively(caller: Caller, permission: Permission | undefined, resource: Resource): boolean {
  const who = caller.kind === 'account' ? caller.account : undefined;
  if (who?.root) return true;
  if (resource.on === 'account') return who?.namespace === resource.namespace;
  const list = resource.on === 'object' ? resource.object : resource.bucket;
  const rights = new Set<string>(list.owner === who?.accountId ? ['owner', ...permissions] : []);
  const names = new Set(
    who === undefined
      ? ['group AllUsers']
      : ['group AllUsers', 'group AuthenticatedUsers', `account ${who.accountId}`],
  );
  for (const { grantee, permission: granted } of list.grants) {
    const name = 'group' in grantee ? `group ${grantee.group}` : `account ${grantee.account}`;
    if (!names.has(name)) continue;
    for (const right of granted === 'FULL_CONTROL' ? permissions : [granted]) rights.add(right);
  }
  return rights.has(permission ?? 'owner');
}
