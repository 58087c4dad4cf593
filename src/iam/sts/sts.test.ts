import { beforeEach, describe, expect, it } from 'vitest';
import {
  admin,
  alice,
  bob,
  documentOf,
  keysOf,
  openIam,
  type TestIam,
  type TestKeys,
} from '../iam.fixture.ts';

let iam: TestIam;
let root: TestKeys;

beforeEach(async () => {
  iam = await openIam();
  root = iam.account(alice);
});

const trusting = (AWS: string, more = {}) =>
  documentOf({ Effect: 'Allow', Principal: { AWS }, Action: 'sts:AssumeRole', ...more });

async function role(name: string, trust: string, more = {}): Promise<string> {
  const named = { RoleName: name, AssumeRolePolicyDocument: trust, ...more };
  return (await iam.ask(root, 'CreateRole', named)).Role.Arn;
}

const assume = (who: TestKeys, RoleArn: string, more = {}) =>
  iam.ask(who, 'AssumeRole', { RoleArn, RoleSessionName: 'test', ...more });
const assumeRefused = (who: TestKeys, RoleArn: string, more = {}) =>
  iam.refused(who, 'AssumeRole', { RoleArn, RoleSessionName: 'test', ...more });

describe('AssumeRole', () => {
  it('is for whom the trust policy names itself', async () => {
    const ann = await iam.user('ann');
    const ben = await iam.user('ben');
    const arn = await role('r', trusting(`arn:aws:iam::${alice}:user/ann`));
    const session = keysOf(await assume(ann, arn));
    expect(await iam.ask(session, 'GetCallerIdentity')).toMatchObject({
      Account: alice,
      Arn: `arn:aws:sts::${alice}:assumed-role/r/test`,
      UserId: expect.stringMatching(/^AROA\w+:test$/),
    });
    expect(await assumeRefused(ben, arn)).toBe('AccessDenied');
    expect(await assumeRefused(root, arn)).toBe('AccessDenied');
    expect(await assumeRefused(ann, `${arn}x`)).toBe('AccessDenied');
  });

  it('is, where an account is trusted, for those of it whom the account lets', async () => {
    const ann = await iam.user('ann');
    const arn = await role('r', trusting(`arn:aws:iam::${alice}:root`));
    expect(await assumeRefused(ann, arn)).toBe('AccessDenied');
    await iam.allow('ann', ['sts:AssumeRole'], { Resource: `${arn}-other` });
    expect(await assumeRefused(ann, arn)).toBe('AccessDenied');
    await iam.allow('ann', ['sts:AssumeRole'], { Resource: arn });
    await assume(ann, arn);
    await assume(root, arn);
    const visitor = await iam.user('visitor', bob);
    const may = documentOf({ Effect: 'Allow', Action: '*', Resource: '*' });
    const inline = { UserName: 'visitor', PolicyName: 'p', PolicyDocument: may };
    await iam.ask(iam.account(bob), 'PutUserPolicy', inline);
    expect(await assumeRefused(visitor, arn)).toBe('AccessDenied');
    expect(await assumeRefused(iam.account(admin), arn)).toBe('AccessDenied');
  });

  it('takes both accounts to say so across accounts, even of one that is named', async () => {
    const visitor = await iam.user('visitor', bob);
    const arn = await role('r', trusting(`arn:aws:iam::${bob}:user/visitor`));
    expect(await assumeRefused(visitor, arn)).toBe('AccessDenied');
    const may = documentOf({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: arn });
    const inline = { UserName: 'visitor', PolicyName: 'p', PolicyDocument: may };
    await iam.ask(iam.account(bob), 'PutUserPolicy', inline);
    await assume(visitor, arn);
  });

  it('is denied by a policy of either side', async () => {
    const ann = await iam.user('ann');
    const arn = await role('r', trusting(`arn:aws:iam::${alice}:user/ann`));
    await iam.allow('ann', ['sts:AssumeRole'], { Effect: 'Deny' });
    expect(await assumeRefused(ann, arn)).toBe('AccessDenied');
    await iam.allow('ann', ['sts:AssumeRole']);
    await assume(ann, arn);
    const statement = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:*' };
    const trust = documentOf(statement, { ...statement, Effect: 'Deny' });
    await iam.ask(root, 'UpdateAssumeRolePolicy', { RoleName: 'r', PolicyDocument: trust });
    expect(await assumeRefused(ann, arn)).toBe('AccessDenied');
  });

  it('wants the external id and the tags that the trust policy asks for', async () => {
    const condition = (more: object) => ({ Condition: { StringEquals: more } });
    const trust = trusting('*', condition({ 'sts:ExternalId': 'secret-42' }));
    const arn = await role('r', trust);
    expect(await assumeRefused(root, arn)).toBe('AccessDenied');
    expect(await assumeRefused(root, arn, { ExternalId: 'secret-43' })).toBe('AccessDenied');
    await assume(root, arn, { ExternalId: 'secret-42' });
    const tags = { 'Tags.member.1.Key': 'team', 'Tags.member.1.Value': 'a' };
    const tagged = { ...tags, ExternalId: 'secret-42' };
    expect(await assumeRefused(root, arn, tagged)).toBe('AccessDenied');
    const both = { Action: ['sts:AssumeRole', 'sts:TagSession'] };
    const tagging = trusting('*', { ...both, ...condition({ 'aws:RequestTag/team': 'a' }) });
    const taggable = await role('t', tagging);
    expect(await assumeRefused(root, taggable)).toBe('AccessDenied');
    const { accessKeyId, sessionToken } = keysOf(await assume(root, taggable, tags));
    const holder = iam.directory.session(sessionToken!, accessKeyId);
    expect(holder).toMatchObject({ principal: { tags: { team: 'a' } } });
  });

  it('gives a session for as long as the role and the caller allow, and not a moment more', async () => {
    const arn = await role('r', trusting('*'), { MaxSessionDuration: 7200 });
    const lasting = (DurationSeconds: number) => assume(root, arn, { DurationSeconds });
    const { Credentials } = await lasting(7200);
    expect(Credentials.Expiration.getTime()).toBe(iam.now + 7_200_000);
    for (const seconds of [899, 7201]) {
      await expect(lasting(seconds)).rejects.toMatchObject({ code: 'ValidationError' });
    }
    const session = keysOf({ Credentials });
    const chained = { DurationSeconds: 3601 };
    await iam.ask(root, 'AttachRolePolicy', {
      RoleName: 'r',
      PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess',
    });
    expect(await assumeRefused(session, arn, chained)).toBe('ValidationError');
    await assume(session, arn, { DurationSeconds: 3600 });
    const { accessKeyId, sessionToken } = session;
    iam.now += 7_199_999;
    expect(iam.directory.session(sessionToken!, accessKeyId)).toMatchObject({ suspended: false });
    iam.now += 1;
    expect(iam.directory.session(sessionToken!, accessKeyId)).toBe('expired');
  });

  it('narrows a session, never widens it, within what a token can hold', async () => {
    const arn = await role('r', trusting('*'));
    await iam.ask(root, 'PutRolePolicy', {
      RoleName: 'r',
      PolicyName: 'p',
      PolicyDocument: documentOf({ Effect: 'Allow', Action: 'iam:List*', Resource: '*' }),
    });
    const everything = documentOf({ Effect: 'Allow', Action: '*', Resource: '*' });
    const wide = await assume(root, arn, { Policy: everything });
    expect(wide.PackedPolicySize).toBeGreaterThan(0);
    await iam.ask(keysOf(wide), 'ListUsers');
    const made = { UserName: 'x' };
    expect(await iam.refused(keysOf(wide), 'CreateUser', made)).toBe('AccessDenied');
    const one = documentOf({ Effect: 'Allow', Action: 'iam:ListRoles', Resource: '*' });
    const narrow = keysOf(await assume(root, arn, { Policy: one }));
    await iam.ask(narrow, 'ListRoles');
    expect(await iam.refused(narrow, 'ListUsers')).toBe('AccessDenied');
    const byArn = { 'PolicyArns.member.1.arn': 'arn:aws:iam::aws:policy/read_only' };
    expect(await iam.refused(keysOf(await assume(root, arn, byArn)), 'ListUsers')).toBe(
      'AccessDenied',
    );
    const unknown = { 'PolicyArns.member.1.arn': `arn:aws:iam::${bob}:policy/none` };
    expect(await assumeRefused(root, arn, unknown)).toBe('ValidationError');
    expect(await assumeRefused(root, arn, { Policy: '{' })).toBe('MalformedPolicyDocument');
    const statement = {
      Effect: 'Allow',
      Action: 's3:*',
      Resource: `arn:aws:s3:::${'x'.repeat(2048)}`,
    };
    expect(await assumeRefused(root, arn, { Policy: documentOf(statement) })).toBe(
      'ValidationError',
    );
    const tagging = await role('t', trusting('*', { Action: 'sts:*' }));
    const tags = Object.fromEntries(
      Array.from({ length: 20 }, (_, at) => [
        [`Tags.member.${at + 1}.Key`, `key${at}`],
        [`Tags.member.${at + 1}.Value`, 'x'.repeat(256)],
      ]).flat() as [string, string][],
    );
    expect(await assumeRefused(root, tagging, tags)).toBe('PackedPolicyTooLarge');
  });
});

describe('a session', () => {
  it('ends when its role or user does, and with another master key is none', async () => {
    const arn = await role('r', trusting('*'));
    const { accessKeyId, sessionToken } = keysOf(await assume(root, arn));
    expect(iam.directory.session(sessionToken!, accessKeyId)).toBeDefined();
    expect(iam.directory.session(sessionToken!, 'ASIAOTHER')).toBeUndefined();
    for (let at = 0; at < sessionToken!.length; at += 7) {
      const flipped = sessionToken![at] === 'A' ? 'B' : 'A';
      const changed = sessionToken!.slice(0, at) + flipped + sessionToken!.slice(at + 1);
      expect(iam.directory.session(changed, accessKeyId), `${at}`).toBeUndefined();
    }
    await iam.ask(root, 'DeleteRole', { RoleName: 'r' });
    expect(iam.directory.session(sessionToken!, accessKeyId)).toBeUndefined();
    // A role of the same name is another one.
    await role('r', trusting('*'));
    expect(iam.directory.session(sessionToken!, accessKeyId)).toBeUndefined();
  });

  it('of a user is the user, but for identities and further sessions', async () => {
    const ann = await iam.user('ann');
    await iam.allow('ann', ['iam:*', 'sts:*']);
    const session = keysOf(await iam.ask(ann, 'GetSessionToken'));
    const identity = await iam.ask(session, 'GetCallerIdentity');
    expect(identity).toEqual(await iam.ask(ann, 'GetCallerIdentity'));
    expect(await iam.refused(session, 'GetUser')).toBe('AccessDenied');
    expect(await iam.refused(session, 'GetSessionToken')).toBe('AccessDenied');
    expect(await iam.refused(session, 'GetFederationToken', { Name: 'x1' })).toBe('AccessDenied');
    const arn = await role('r', trusting(`arn:aws:iam::${alice}:user/ann`));
    const ofRole = keysOf(await assume(session, arn));
    expect(await iam.refused(ofRole, 'GetSessionToken')).toBe('AccessDenied');
  });

  it('of the account lasts an hour at most', async () => {
    const { Credentials } = await iam.ask(root, 'GetSessionToken');
    expect(Credentials.Expiration.getTime()).toBe(iam.now + 3_600_000);
    expect(await iam.refused(root, 'GetSessionToken', { DurationSeconds: 3601 })).toBe(
      'ValidationError',
    );
    const session = keysOf({ Credentials });
    expect((await iam.ask(session, 'GetCallerIdentity')).Arn).toBe(`arn:aws:iam::${alice}:root`);
    expect(await iam.refused(session, 'CreateUser', { UserName: 'x' })).toBe('AccessDenied');
  });

  it("of somebody in a user's name may what both the user and its policy say, or nothing", async () => {
    const ann = await iam.user('ann');
    const named = { Name: 'carol' };
    expect(await iam.refused(ann, 'GetFederationToken', named)).toBe('AccessDenied');
    await iam.allow('ann', ['sts:GetFederationToken', 's3:*']);
    const principalOf = async (more = {}) => {
      const keys = keysOf(await iam.ask(ann, 'GetFederationToken', { ...named, ...more }));
      const holder = iam.directory.session(keys.sessionToken!, keys.accessKeyId);
      if (holder === undefined || holder === 'expired') throw new Error('there is no session');
      return { keys, principal: holder.principal! };
    };
    const { keys, principal } = await principalOf();
    expect(principal).toMatchObject({ kind: 'federated', session: [] });
    expect((await iam.ask(keys, 'GetCallerIdentity')).UserId).toBe(`${alice}:carol`);
    expect(await iam.refused(keys, 'ListUsers')).toBe('AccessDenied');
    const arn = await role('r', trusting('*'));
    expect(await assumeRefused(keys, arn)).toBe('AccessDenied');
    const Policy = documentOf({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
    expect((await principalOf({ Policy })).principal.session).toHaveLength(1);
  });
});

describe('what has no effect here', () => {
  it.each(['SerialNumber', 'TokenCode', 'SourceIdentity', 'MinimumSessionTokenSize'])(
    'is refused by name: %s',
    async (name) => {
      const arn = await role('r', trusting('*'));
      const value = name === 'MinimumSessionTokenSize' ? 1 : 'x';
      expect(await assumeRefused(root, arn, { [name]: value })).toBe('NotImplemented');
    },
  );
});

describe('trust policies', () => {
  it.each([
    ['a resource', { Resource: '*' }],
    ['an action of another service', { Action: 's3:GetObject' }],
    ['all actions but some', { Action: undefined, NotAction: 'sts:AssumeRole' }],
    ['nobody', { Principal: undefined }],
  ])('are refused with %s', async (_, more) => {
    const named = { RoleName: 'r', AssumeRolePolicyDocument: trusting('*', more) };
    expect(await iam.refused(root, 'CreateRole', named)).toBe('MalformedPolicyDocument');
  });
});
