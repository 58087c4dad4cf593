/** Users, groups, policies, roles, keys and sessions with the aws command line against the real server. */
import { createHash } from 'node:crypto';
import {
  CreateAccessKeyCommand,
  DeleteAccessKeyCommand,
  IAMClient,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alt, main, type TestAccount, tenant } from '../support/accounts.ts';
import { aws as awsAt, awsRefusal, type Keys } from '../support/aws-cli.ts';
import { codeOf, s3Client } from '../support/s3-client.ts';
import { signedV4 } from '../support/signed-request.ts';
import { type RunningServer, startServer, until } from '../support/start-server.ts';

const bucket = 'shared-docs';
let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
  await aws(main, 's3', 'mb', `s3://${bucket}`);
});
afterAll(() => server?.remove());

const aws = (keys: Keys, ...args: string[]) => awsAt(server.endpoint, keys, ...args);
const iam = (...args: string[]) => aws(main, 'iam', ...args);
const sts = (keys: Keys, ...args: string[]) => aws(keys, 'sts', ...args);
const refusal = (keys: Keys, ...args: string[]) => awsRefusal(server.endpoint, keys, ...args);

const clientOf = ({ accessKeyId, secretAccessKey, sessionToken }: Keys) =>
  s3Client(server.endpoint, main, {
    credentials: {
      accessKeyId,
      secretAccessKey,
      ...(sessionToken !== undefined && { sessionToken }),
    },
  });

const put = (keys: Keys, Key: string) =>
  clientOf(keys).send(new PutObjectCommand({ Bucket: bucket, Key, Body: 'text' }));
const get = (keys: Keys, Key: string) =>
  clientOf(keys).send(new GetObjectCommand({ Bucket: bucket, Key }));

/** Other processes of the server see a change within a second. */
const soon = (met: () => Promise<boolean>, what: string) => until(met, what, 10_000);
const isAllowed = (request: () => Promise<unknown>) => () =>
  request().then(
    () => true,
    () => false,
  );

const policy = (...statements: object[]) =>
  JSON.stringify({ Version: '2012-10-17', Statement: statements });
const onDocs = { Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`] };
const reading = policy({ Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], ...onDocs });

async function newKey(user: string): Promise<Keys> {
  const { AccessKey } = await iam('create-access-key', '--user-name', user);
  expect(AccessKey).toMatchObject({ UserName: user, Status: 'Active' });
  return { accessKeyId: AccessKey.AccessKeyId, secretAccessKey: AccessKey.SecretAccessKey };
}

function session(answer: { Credentials: Record<string, string> }): Keys {
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials;
  return {
    accessKeyId: AccessKeyId!,
    secretAccessKey: SecretAccessKey!,
    sessionToken: SessionToken!,
  };
}

async function numberOf(account: TestAccount): Promise<string> {
  return (await sts(account, 'get-caller-identity')).Account;
}

describe('a user', () => {
  test('is made, shown, listed in pages, renamed and deleted', async () => {
    const number = await numberOf(main);
    const made = await iam(
      ...['create-user', '--user-name', 'Zoe', '--path', '/staff/'],
      ...['--tags', 'Key=team,Value=a b', 'Key=äö,Value='],
    );
    expect(made.User).toMatchObject({
      Path: '/staff/',
      UserName: 'Zoe',
      UserId: expect.stringMatching(/^AIDA/),
      Arn: `arn:aws:iam::${number}:user/staff/Zoe`,
      Tags: [
        { Key: 'team', Value: 'a b' },
        { Key: 'äö', Value: '' },
      ],
    });
    expect(await iam('get-user', '--user-name', 'Zoe')).toEqual(made);
    expect(await refusal(main, 'iam', 'create-user', '--user-name', 'zoe')).toBe(
      'EntityAlreadyExists',
    );
    await iam('create-user', '--user-name', 'yann');
    const listed = await iam('list-users', '--page-size', '1');
    expect(listed.Users.map(({ UserName }: { UserName: string }) => UserName)).toEqual([
      'yann',
      'Zoe',
    ]);
    await iam('update-user', '--user-name', 'Zoe', '--new-user-name', 'Zoe2');
    expect((await iam('get-user', '--user-name', 'Zoe2')).User.UserId).toBe(made.User.UserId);
    for (const name of ['Zoe2', 'yann']) await iam('delete-user', '--user-name', name);
    expect(await refusal(main, 'iam', 'get-user', '--user-name', 'Zoe2')).toBe('NoSuchEntity');
  });

  test('may nothing at first, and what a policy on it or its group lets it, with its own key', async () => {
    await iam('create-user', '--user-name', 'ann');
    const ann = await newKey('ann');
    await put(main, 'a');
    expect(await codeOf(get(ann, 'a'))).toBe('403 AccessDenied');

    const { Policy } = await iam(
      ...['create-policy', '--policy-name', 'readers', '--policy-document', reading],
    );
    await iam('create-group', '--group-name', 'staff');
    await iam('add-user-to-group', '--group-name', 'staff', '--user-name', 'ann');
    await iam('attach-group-policy', '--group-name', 'staff', '--policy-arn', Policy.Arn);
    await soon(
      isAllowed(() => get(ann, 'a')),
      'ann may read',
    );
    expect(await codeOf(put(ann, 'b'))).toBe('403 AccessDenied');

    const denial = policy({ Effect: 'Deny', Action: 's3:GetObject', Resource: '*' });
    await iam(
      ...['put-user-policy', '--user-name', 'ann', '--policy-name', 'no'],
      ...['--policy-document', denial],
    );
    const isRefused = async () => !(await isAllowed(() => get(ann, 'a'))());
    await soon(isRefused, 'ann may not read');
    const shown = await iam('get-user-policy', '--user-name', 'ann', '--policy-name', 'no');
    expect(shown.PolicyDocument).toEqual(JSON.parse(denial));
    expect((await iam('get-group', '--group-name', 'staff')).Users).toHaveLength(1);
    expect((await iam('list-groups-for-user', '--user-name', 'ann')).Groups[0].GroupName).toBe(
      'staff',
    );
    expect(
      (await iam('list-entities-for-policy', '--policy-arn', Policy.Arn)).PolicyGroups,
    ).toHaveLength(1);
    expect(await refusal(main, 'iam', 'delete-user', '--user-name', 'ann')).toBe('DeleteConflict');
    expect(await refusal(main, 'iam', 'delete-policy', '--policy-arn', Policy.Arn)).toBe(
      'DeleteConflict',
    );
  });

  test('sees and changes identities where a policy lets it, and nothing of other accounts', async () => {
    await iam('create-user', '--user-name', 'admin');
    const admin = await newKey('admin');
    expect(await refusal(admin, 'iam', 'list-users')).toBe('AccessDenied');
    await iam(
      ...['attach-user-policy', '--user-name', 'admin'],
      ...['--policy-arn', 'arn:aws:iam::aws:policy/IAMFullAccess'],
    );
    await aws(admin, 'iam', 'create-user', '--user-name', 'made-by-admin');
    expect((await aws(admin, 'iam', 'get-user')).User.UserName).toBe('admin');
    expect(await codeOf(get(admin, 'a'))).toBe('403 AccessDenied');
    for (const stranger of [alt, tenant]) {
      expect(await aws(stranger, 'iam', 'list-users')).toEqual({ Users: [] });
      expect(await refusal(stranger, 'iam', 'get-user', '--user-name', 'admin')).toBe(
        'NoSuchEntity',
      );
    }
    await aws(tenant, 'iam', 'create-user', '--user-name', 'admin');
    expect((await aws(tenant, 'iam', 'list-users')).Users).toHaveLength(1);
  });

  test('gives access keys new ones take over from, without a request that fails', async () => {
    await iam('create-user', '--user-name', 'rotating');
    const grant = 'arn:aws:iam::aws:policy/read_write';
    await iam('attach-user-policy', '--user-name', 'rotating', '--policy-arn', grant);
    let keys = await newKey('rotating');
    await soon(
      isAllowed(() => put(keys, 'rotated')),
      'the first key is good',
    );

    const failures: unknown[] = [];
    let requests = 0;
    let isOver = false;
    const workers = 3;
    const load = Array.from({ length: workers }, async () => {
      while (!isOver) {
        await put(keys, 'rotated').catch((error: unknown) => failures.push(error));
        requests++;
      }
    });
    const client = new IAMClient({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: main,
    });
    for (let round = 0; round < 5; round++) {
      const { accessKeyId: old } = keys;
      const { AccessKey } = await client.send(new CreateAccessKeyCommand({ UserName: 'rotating' }));
      keys = {
        accessKeyId: AccessKey!.AccessKeyId!,
        secretAccessKey: AccessKey!.SecretAccessKey!,
      };
      const enough = requests + 2 * workers;
      await until(() => requests > enough, 'what was signed with the old key is over');
      const named = { UserName: 'rotating', AccessKeyId: old };
      await client.send(new UpdateAccessKeyCommand({ ...named, Status: 'Inactive' }));
      await client.send(new DeleteAccessKeyCommand(named));
    }
    client.destroy();
    isOver = true;
    await Promise.all(load);
    expect(failures).toEqual([]);
    expect(requests).toBeGreaterThan(30);
    const { AccessKeyMetadata } = await iam('list-access-keys', '--user-name', 'rotating');
    expect(AccessKeyMetadata.map((key: { AccessKeyId: string }) => key.AccessKeyId)).toEqual([
      keys.accessKeyId,
    ]);
  });

  test('has two access keys at most, of which one that is inactive or deleted is no good', async () => {
    await iam('create-user', '--user-name', 'two-keys');
    const [one, other] = [await newKey('two-keys'), await newKey('two-keys')];
    expect(await refusal(main, 'iam', 'create-access-key', '--user-name', 'two-keys')).toBe(
      'LimitExceeded',
    );
    const named = ['--user-name', 'two-keys', '--access-key-id', one.accessKeyId];
    await iam('update-access-key', ...named, '--status', 'Inactive');
    const isNoGood = async (keys: Keys) =>
      (await codeOf(get(keys, 'a'))) === '403 InvalidAccessKeyId';
    await soon(() => isNoGood(one), 'the inactive key is refused');
    expect(await codeOf(get(other, 'a'))).toBe('403 AccessDenied');
    await iam(
      'delete-access-key',
      ...['--user-name', 'two-keys', '--access-key-id', other.accessKeyId],
    );
    await soon(() => isNoGood(other), 'the deleted key is refused');
    expect(await refusal(one, 'sts', 'get-caller-identity')).toBe('InvalidClientTokenId');
  });
});

describe('a role', () => {
  let number: string;
  let bob: Keys;

  beforeAll(async () => {
    number = await numberOf(main);
    await iam('create-user', '--user-name', 'bob');
    bob = await newKey('bob');
    const trust = policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${number}:user/bob` },
      Action: 'sts:AssumeRole',
    });
    await iam(
      ...['create-role', '--role-name', 'writer', '--assume-role-policy-document', trust],
      ...['--description', 'Writes'],
    );
    await iam(
      ...['attach-role-policy', '--role-name', 'writer'],
      ...['--policy-arn', 'arn:aws:iam::aws:policy/read_write'],
    );
  });

  const assume = (keys: Keys, role: string, ...args: string[]) =>
    sts(
      keys,
      ...['assume-role', '--role-arn', `arn:aws:iam::${number}:role/${role}`],
      ...['--role-session-name', 'tests', ...args],
    );
  const assumeRefused = (keys: Keys, role: string, ...args: string[]) =>
    refusal(
      keys,
      ...['sts', 'assume-role', '--role-arn', `arn:aws:iam::${number}:role/${role}`],
      ...['--role-session-name', 'tests', ...args],
    );

  test('is assumed by whom it trusts; its session signs requests and URLs', async () => {
    const answer = await assume(bob, 'writer');
    expect(answer.AssumedRoleUser.Arn).toBe(`arn:aws:sts::${number}:assumed-role/writer/tests`);
    const keys = session(answer);
    expect((await sts(keys, 'get-caller-identity')).Arn).toBe(answer.AssumedRoleUser.Arn);
    await soon(
      isAllowed(() => put(keys, 'by-role')),
      'the session may write',
    );
    const command = new GetObjectCommand({ Bucket: bucket, Key: 'by-role' });
    const url = await getSignedUrl(clientOf(keys), command, { expiresIn: 60 });
    expect(url).toContain('X-Amz-Security-Token=');
    expect(await (await fetch(url)).text()).toBe('text');
    expect((await fetch(url.replace(/(X-Amz-Security-Token=[^&]{40})./, '$10'))).status).not.toBe(
      200,
    );
    const { sessionToken: _, ...bare } = keys;
    expect(await codeOf(get(bare, 'by-role'))).toBe('403 InvalidAccessKeyId');
    const other = session(await assume(bob, 'writer'));
    expect(await codeOf(get({ ...keys, sessionToken: other.sessionToken! }, 'by-role'))).toMatch(
      /^4\d\d InvalidToken$/,
    );
  });

  test('narrows its session to a session policy', async () => {
    const only = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
    const answer = await assume(bob, 'writer', '--policy', only, '--duration-seconds', '900');
    expect(answer.PackedPolicySize).toBeGreaterThan(0);
    const keys = session(answer);
    await soon(
      isAllowed(() => get(keys, 'a')),
      'the session may read',
    );
    expect(await codeOf(put(keys, 'b'))).toBe('403 AccessDenied');
  });

  test('is not assumed by others, nor for longer than it may', async () => {
    await iam('create-user', '--user-name', 'eve');
    const eve = await newKey('eve');
    expect(await assumeRefused(eve, 'writer')).toBe('AccessDenied');
    expect(await assumeRefused(bob, 'nothing')).toBe('AccessDenied');
    expect(await assumeRefused(alt, 'writer')).toBe('AccessDenied');
    expect(await assumeRefused(bob, 'writer', '--duration-seconds', '3601')).toBe(
      'ValidationError',
    );
    expect(await assumeRefused(bob, 'writer', '--source-identity', 'x1')).toBe('NotImplemented');
  });

  test('is assumed from another account with the external id that it asks for', async () => {
    const other = await numberOf(alt);
    const trust = policy({
      Effect: 'Allow',
      Principal: { AWS: `arn:aws:iam::${other}:root` },
      Action: 'sts:AssumeRole',
      Condition: { StringEquals: { 'sts:ExternalId': 'ticket-42' } },
    });
    await iam('create-role', '--role-name', 'guest', '--assume-role-policy-document', trust);
    await iam(
      ...['put-role-policy', '--role-name', 'guest', '--policy-name', 'read'],
      ...['--policy-document', reading],
    );
    expect(await assumeRefused(alt, 'guest')).toBe('AccessDenied');
    const keys = session(await assume(alt, 'guest', '--external-id', 'ticket-42'));
    await soon(
      isAllowed(() => get(keys, 'a')),
      'the guest may read',
    );
    // Of a user of that account, its own account has to say that it may, too.
    await aws(alt, 'iam', 'create-user', '--user-name', 'visitor');
    const { AccessKey } = await aws(alt, 'iam', 'create-access-key', '--user-name', 'visitor');
    const visitor = {
      accessKeyId: AccessKey.AccessKeyId,
      secretAccessKey: AccessKey.SecretAccessKey,
    };
    expect(await assumeRefused(visitor, 'guest', '--external-id', 'ticket-42')).toBe(
      'AccessDenied',
    );
    const may = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' });
    await aws(
      alt,
      ...['iam', 'put-user-policy', '--user-name', 'visitor', '--policy-name', 'assume'],
      ...['--policy-document', may],
    );
    await soon(
      isAllowed(() => assume(visitor, 'guest', '--external-id', 'ticket-42')),
      'the visitor may',
    );
  });

  test('ends with its sessions when it is deleted', async () => {
    const trust = policy({ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' });
    await iam('create-role', '--role-name', 'brief', '--assume-role-policy-document', trust);
    const keys = session(await assume(bob, 'brief'));
    await iam('delete-role', '--role-name', 'brief');
    const isOver = async () => /InvalidToken/.test(await codeOf(get(keys, 'a')));
    await soon(isOver, 'the session is over');
  });

  test('gets a session for a user of its own, and for one in its name', async () => {
    const own = session(await sts(bob, 'get-session-token', '--duration-seconds', '900'));
    expect((await sts(own, 'get-caller-identity')).Arn).toBe(`arn:aws:iam::${number}:user/bob`);
    expect(await refusal(own, 'sts', 'get-session-token')).toBe('AccessDenied');
    expect(await refusal(own, 'iam', 'get-user')).toBe('AccessDenied');

    expect(await refusal(bob, 'sts', 'get-federation-token', '--name', 'carol')).toBe(
      'AccessDenied',
    );
    const answer = await sts(
      main,
      ...['get-federation-token', '--name', 'carol', '--policy', reading],
    );
    expect(answer.FederatedUser.Arn).toBe(`arn:aws:sts::${number}:federated-user/carol`);
    const carol = session(answer);
    await get(carol, 'a');
    expect(await codeOf(put(carol, 'b'))).toBe('403 AccessDenied');
  });
});

describe('the API', () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${server.endpoint}/`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    });
  const codeIn = async (answer: Response) =>
    `${answer.status} ${/<Code>(\w+)<\/Code>/.exec(await answer.text())?.[1]}`;

  test('answers nobody without a signature', async () => {
    const answer = await post('Action=ListUsers&Version=2010-05-08');
    expect(answer.headers.get('content-type')).toBe('text/xml');
    expect(answer.headers.get('x-amzn-requestid')).toBeTruthy();
    expect(await codeIn(answer)).toBe('403 MissingAuthenticationToken');
  });

  test('refuses by name what it has not', async () => {
    expect(await codeIn(await post('Action=CreateSAMLProvider&Version=2010-05-08'))).toBe(
      '501 NotImplemented',
    );
    expect(await codeIn(await post('Action=Nothing&Version=2010-05-08'))).toBe('400 InvalidAction');
    expect(await codeIn(await post('Action=ListUsers&Version=2011-06-15'))).toBe(
      '400 InvalidAction',
    );
    expect(await codeIn(await post(''))).toBe('400 MissingAction');
    expect(await codeIn(await post('Action=%ff'))).toBe('400 MalformedQueryString');
    const inUrl = await fetch(`${server.endpoint}/?Action=ListUsers&Version=2010-05-08`);
    expect(await codeIn(inUrl)).toBe('501 NotImplemented');
    expect(await codeIn(await post(`Action=${'x'.repeat(1024 * 1024)}`))).toBe(
      '413 RequestEntityTooLarge',
    );
  });

  test('takes no signature for another service, another body or another secret', async () => {
    const host = `127.0.0.1:${server.port}`;
    const body = 'Action=GetCallerIdentity&Version=2011-06-15';
    const request = {
      ...{ method: 'POST', path: '/', host, body },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
    const send = async (
      { headers }: { headers: Readonly<Record<string, string>> },
      text = body,
    ) => {
      const { host: _, 'content-length': __, ...others } = headers;
      return codeIn(await post(text, others));
    };
    expect(await send(signedV4(request))).toBe('400 IncompleteSignature');
    const forSts = signedV4({ ...request, service: 'sts' });
    expect(await send(forSts)).toBe('200 undefined');
    expect(await send(forSts, `${body}&X=1`)).toBe('403 SignatureDoesNotMatch');
    const account = { ...main, secretAccessKey: 'another' };
    expect(await send(signedV4({ ...request, service: 'sts', account }))).toBe(
      '403 SignatureDoesNotMatch',
    );
    const sha = createHash('sha256').update('').digest('hex');
    expect(await send(signedV4({ ...request, service: 'sts', payload: sha }))).toBe(
      '403 SignatureDoesNotMatch',
    );
    const get = signedV4({ method: 'GET', path: '/', host, service: 'iam' });
    const { host: _, ...headers } = get.headers;
    expect(await codeIn(await fetch(`${server.endpoint}/`, { headers }))).toBe(
      '400 AuthorizationHeaderMalformed',
    );
  });

  test('is counted by its operations', async () => {
    const metrics = await fetch(`http://127.0.0.1:${server.consolePort}/metrics`);
    const page = await metrics.text();
    expect(page).toContain('operation="iam:CreateUser"');
    expect(page).toContain('operation="sts:AssumeRole"');
    expect(page).not.toContain('Nothing');
  });
});
