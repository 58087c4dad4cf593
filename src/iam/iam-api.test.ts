import { beforeEach, describe, expect, it } from 'vitest';
import { alice, bob, documentOf, openIam, type TestIam, type TestKeys } from './iam.fixture.ts';

let iam: TestIam;
let root: TestKeys;

beforeEach(async () => {
  iam = await openIam();
  root = iam.account(alice);
});

const ask = (action: string, parameters = {}) => iam.ask(root, action, parameters);
const refused = (action: string, parameters = {}) => iam.refused(root, action, parameters);
const everything = documentOf({ Effect: 'Allow', Action: '*', Resource: '*' });
const reading = documentOf({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });

describe('users', () => {
  it('have names that are unique whatever their case, each in its account', async () => {
    await ask('CreateUser', { UserName: 'Ann' });
    expect(await refused('CreateUser', { UserName: 'ANN' })).toBe('EntityAlreadyExists');
    await iam.ask(iam.account(bob), 'CreateUser', { UserName: 'Ann' });
    expect((await ask('ListUsers')).Users).toHaveLength(1);
    await ask('UpdateUser', { UserName: 'ann', NewUserName: 'ANN' });
    expect((await ask('GetUser', { UserName: 'ann' })).User.UserName).toBe('ANN');
    await ask('CreateUser', { UserName: 'ben' });
    expect(await refused('UpdateUser', { UserName: 'ben', NewUserName: 'ann' })).toBe(
      'EntityAlreadyExists',
    );
  });

  it.each([
    ['a name with a slash', { UserName: 'a/b' }],
    ['a name of nothing', { UserName: '' }],
    ['a name that is too long', { UserName: 'a'.repeat(65) }],
    ['a path that is none', { UserName: 'a', Path: 'x' }],
    ['a tag of nothing', { UserName: 'a', 'Tags.member.1.Key': '', 'Tags.member.1.Value': '' }],
    ["a tag of AWS's", { UserName: 'a', 'Tags.member.1.Key': 'aws:x', 'Tags.member.1.Value': '' }],
  ])('are not made with %s', async (_, parameters) => {
    expect(await refused('CreateUser', parameters)).toMatch(/^(ValidationError|InvalidInput)$/);
  });

  it('are named as objects are in JavaScript without harm', async () => {
    for (const UserName of ['__proto__', 'constructor']) {
      expect(await refused('GetUser', { UserName })).toBe('NoSuchEntity');
      await ask('CreateUser', { UserName });
      expect(await refused('GetUserPolicy', { UserName, PolicyName: 'toString' })).toBe(
        'NoSuchEntity',
      );
      const named = { UserName, PolicyName: '__proto__' };
      await ask('PutUserPolicy', { ...named, PolicyDocument: reading });
      const { PolicyDocument } = await ask('GetUserPolicy', named);
      expect(decodeURIComponent(PolicyDocument)).toBe(reading);
    }
  });

  it('keep their keys, groups and policies under another name', async () => {
    const ann = await iam.user('ann');
    await iam.allow('ann', ['iam:GetUser']);
    const { User } = await iam.ask(ann, 'GetUser');
    await ask('UpdateUser', { UserName: 'ann', NewUserName: 'anna', NewPath: '/staff/' });
    const renamed = await iam.ask(ann, 'GetUser');
    expect(renamed.User).toMatchObject({ UserId: User.UserId, UserName: 'anna' });
    expect(renamed.User.Arn).toBe(`arn:aws:iam::${alice}:user/staff/anna`);
  });

  it('are deleted when nothing of theirs is left, and their keys with them', async () => {
    const { accessKeyId } = await iam.user('ann');
    await iam.allow('ann', ['*']);
    await ask('CreateGroup', { GroupName: 'staff' });
    await ask('AddUserToGroup', { GroupName: 'staff', UserName: 'ann' });
    const PolicyArn = 'arn:aws:iam::aws:policy/owner';
    await ask('AttachUserPolicy', { UserName: 'ann', PolicyArn });
    for (const [action, parameters] of [
      ['DeleteAccessKey', { AccessKeyId: accessKeyId }],
      ['DeleteUserPolicy', { PolicyName: 'allowed' }],
      ['DetachUserPolicy', { PolicyArn }],
      ['RemoveUserFromGroup', { GroupName: 'staff' }],
    ] as const) {
      expect(await refused('DeleteUser', { UserName: 'ann' })).toBe('DeleteConflict');
      await ask(action, { UserName: 'ann', ...parameters });
    }
    await ask('DeleteUser', { UserName: 'ann' });
    expect(await refused('DeleteUser', { UserName: 'ann' })).toBe('NoSuchEntity');
  });

  it('come in pages, in the order of their names', async () => {
    for (const UserName of ['b', 'A', 'd', 'c']) await ask('CreateUser', { UserName });
    const names: string[] = [];
    let Marker: string | undefined;
    do {
      const page = await ask('ListUsers', { MaxItems: 3, ...(Marker && { Marker }) });
      names.push(...page.Users.map(({ UserName }: { UserName: string }) => UserName));
      Marker = page.Marker;
      expect(page.IsTruncated).toBe(Marker !== undefined);
    } while (Marker !== undefined);
    expect(names).toEqual(['A', 'b', 'c', 'd']);
    expect(await refused('ListUsers', { MaxItems: 0 })).toBe('ValidationError');
    expect(await refused('ListUsers', { Marker: '!' })).toBe('ValidationError');
  });
});

describe('policies', () => {
  const create = async (PolicyName: string, PolicyDocument = reading) =>
    (await ask('CreatePolicy', { PolicyName, PolicyDocument })).Policy.Arn as string;

  it('are attached to users, groups and roles, and counted', async () => {
    const PolicyArn = await create('p');
    await iam.user('ann');
    await ask('CreateGroup', { GroupName: 'g' });
    await ask('AttachUserPolicy', { UserName: 'ann', PolicyArn });
    await ask('AttachUserPolicy', { UserName: 'ann', PolicyArn });
    await ask('AttachGroupPolicy', { GroupName: 'g', PolicyArn });
    await ask('PutUserPermissionsBoundary', { UserName: 'ann', PermissionsBoundary: PolicyArn });
    expect((await ask('GetPolicy', { PolicyArn })).Policy).toMatchObject({
      AttachmentCount: 2,
      PermissionsBoundaryUsageCount: 1,
    });
    const local = await ask('ListPolicies', { Scope: 'Local', OnlyAttached: 'true' });
    expect(local.Policies).toHaveLength(1);
    await ask('DetachUserPolicy', { UserName: 'ann', PolicyArn });
    expect(await refused('DetachUserPolicy', { UserName: 'ann', PolicyArn })).toBe('NoSuchEntity');
    await ask('DetachGroupPolicy', { GroupName: 'g', PolicyArn });
    expect(await refused('DeletePolicy', { PolicyArn })).toBe('DeleteConflict');
    await ask('DeleteUserPermissionsBoundary', { UserName: 'ann' });
    await ask('DeletePolicy', { PolicyArn });
    expect(await refused('GetPolicy', { PolicyArn })).toBe('NoSuchEntity');
  });

  it('have five versions at most, of which one is in force', async () => {
    const PolicyArn = await create('p');
    const version = (more = {}) =>
      ask('CreatePolicyVersion', { PolicyArn, PolicyDocument: everything, ...more });
    expect((await version({ SetAsDefault: 'true' })).PolicyVersion).toMatchObject({
      VersionId: 'v2',
      IsDefaultVersion: true,
    });
    for (let more = 0; more < 3; more++) await version();
    await expect(version()).rejects.toMatchObject({ code: 'LimitExceeded' });
    expect(await refused('DeletePolicyVersion', { PolicyArn, VersionId: 'v2' })).toBe(
      'DeleteConflict',
    );
    await ask('DeletePolicyVersion', { PolicyArn, VersionId: 'v5' });
    // Numbers are not given again.
    expect((await version()).PolicyVersion.VersionId).toBe('v6');
    await ask('SetDefaultPolicyVersion', { PolicyArn, VersionId: 'v1' });
    const { Versions } = await ask('ListPolicyVersions', { PolicyArn });
    expect(Versions.map((one: { VersionId: string }) => one.VersionId)).toEqual([
      ...['v6', 'v4', 'v3', 'v2', 'v1'],
    ]);
    const shown = await ask('GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
    expect(decodeURIComponent(shown.PolicyVersion.Document)).toBe(reading);
  });

  it('that are ready-made are for everybody, and changed by nobody', async () => {
    const PolicyArn = 'arn:aws:iam::aws:policy/read_only';
    expect((await ask('GetPolicy', { PolicyArn })).Policy.PolicyName).toBe('read_only');
    for (const action of ['DeletePolicy', 'CreatePolicyVersion', 'TagPolicy']) {
      const more =
        action === 'TagPolicy'
          ? { 'Tags.member.1.Key': 'k', 'Tags.member.1.Value': 'v' }
          : action === 'DeletePolicy'
            ? {}
            : { PolicyDocument: reading };
      expect(await refused(action, { PolicyArn, ...more }), action).toBe('AccessDenied');
    }
  });

  it('of other accounts are not there', async () => {
    const PolicyArn = await create('p');
    const stranger = iam.account(bob);
    await iam.ask(stranger, 'CreateUser', { UserName: 'ann' });
    expect(await iam.refused(stranger, 'GetPolicy', { PolicyArn })).toBe('NoSuchEntity');
    expect(await iam.refused(stranger, 'AttachUserPolicy', { UserName: 'ann', PolicyArn })).toBe(
      'NoSuchEntity',
    );
    const bound = { UserName: 'ann', PermissionsBoundary: PolicyArn };
    expect(await iam.refused(stranger, 'PutUserPermissionsBoundary', bound)).toBe('NoSuchEntity');
    expect((await iam.ask(stranger, 'ListPolicies', { Scope: 'Local' })).Policies).toEqual([]);
  });

  it('are refused where they cannot be, or are too long', async () => {
    const put = (PolicyDocument: string) =>
      refused('PutUserPolicy', { UserName: 'ann', PolicyName: 'p', PolicyDocument });
    await iam.user('ann');
    expect(await put('{')).toBe('MalformedPolicyDocument');
    expect(await put(documentOf({ Effect: 'Allow', Action: 'x', Resource: '*' }))).toBe(
      'MalformedPolicyDocument',
    );
    const long = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/' };
    const sized = (chars: number) =>
      documentOf({ ...long, Resource: `${long.Resource}${'x'.repeat(chars)}` });
    expect(await put(sized(2048))).toBe('LimitExceeded');
    // All of one user together.
    const half = { UserName: 'ann', PolicyDocument: ` ${sized(1000)} \n` };
    await ask('PutUserPolicy', { ...half, PolicyName: 'one' });
    await ask('PutUserPolicy', { ...half, PolicyName: 'one' });
    expect(await refused('PutUserPolicy', { ...half, PolicyName: 'two' })).toBe('LimitExceeded');
    expect((await ask('ListUserPolicies', { UserName: 'ann' })).PolicyNames).toEqual(['one']);
  });
});

describe('access keys', () => {
  it('have a secret that is told once and kept sealed', async () => {
    await ask('CreateUser', { UserName: 'ann' });
    const { AccessKey } = await ask('CreateAccessKey', { UserName: 'ann' });
    const { AccessKeyId, SecretAccessKey } = AccessKey;
    expect(SecretAccessKey).toMatch(/^[A-Za-z0-9+/]{40}$/);
    expect(iam.directory.accessKey(AccessKeyId)?.secrets).toEqual([SecretAccessKey]);
    const { keys } = await iam.directory.current();
    expect(JSON.stringify(keys.get(AccessKeyId))).not.toContain(SecretAccessKey);
    expect(JSON.stringify(await ask('ListAccessKeys', { UserName: 'ann' }))).not.toContain(
      SecretAccessKey,
    );
  });

  it('of the account are its own; those that settings give are changed there alone', async () => {
    const { AccessKey } = await ask('CreateAccessKey');
    const { AccessKeyMetadata } = await ask('ListAccessKeys');
    expect(AccessKeyMetadata).toHaveLength(2);
    const own = { AccessKeyId: AccessKey.AccessKeyId };
    await ask('UpdateAccessKey', { ...own, Status: 'Inactive' });
    expect(iam.directory.accessKey(own.AccessKeyId)).toBeUndefined();
    await ask('UpdateAccessKey', { ...own, Status: 'Active' });
    expect(iam.directory.accessKey(own.AccessKeyId)?.principal).toBeUndefined();
    await ask('DeleteAccessKey', own);
    const configured = { AccessKeyId: root.accessKeyId };
    expect(await refused('DeleteAccessKey', configured)).toBe('UnmodifiableEntity');
    const inactive = { ...configured, Status: 'Inactive' };
    expect(await refused('UpdateAccessKey', inactive)).toBe('UnmodifiableEntity');
  });

  it('of others are not there', async () => {
    const ann = await iam.user('ann');
    await ask('CreateUser', { UserName: 'ben' });
    const hers = { AccessKeyId: ann.accessKeyId };
    expect(await refused('DeleteAccessKey', { ...hers, UserName: 'ben' })).toBe('NoSuchEntity');
    expect(await refused('DeleteAccessKey', hers)).toBe('NoSuchEntity');
    expect(await iam.refused(iam.account(bob), 'DeleteAccessKey', hers)).toBe('NoSuchEntity');
  });
});

describe('rights', () => {
  it('are needed for each operation, on whom it is about', async () => {
    const ann = await iam.user('ann');
    await iam.user('ben');
    expect(await iam.refused(ann, 'ListUsers')).toBe('AccessDenied');
    expect(await iam.refused(ann, 'GetUser', { UserName: 'ben' })).toBe('AccessDenied');
    // Whether there is one, only those learn who may.
    expect(await iam.refused(ann, 'GetUser', { UserName: 'nobody' })).toBe('AccessDenied');
    const Resource = `arn:aws:iam::${alice}:user/ann`;
    await iam.allow('ann', ['iam:*'], { Resource });
    expect((await iam.ask(ann, 'GetUser')).User.UserName).toBe('ann');
    expect(await iam.refused(ann, 'GetUser', { UserName: 'ben' })).toBe('AccessDenied');
    expect(await iam.refused(ann, 'ListUsers')).toBe('AccessDenied');
  });

  it('to make users can be given with a boundary that these must have', async () => {
    const boundary = 'arn:aws:iam::aws:policy/read_only';
    const ann = await iam.user('ann');
    await iam.allow('ann', ['iam:CreateUser', 'iam:PutUserPolicy'], {
      Condition: { StringEquals: { 'iam:PermissionsBoundary': boundary } },
    });
    const made = { UserName: 'made' };
    expect(await iam.refused(ann, 'CreateUser', made)).toBe('AccessDenied');
    const other = { ...made, PermissionsBoundary: 'arn:aws:iam::aws:policy/owner' };
    expect(await iam.refused(ann, 'CreateUser', other)).toBe('AccessDenied');
    await iam.ask(ann, 'CreateUser', { ...made, PermissionsBoundary: boundary });
    const inline = { PolicyName: 'p', PolicyDocument: everything };
    await iam.ask(ann, 'PutUserPolicy', { ...made, ...inline });
    const own = { UserName: 'ann', ...inline };
    expect(await iam.refused(ann, 'PutUserPolicy', own)).toBe('AccessDenied');
  });

  it('can hang on the policy that is attached, and on tags', async () => {
    const ann = await iam.user('ann');
    await ask('CreateUser', {
      UserName: 'ben',
      'Tags.member.1.Key': 'team',
      'Tags.member.1.Value': 'a',
    });
    await iam.allow('ann', ['iam:*'], {
      Condition: {
        StringEqualsIfExists: {
          'iam:PolicyARN': 'arn:aws:iam::aws:policy/read_only',
          'aws:ResourceTag/team': 'a',
        },
        StringLikeIfExists: { 'aws:TagKeys': 'team' },
      },
    });
    const attach = (name: string) => ({
      UserName: 'ben',
      PolicyArn: `arn:aws:iam::aws:policy/${name}`,
    });
    await iam.ask(ann, 'AttachUserPolicy', attach('read_only'));
    expect(await iam.refused(ann, 'AttachUserPolicy', attach('owner'))).toBe('AccessDenied');
    const tag = { UserName: 'ben', 'Tags.member.1.Key': 'other', 'Tags.member.1.Value': 'a' };
    expect(await iam.refused(ann, 'TagUser', tag)).toBe('AccessDenied');
  });
});

describe('changes at once', () => {
  it('never give one name to two, nor lose one of many', async () => {
    const tried = await Promise.allSettled(
      Array.from({ length: 8 }, () => ask('CreateUser', { UserName: 'same' })),
    );
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await ask('CreateGroup', { GroupName: 'g' });
    await Promise.all([
      ask('TagUser', { UserName: 'same', 'Tags.member.1.Key': 'a', 'Tags.member.1.Value': '1' }),
      ask('AddUserToGroup', { GroupName: 'g', UserName: 'same' }),
      ask('PutUserPolicy', { UserName: 'same', PolicyName: 'p', PolicyDocument: reading }),
    ]);
    expect((await ask('ListUserTags', { UserName: 'same' })).Tags).toHaveLength(1);
    expect((await ask('ListGroupsForUser', { UserName: 'same' })).Groups).toHaveLength(1);
    expect((await ask('ListUserPolicies', { UserName: 'same' })).PolicyNames).toEqual(['p']);
  });
});
