import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { defaultCredentials, fromProfile } from './chain.ts';

/** A server that is whatever the test says: an instance's, a container's, or the token service. */
let server: Server;
let origin: string;
let answer: (request: IncomingMessage, body: string) => { status?: number; body: string };
let asked: {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}[] = [];
const folder = mkdtempSync(join(tmpdir(), 'kist-credentials-'));

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      asked.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      const { status = 200, body: text } = answer(request, body);
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  asked = [];
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

let files = 0;
function file(text: string): string {
  files += 1;
  const path = join(folder, String(files));
  writeFileSync(path, text);
  return path;
}

/** Nothing of the machine that the test runs on. */
const nowhere = {
  AWS_CONFIG_FILE: join(folder, 'no-config'),
  AWS_SHARED_CREDENTIALS_FILE: join(folder, 'no-credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
};
const find = async (env: Record<string, string>) => defaultCredentials({ ...nowhere, ...env })();
const keys = (id: string, secret = 's') =>
  expect.objectContaining({ accessKeyId: id, secretAccessKey: secret });
const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const stsAnswer = (id: string, action = 'AssumeRole') => ({
  body: `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result><Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>${inAnHour()}</Expiration></Credentials></${action}Result></${action}Response>`,
});

test('keys of the environment come first, even before a chosen profile, as for boto3', async () => {
  const env = {
    AWS_ACCESS_KEY_ID: 'E',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_SESSION_TOKEN: 't',
    AWS_PROFILE: 'none',
  };
  expect(await find(env)).toEqual({ accessKeyId: 'E', secretAccessKey: 's', sessionToken: 't' });
});

test('no keys anywhere is told with what to do', async () => {
  await expect(find({})).rejects.toMatchObject({
    code: 'MissingCredentials',
    message: expect.stringContaining('AWS_ACCESS_KEY_ID'),
  });
});

test('the chosen profile has its keys in either file, those of the credentials file first', async () => {
  const AWS_CONFIG_FILE = file(
    '[default]\nregion = x\n[profile one]\naws_access_key_id=C\naws_secret_access_key=s ; c\n[profile two]\naws_access_key_id=C2\naws_secret_access_key=s',
  );
  const AWS_SHARED_CREDENTIALS_FILE = file(
    '# c\n[default]\naws_access_key_id = D\naws_secret_access_key = s\n\n[two]\naws_access_key_id = K2\naws_secret_access_key = s\n',
  );
  const env = { AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE };
  expect(await find(env)).toEqual(keys('D'));
  expect(await find({ ...env, AWS_PROFILE: 'one' })).toEqual(keys('C'));
  expect(await find({ ...env, AWS_PROFILE: 'two' })).toEqual(keys('K2'));
  expect(await fromProfile('one', { ...nowhere, ...env })()).toEqual(keys('C'));
  await expect(find({ ...env, AWS_PROFILE: 'three' })).rejects.toThrow(
    'there is no profile called three',
  );
});

test('a profile assumes a role with the keys of another, signed for sts', async () => {
  answer = () => stsAnswer('R');
  const AWS_CONFIG_FILE = file(
    '[profile r]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\nexternal_id = x y\nrole_session_name = me\n[profile base]\naws_access_key_id = B\naws_secret_access_key = s\n',
  );
  const env = {
    AWS_CONFIG_FILE,
    AWS_PROFILE: 'r',
    AWS_ENDPOINT_URL_STS: origin,
    AWS_REGION: 'eu-central-1',
  };
  expect(await find(env)).toMatchObject({
    accessKeyId: 'R',
    sessionToken: 't',
    expiration: expect.any(Date),
  });
  expect(asked[0]!.body).toBe(
    'Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fr&RoleSessionName=me&ExternalId=x%20y',
  );
  expect(asked[0]!.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=B\/\d{8}\/eu-central-1\/sts\/aws4_request/,
  );
});

test('profiles that refer to each other in a circle are told, and one may be its own source', async () => {
  answer = () => stsAnswer('R');
  const AWS_CONFIG_FILE = file(
    '[profile a]\nrole_arn = a\nsource_profile = b\n[profile b]\nrole_arn = b\nsource_profile = a\n[profile own]\nrole_arn = o\nsource_profile = own\naws_access_key_id = O\naws_secret_access_key = s\n',
  );
  const env = { AWS_CONFIG_FILE, AWS_ENDPOINT_URL_STS: origin };
  await expect(find({ ...env, AWS_PROFILE: 'a' })).rejects.toThrow('is its own source');
  expect(await find({ ...env, AWS_PROFILE: 'own' })).toEqual(keys('R'));
  expect(asked[0]!.headers.authorization).toContain('Credential=O/');
});

test('a refused role is told with the words of the service, and no other keys are taken instead', async () => {
  answer = () => ({
    status: 403,
    body: '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>',
  });
  const AWS_WEB_IDENTITY_TOKEN_FILE = file('token\n');
  const env = {
    AWS_WEB_IDENTITY_TOKEN_FILE,
    AWS_ROLE_ARN: 'arn',
    AWS_ENDPOINT_URL_STS: origin,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: origin,
  };
  await expect(find(env)).rejects.toThrow('AccessDenied: not you');
  expect(asked).toHaveLength(1);
});

test('web identity brings its token as it is in the file now', async () => {
  answer = () => stsAnswer('W', 'AssumeRoleWithWebIdentity');
  const AWS_WEB_IDENTITY_TOKEN_FILE = file('first\n');
  const env = {
    AWS_WEB_IDENTITY_TOKEN_FILE,
    AWS_ROLE_ARN: 'arn',
    AWS_ROLE_SESSION_NAME: 'me',
    AWS_ENDPOINT_URL_STS: origin,
  };
  expect(await find(env)).toEqual(keys('W'));
  expect(asked[0]!.body).toContain('&WebIdentityToken=first');
  expect(asked[0]!.headers.authorization).toBeUndefined();
});

test('a program of the profile prints keys, and what it printed wrongly is not repeated', async () => {
  const program = file(
    `#!/bin/sh\necho '{"Version":1,"AccessKeyId":"P","SecretAccessKey":"s","Expiration":"${inAnHour()}"}'`,
  );
  chmodSync(program, 0o700);
  const AWS_CONFIG_FILE = file(
    `[default]\ncredential_process = ${program} --flag "a b"\n[profile bad]\ncredential_process = echo secret\n`,
  );
  expect(await find({ AWS_CONFIG_FILE })).toEqual(keys('P'));
  const failure = await find({ AWS_CONFIG_FILE, AWS_PROFILE: 'bad' }).then(
    String,
    (error: Error) => error.message,
  );
  expect(failure).toContain('printed no JSON');
  expect(failure).not.toContain('secret');
});

test('a container is asked with its token, and only where nobody else listens', async () => {
  answer = () => ({
    body: JSON.stringify({
      AccessKeyId: 'X',
      SecretAccessKey: 's',
      Token: 't',
      Expiration: inAnHour(),
    }),
  });
  const AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE = file('secret-token\n');
  const env = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${origin}/keys?a=b`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE,
  };
  expect(await find(env)).toMatchObject({ accessKeyId: 'X', sessionToken: 't' });
  expect(asked[0]).toMatchObject({ url: '/keys?a=b', headers: { authorization: 'secret-token' } });
  const far = { ...env, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://keys.example.com/' };
  await expect(find(far)).rejects.toThrow('neither encrypted nor on this machine');
});

test('a machine is asked in the second version of its protocol', async () => {
  answer = ({ method, url }) => {
    if (method === 'PUT') return { body: 'the-token' };
    if (url === '/latest/meta-data/iam/security-credentials/') return { body: 'my role\n' };
    return {
      body: JSON.stringify({
        Code: 'Success',
        AccessKeyId: 'I',
        SecretAccessKey: 's',
        Token: 't',
        Expiration: inAnHour(),
      }),
    };
  };
  const env = { AWS_EC2_METADATA_DISABLED: 'false', AWS_EC2_METADATA_SERVICE_ENDPOINT: origin };
  expect(await find(env)).toEqual(keys('I'));
  expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
    'PUT /latest/api/token',
    'GET /latest/meta-data/iam/security-credentials/',
    'GET /latest/meta-data/iam/security-credentials/my%20role',
  ]);
  expect(asked[2]!.headers['x-aws-ec2-metadata-token']).toBe('the-token');
});

test('a profile that signs in with a browser is refused by name', async () => {
  const AWS_CONFIG_FILE = file('[default]\nsso_session = corp\nsso_account_id = 1\n');
  await expect(find({ AWS_CONFIG_FILE })).rejects.toThrow('signs in with sso_session');
});
