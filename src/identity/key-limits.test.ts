import { beforeEach, expect, it } from 'vitest';
import { alice, keysOf, openIam, type TestIam } from '../iam/iam.fixture.ts';
import { setKeyLimits } from './key-limits.ts';

let iam: TestIam;
const rate = { requestsPerSecond: 5 };

beforeEach(async () => {
  iam = await openIam();
});

it('a key has the rate that it is given, until it is taken away', async () => {
  const { accessKeyId } = await iam.user('ann');
  expect(iam.directory.accessKey(accessKeyId)?.rate).toBeUndefined();
  expect(await setKeyLimits(iam.directory, accessKeyId, rate)).toBe(true);
  expect(iam.directory.accessKey(accessKeyId)?.rate).toEqual({
    id: `key/${accessKeyId}`,
    limit: rate,
  });
  await setKeyLimits(iam.directory, accessKeyId, undefined);
  expect(iam.directory.accessKey(accessKeyId)?.rate).toBeUndefined();
  expect(await setKeyLimits(iam.directory, 'AKIANOBODY', rate)).toBe(false);
});

it('a key that settings list keeps its rate when they give another secret', async () => {
  await setKeyLimits(iam.directory, `KEY${alice}`, rate);
  const settings = { namespace: 'default', accountId: alice, displayName: alice };
  await iam.directory.ensureAccounts([
    { ...settings, accessKeyId: `KEY${alice}`, secretAccessKey: 'another-secret' },
  ]);
  const holder = iam.directory.accessKey(`KEY${alice}`);
  expect(holder).toMatchObject({ secrets: ['another-secret'], rate: { limit: rate } });
});

it('nobody gets round a key’s rate by sessions, nor by sessions of sessions', async () => {
  const user = await iam.user('ann');
  const trust = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }],
  };
  for (const RoleName of ['one', 'two']) {
    await iam.ask(iam.account(alice), 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: JSON.stringify(trust),
    });
    const policy = { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' };
    await iam.ask(iam.account(alice), 'PutRolePolicy', {
      RoleName,
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [policy] }),
    });
  }
  await iam.allow('ann', ['sts:AssumeRole']);
  const before = keysOf(await iam.ask(user, 'GetSessionToken'));
  await setKeyLimits(iam.directory, user.accessKeyId, rate);
  const role = (name: string) => ({
    RoleArn: `arn:aws:iam::${alice}:role/${name}`,
    RoleSessionName: 'session',
  });
  const first = keysOf(await iam.ask(user, 'AssumeRole', role('one')));
  const second = keysOf(await iam.ask(first, 'AssumeRole', role('two')));
  for (const { sessionToken, accessKeyId } of [before, first, second]) {
    expect(iam.directory.session(sessionToken!, accessKeyId)).toMatchObject({
      rate: { id: `key/${user.accessKeyId}`, limit: rate },
    });
  }
});
