/** Sessions for whom a real OpenID Connect issuer knows, with the aws command line and AWS's own clients. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { AssumeRoleWithWebIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from '../support/accounts.ts';
import { attemptAws, aws as awsAt, awsRefusal, type Keys } from '../support/aws-cli.ts';
import { type OidcIssuer, startOidcIssuer } from '../support/oidc-issuer.ts';
import { runInVenv } from '../support/python.ts';
import { s3Client } from '../support/s3-client.ts';
import { type RunningServer, startServer } from '../support/start-server.ts';

const root = {
  accessKeyId: 'KISTWEBIDENTITYROOT1',
  secretAccessKey: 'webIdentitySecretKey0000000000000000000001',
};
const bucket = 'web-identity';
const directory = mkdtempSync(join(tmpdir(), 'kist-web-identity-'));
let server: RunningServer;
let issuer: OidcIssuer;
let number: string;
let roleArn: string;

const aws = (keys: Keys, ...args: string[]) => awsAt(server.endpoint, keys, ...args);

beforeAll(async () => {
  issuer = await startOidcIssuer();
  server = await startServer({
    workers: 1,
    env: {
      KIST_ROOT_ACCESS_KEY_ID: root.accessKeyId,
      KIST_ROOT_SECRET_ACCESS_KEY: root.secretAccessKey,
    },
  });
  await aws(root, 's3', 'mb', `s3://${bucket}`);
  number = (await aws(root, 'sts', 'get-caller-identity')).Account;
  const { OpenIDConnectProviderArn: provider } = await aws(
    root,
    ...['iam', 'create-open-id-connect-provider', '--url', issuer.url],
    ...['--client-id-list', 'kist', '--thumbprint-list', 'a'.repeat(40)],
  );
  const host = issuer.url.replace('http://', '');
  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Federated: provider },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: {
        StringEquals: { [`${host}:aud`]: 'kist' },
        StringLike: { [`${host}:sub`]: 'an?' },
      },
    },
  };
  const made = await aws(
    root,
    ...['iam', 'create-role', '--role-name', 'people'],
    ...['--assume-role-policy-document', JSON.stringify(trust)],
  );
  roleArn = made.Role.Arn;
  await aws(
    root,
    ...['iam', 'attach-role-policy', '--role-name', 'people'],
    ...['--policy-arn', 'arn:aws:iam::aws:policy/read_write'],
  );
});
afterAll(async () => {
  await server?.remove();
  await issuer?.close();
  rmSync(directory, { recursive: true, force: true });
});

/** As nobody: the client has no keys. */
async function assumed(token: string, ...args: string[]) {
  return attemptAws(server.endpoint, undefined, [
    ...['sts', 'assume-role-with-web-identity', '--role-arn', roleArn],
    ...['--role-session-name', 'tests', '--web-identity-token', token, ...args],
  ]);
}

async function keysFor(token: string): Promise<Keys> {
  const { code, stdout, stderr } = await assumed(token);
  expect(code, stderr).toBe(0);
  const answer = JSON.parse(stdout);
  expect(answer).toMatchObject({
    SubjectFromWebIdentityToken: 'ann',
    Audience: 'kist',
    AssumedRoleUser: { Arn: `arn:aws:sts::${number}:assumed-role/people/tests` },
  });
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
  };
}

async function refusalOf(token: string): Promise<string | undefined> {
  const { code, stderr } = await assumed(token);
  expect(code).not.toBe(0);
  return /An error occurred \((\w+)\)/.exec(stderr)?.[1];
}

test('a token is given for a session that signs requests and URLs', async () => {
  const keys = await keysFor(await issuer.token());
  const credentials = { ...keys, sessionToken: keys.sessionToken! };
  const client = s3Client(server.endpoint, keys, { credentials });
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: 'k', Body: 'by ann' }));
  const command = new GetObjectCommand({ Bucket: bucket, Key: 'k' });
  const url = await getSignedUrl(client, command, { expiresIn: 60 });
  expect(await (await fetch(url)).text()).toBe('by ann');
  expect(await aws(keys, 's3', 'cp', `s3://${bucket}/k`, '-')).toBe('by ann');
  expect(
    await awsRefusal(server.endpoint, keys, 's3api', 'get-bucket-policy', '--bucket', bucket),
  ).toBe('AccessDenied');
});

test("clients that look after their tokens themselves do: aws-cli's own settings for a token in a file", async () => {
  const file = join(directory, 'token');
  writeFileSync(file, await issuer.token());
  const { code, stdout, stderr } = await runInVenv(
    'aws',
    ['--endpoint-url', server.endpoint, 's3', 'cp', `s3://${bucket}/k`, '-'],
    {
      env: {
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ROLE_ARN: roleArn,
        AWS_WEB_IDENTITY_TOKEN_FILE: file,
        AWS_ENDPOINT_URL_STS: server.endpoint,
      },
    },
  );
  expect(code, stderr).toBe(0);
  expect(stdout).toBe('by ann');
});

test.each([
  ['for another client', { aud: 'stranger' }, 'InvalidIdentityToken'],
  ['of another issuer', { iss: 'https://elsewhere.example.com' }, 'InvalidIdentityToken'],
  ['that is over', { exp: 1_000_000_000 }, 'ExpiredTokenException'],
  ['about somebody else', { sub: 'eve' }, 'AccessDenied'],
])('a token %s is refused', async (_, claims, code) => {
  expect(await refusalOf(await issuer.token(claims))).toBe(code);
});

test('a token of a key that the server does not know makes it look for new keys', async () => {
  const client = new STSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: main,
    maxAttempts: 1,
  });
  const assume = async (WebIdentityToken: string) => {
    const named = { RoleArn: roleArn, RoleSessionName: 'tests', WebIdentityToken };
    return await client.send(new AssumeRoleWithWebIdentityCommand(named));
  };
  const old = await issuer.token();
  await assume(old);
  const before = issuer.asked.length;
  await assume(old);
  expect(issuer.asked).toHaveLength(before);
  await issuer.rotate();
  // Made-up keys don't make it look again and again, so the one before may be too near.
  const deadline = Date.now() + 15_000;
  for (;;) {
    try {
      await assume(await issuer.token());
      break;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  expect(issuer.asked.slice(before)).toEqual(['/.well-known/openid-configuration', '/keys']);
  await assume(old);
  client.destroy();
});

test('an issuer without TLS is for the administrator alone, on this machine alone', async () => {
  const create = (keys: Keys, url: string) =>
    awsRefusal(
      server.endpoint,
      keys,
      ...['iam', 'create-open-id-connect-provider', '--url', url, '--client-id-list', 'kist'],
      ...['--thumbprint-list', 'a'.repeat(40)],
    );
  expect(await create(main, issuer.url)).toBe('ValidationError');
  expect(await create(root, 'http://issuer.example.com')).toBe('ValidationError');
  expect(await create(root, issuer.url)).toBe('EntityAlreadyExists');
});
