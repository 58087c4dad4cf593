/**
 * What Terraform's AWS provider asks for aws_iam_user, aws_iam_group, aws_iam_policy, aws_iam_role and what hangs on
 * them, in its order, with what it reads of the answers: apply, a plan without changes, a change, destroy. The provider can't
 * be had from a registry that tests use; the calls are those of its source, made with AWS's SDK.
 */
import {
  AddUserToGroupCommand,
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteGroupCommand,
  DeleteLoginProfileCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteUserCommand,
  DetachRolePolicyCommand,
  GetGroupCommand,
  GetLoginProfileCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListAttachedRolePoliciesCommand,
  ListGroupsForUserCommand,
  ListInstanceProfilesForRoleCommand,
  ListMFADevicesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSigningCertificatesCommand,
  ListSSHPublicKeysCommand,
  ListVirtualMFADevicesCommand,
  PutUserPermissionsBoundaryCommand,
  RemoveUserFromGroupCommand,
  SetDefaultPolicyVersionCommand,
  TagUserCommand,
  UntagUserCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateUserCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

let server: RunningServer;
let iam: IAMClient;
let number = '';

beforeAll(async () => {
  server = await startServer();
  const { endpoint } = server;
  const { accessKeyId, secretAccessKey } = main;
  const config = {
    ...{ endpoint, region: 'us-east-1' },
    credentials: { accessKeyId, secretAccessKey },
  };
  iam = new IAMClient(config);
  // The provider asks whose credentials it has before all else.
  const sts = new STSClient(config);
  number = (await sts.send(new GetCallerIdentityCommand())).Account ?? '';
});
afterAll(() => server?.remove());

const policyOf = (statement: object) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', ...statement }] });
const documentOf = (Action: string) => policyOf({ Action, Resource: '*' });
const trusting = (AWS: string) => policyOf({ Action: 'sts:AssumeRole', Principal: { AWS } });
/** By name: the provider takes a thing for gone where an answer is just this error. */
const errorOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'none',
    (error: Error) => error.name,
  );

test('the account is known by its number', () => {
  expect(number).toMatch(/^\d{12}$/);
});

/** What `force_destroy` looks for before a user goes: all but access keys, which Kist has, too. */
async function forceDestroyed(UserName: string): Promise<void> {
  const { MFADevices } = await iam.send(new ListMFADevicesCommand({ UserName }));
  const { VirtualMFADevices } = await iam.send(
    new ListVirtualMFADevicesCommand({ AssignmentStatus: 'Assigned' }),
  );
  const { SSHPublicKeys } = await iam.send(new ListSSHPublicKeysCommand({ UserName }));
  const { Certificates } = await iam.send(new ListSigningCertificatesCommand({ UserName }));
  const { ServiceSpecificCredentials } = await iam.send(
    new ListServiceSpecificCredentialsCommand({ UserName }),
  );
  expect([
    ...[MFADevices, VirtualMFADevices, SSHPublicKeys, Certificates, ServiceSpecificCredentials],
  ]).toEqual([[], [], [], [], []]);
  expect(await errorOf(iam.send(new GetLoginProfileCommand({ UserName })))).toBe(
    'NoSuchEntityException',
  );
  expect(await errorOf(iam.send(new DeleteLoginProfileCommand({ UserName })))).toBe(
    'NoSuchEntityException',
  );
}

test('aws_iam_user, aws_iam_access_key and a group that it is in', async () => {
  const UserName = 'deploy';
  const Tags = [{ Key: 'team', Value: 'web' }];
  expect(await errorOf(iam.send(new GetUserCommand({ UserName })))).toBe('NoSuchEntityException');
  await iam.send(new CreateUserCommand({ UserName, Path: '/', Tags }));
  const read = async () => (await iam.send(new GetUserCommand({ UserName }))).User!;
  const created = await read();
  expect(created).toMatchObject({
    ...{ UserName, Path: '/', Tags },
    Arn: `arn:aws:iam::${number}:user/${UserName}`,
  });
  expect(created.PermissionsBoundary).toBeUndefined();
  // A plan without changes reads the same again.
  expect(await read()).toEqual(created);

  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  const { AccessKeyId } = AccessKey!;
  const { AccessKeyMetadata } = await iam.send(new ListAccessKeysCommand({ UserName }));
  expect(AccessKeyMetadata).toMatchObject([{ AccessKeyId, Status: 'Active', UserName }]);

  const GroupName = 'deployers';
  await iam.send(new CreateGroupCommand({ GroupName, Path: '/' }));
  await iam.send(new AddUserToGroupCommand({ GroupName, UserName }));
  const { Group, Users, IsTruncated } = await iam.send(new GetGroupCommand({ GroupName }));
  expect(Group).toMatchObject({ GroupName, Arn: `arn:aws:iam::${number}:group/${GroupName}` });
  expect(Users).toMatchObject([{ UserName, UserId: created.UserId }]);
  expect(IsTruncated).toBe(false);

  // Another path, another tag, a boundary.
  await iam.send(new UpdateUserCommand({ UserName, NewUserName: UserName, NewPath: '/ci/' }));
  await iam.send(new UntagUserCommand({ UserName, TagKeys: ['team'] }));
  await iam.send(new TagUserCommand({ UserName, Tags: [{ Key: 'owner', Value: 'ann' }] }));
  const PermissionsBoundary = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
  await iam.send(new PutUserPermissionsBoundaryCommand({ UserName, PermissionsBoundary }));
  expect(await read()).toMatchObject({
    ...{ UserId: created.UserId, Path: '/ci/', Tags: [{ Key: 'owner', Value: 'ann' }] },
    PermissionsBoundary: { PermissionsBoundaryArn: PermissionsBoundary },
  });

  expect(await errorOf(iam.send(new DeleteUserCommand({ UserName })))).toBe(
    'DeleteConflictException',
  );
  const { Groups } = await iam.send(new ListGroupsForUserCommand({ UserName }));
  for (const one of Groups!) {
    await iam.send(new RemoveUserFromGroupCommand({ UserName, GroupName: one.GroupName! }));
  }
  await forceDestroyed(UserName);
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: AccessKeyId! }));
  await iam.send(new DeleteUserCommand({ UserName }));
  await iam.send(new DeleteGroupCommand({ GroupName }));
  expect(await errorOf(iam.send(new GetUserCommand({ UserName })))).toBe('NoSuchEntityException');
});

test('aws_iam_policy, whose versions are pruned and made the default in a step of its own', async () => {
  const PolicyName = 'read';
  const made = await iam.send(
    new CreatePolicyCommand({
      ...{ PolicyName, Path: '/', Description: '' },
      PolicyDocument: documentOf('s3:GetObject'),
    }),
  );
  const PolicyArn = made.Policy!.Arn!;
  const read = async () => {
    const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
    const VersionId = Policy!.DefaultVersionId!;
    const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
    return { ...Policy, document: decodeURIComponent(PolicyVersion!.Document!) };
  };
  expect(await read()).toMatchObject({
    ...{ PolicyName, AttachmentCount: 0, document: documentOf('s3:GetObject') },
  });
  const versions = async () =>
    (await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions!;
  for (const action of [
    's3:PutObject',
    's3:DeleteObject',
    's3:GetBucketAcl',
    's3:GetObjectAcl',
    's3:ListBucket',
  ]) {
    const there = await versions();
    if (there.length >= 5) {
      const [oldest] = there
        .filter(({ IsDefaultVersion }) => !IsDefaultVersion)
        .sort((a, b) => a.CreateDate!.getTime() - b.CreateDate!.getTime());
      const { VersionId } = oldest!;
      await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    }
    const { PolicyVersion } = await iam.send(
      new CreatePolicyVersionCommand({
        ...{ PolicyArn, SetAsDefault: false },
        PolicyDocument: documentOf(action),
      }),
    );
    const { VersionId } = PolicyVersion!;
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId }));
    expect((await read()).document).toBe(documentOf(action));
  }
  for (const { VersionId, IsDefaultVersion } of await versions()) {
    if (IsDefaultVersion) continue;
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
  }
  await iam.send(new DeletePolicyCommand({ PolicyArn }));
  expect(await errorOf(iam.send(new ListPolicyVersionsCommand({ PolicyArn })))).toBe(
    'NoSuchEntityException',
  );
});

test('aws_iam_role and aws_iam_role_policy_attachment', async () => {
  const RoleName = 'reader';
  const AssumeRolePolicyDocument = trusting('*');
  await iam.send(
    new CreateRoleCommand({
      ...{ RoleName, Path: '/', AssumeRolePolicyDocument },
      MaxSessionDuration: 3600,
    }),
  );
  const read = async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    return { ...Role, PolicyNames, attached: AttachedPolicies!.map(({ PolicyArn }) => PolicyArn) };
  };
  const created = await read();
  expect(created).toMatchObject({
    ...{ RoleName, MaxSessionDuration: 3600, PolicyNames: [], attached: [] },
    Arn: `arn:aws:iam::${number}:role/${RoleName}`,
  });
  expect(decodeURIComponent(created.AssumeRolePolicyDocument!)).toBe(AssumeRolePolicyDocument);

  const PolicyArn = 'arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess';
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  expect((await read()).attached).toEqual([PolicyArn]);
  const narrower = trusting(`arn:aws:iam::${number}:root`);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: narrower }));
  expect(decodeURIComponent((await read()).AssumeRolePolicyDocument!)).toBe(narrower);

  expect(await errorOf(iam.send(new DeleteRoleCommand({ RoleName })))).toBe(
    'DeleteConflictException',
  );
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  const { InstanceProfiles } = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName }));
  expect(InstanceProfiles).toEqual([]);
  await iam.send(new DeleteRoleCommand({ RoleName }));
  expect(await errorOf(iam.send(new GetRoleCommand({ RoleName })))).toBe('NoSuchEntityException');
});
