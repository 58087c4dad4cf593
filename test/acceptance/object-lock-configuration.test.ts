/** GetObjectLockConfiguration and PutObjectLockConfiguration, and the default retention of new objects. */
import {
  CopyObjectCommand,
  type DefaultRetention,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  type ObjectLockRule,
  PutObjectLockConfigurationCommand,
  type PutObjectLockConfigurationCommandInput,
} from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { multipartPut } from '../support/multipart.ts';
import { put } from '../support/objects.ts';
import { exchange, outcome } from '../support/raw-http.ts';
import { codeOf, refusalOf } from '../support/s3-client.ts';
import { md5Base64, signedV4 } from '../support/signed-request.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';
import { lockBucket, setVersioning, versionedBucket } from '../support/versions.ts';

const server = await startTestServer();
const { main } = server;
const dayMs = 24 * 60 * 60 * 1000;

function configure(
  Bucket: string,
  Rule?: ObjectLockRule,
  more: Partial<PutObjectLockConfigurationCommandInput> = {},
  client = main,
) {
  const ObjectLockConfiguration = { ObjectLockEnabled: 'Enabled' as const, Rule };
  return client.send(
    new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration, ...more }),
  );
}

const byDefault = (retention: DefaultRetention) => ({ DefaultRetention: retention });

async function configuration(Bucket: string) {
  const answer = await main.send(new GetObjectLockConfigurationCommand({ Bucket }));
  return answer.ObjectLockConfiguration;
}

/** The mode of an object's lock, and for how many days after it was made. */
async function lockOf(Bucket: string, Key: string) {
  const head = await main.send(new HeadObjectCommand({ Bucket, Key }));
  const until = head.ObjectLockRetainUntilDate?.getTime() ?? Number.NaN;
  const days = (until - (head.LastModified?.getTime() ?? 0)) / dayMs;
  return { mode: head.ObjectLockMode, days: Math.floor(days + 0.001) };
}

test('a bucket made with object lock is versioned and has no default retention', async () => {
  const Bucket = await lockBucket(server);
  expect(await configuration(Bucket)).toEqual({ ObjectLockEnabled: 'Enabled' });
  const { Status } = await main.send(new GetBucketVersioningCommand({ Bucket }));
  expect(Status).toBe('Enabled');
  await put(main, Bucket, 'k');
  expect((await lockOf(Bucket, 'k')).mode).toBeUndefined();
});

test('a default retention in days or years is answered as it was set, and goes with its rule', async () => {
  const Bucket = await lockBucket(server);
  for (const retention of [
    { Mode: 'GOVERNANCE', Days: 1 },
    { Mode: 'COMPLIANCE', Years: 1 },
    { Mode: 'GOVERNANCE', Days: 36_500 },
    { Mode: 'GOVERNANCE', Years: 100 },
  ] as const) {
    await configure(Bucket, byDefault(retention));
    expect(await configuration(Bucket)).toEqual({
      ObjectLockEnabled: 'Enabled',
      Rule: { DefaultRetention: retention },
    });
  }
  await configure(Bucket);
  expect(await configuration(Bucket)).toEqual({ ObjectLockEnabled: 'Enabled' });
});

test('object lock can be enabled while versioning is, and only then', async () => {
  const Bucket = await server.createBucket();
  const rule = byDefault({ Mode: 'GOVERNANCE', Days: 1 });
  expect(await codeOf(configure(Bucket, rule))).toBe('409 InvalidBucketState');
  await setVersioning(main, Bucket, 'Suspended');
  expect(await codeOf(configure(Bucket, rule))).toBe('409 InvalidBucketState');
  expect(await codeOf(configuration(Bucket))).toBe('404 ObjectLockConfigurationNotFoundError');
  await setVersioning(main, Bucket, 'Enabled');
  await configure(Bucket, rule);
  expect(await configuration(Bucket)).toEqual({ ObjectLockEnabled: 'Enabled', Rule: rule });
  expect(await codeOf(setVersioning(main, Bucket, 'Suspended'))).toBe('409 InvalidBucketState');
});

test('every way of making an object gives it the default retention', async () => {
  const Bucket = await lockBucket(server);
  await put(main, Bucket, 'before');
  await configure(Bucket, byDefault({ Mode: 'COMPLIANCE', Days: 2 }));
  await put(main, Bucket, 'put');
  await main.send(new CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/before` }));
  await multipartPut(main, Bucket, 'upload', ['part']);
  for (const key of ['put', 'copy', 'upload']) {
    expect(await lockOf(Bucket, key), key).toEqual({ mode: 'COMPLIANCE', days: 2 });
  }
  expect((await lockOf(Bucket, 'before')).mode).toBeUndefined();
  await configure(Bucket, byDefault({ Mode: 'GOVERNANCE', Years: 1 }));
  await put(main, Bucket, 'year');
  expect(await lockOf(Bucket, 'year')).toEqual({ mode: 'GOVERNANCE', days: 365 });
});

test('what an object asks for itself outranks the default', async () => {
  const Bucket = await lockBucket(server);
  await configure(Bucket, byDefault({ Mode: 'GOVERNANCE', Days: 9 }));
  await put(main, Bucket, 'own', 'x', {
    ObjectLockMode: 'COMPLIANCE',
    ObjectLockRetainUntilDate: new Date(Date.now() + 3.5 * dayMs),
  });
  expect(await lockOf(Bucket, 'own')).toEqual({ mode: 'COMPLIANCE', days: 3 });
  await put(main, Bucket, 'held', 'x', { ObjectLockLegalHoldStatus: 'ON' });
  expect(await lockOf(Bucket, 'held')).toEqual({ mode: 'GOVERNANCE', days: 9 });
});

test('what a default retention locks must come with a checksum', async () => {
  const Bucket = await lockBucket(server);
  const upload = (headers: Readonly<Record<string, string>>) =>
    exchange(
      server.port,
      signedV4({ method: 'PUT', path: `/${Bucket}/k`, body: 'abc', headers }).bytes,
    );
  expect(outcome(await upload({}))).toBe('200');
  await configure(Bucket, byDefault({ Mode: 'GOVERNANCE', Days: 1 }));
  expect(outcome(await upload({}))).toBe('400 InvalidRequest');
  expect(outcome(await upload({ 'content-md5': md5Base64('abc') }))).toBe('200');
  expect(outcome(await upload({ 'x-amz-checksum-crc32': 'NSRBwg==' }))).toBe('200');
});

const rule = (inner: string) => `<Rule><DefaultRetention>${inner}</DefaultRetention></Rule>`;
const governance = '<Mode>GOVERNANCE</Mode>';

test.each([
  ['days and years', rule(`${governance}<Days>1</Days><Years>1</Years>`), '400 MalformedXML'],
  ['neither days nor years', rule(governance), '400 MalformedXML'],
  ['no mode', rule('<Days>1</Days>'), '400 MalformedXML'],
  ['a mode that there is not', rule('<Mode>abc</Mode><Days>1</Days>'), '400 MalformedXML'],
  ['a mode in lower case', rule('<Mode>governance</Mode><Days>1</Days>'), '400 MalformedXML'],
  ['no days at all', rule(`${governance}<Days>0</Days>`), '400 InvalidArgument'],
  ['negative years', rule(`${governance}<Years>-1</Years>`), '400 InvalidArgument'],
  ['too many days', rule(`${governance}<Days>36501</Days>`), '400 InvalidArgument'],
  ['too many years', rule(`${governance}<Years>101</Years>`), '400 InvalidArgument'],
  ['days that are no number', rule(`${governance}<Days>one</Days>`), '400 MalformedXML'],
  ['a rule without retention', '<Rule></Rule>', '400 MalformedXML'],
])('%s: refused, and nothing set', async (_, inner, expected) => {
  const Bucket = await lockBucket(server);
  expect(await configureRaw(Bucket, 'Enabled', inner)).toBe(expected);
  expect(await configuration(Bucket)).toEqual({ ObjectLockEnabled: 'Enabled' });
});

async function configureRaw(Bucket: string, enabled: string | undefined, inner = '') {
  const element = enabled === undefined ? '' : `<ObjectLockEnabled>${enabled}</ObjectLockEnabled>`;
  const body = `<ObjectLockConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${element}${inner}</ObjectLockConfiguration>`;
  const headers = { 'content-md5': md5Base64(body) };
  const query = 'object-lock=';
  const { bytes } = signedV4({ method: 'PUT', path: `/${Bucket}`, query, body, headers });
  return outcome(await exchange(server.port, bytes));
}

test('object lock cannot be disabled', async () => {
  const Bucket = await lockBucket(server);
  expect(await configureRaw(Bucket, 'Disabled')).toBe('400 MalformedXML');
  expect(await configureRaw(Bucket, undefined)).toBe('400 MalformedXML');
  expect(await configuration(Bucket)).toEqual({ ObjectLockEnabled: 'Enabled' });
});

test('a token for enabling it without versioning is refused by name', async () => {
  const Bucket = await server.createBucket();
  const refusal = await refusalOf(configure(Bucket, undefined, { Token: 'token' }));
  expect([refusal.status, refusal.code]).toEqual([501, 'NotImplemented']);
  expect(JSON.stringify(refusal.fields)).toContain('x-amz-bucket-object-lock-token');
});

test('others may neither see nor set it, and a bucket that is not there has none', async () => {
  const Bucket = await lockBucket(server);
  const get = new GetObjectLockConfigurationCommand({ Bucket });
  expect(await codeOf(server.alt.send(get))).toBe('403 AccessDenied');
  expect(await codeOf(configure(Bucket, undefined, {}, server.alt))).toBe('403 AccessDenied');
  expect(await codeOf(configuration(uniqueBucketName()))).toBe('404 NoSuchBucket');
  expect(await codeOf(configuration(await versionedBucket(server)))).toBe(
    '404 ObjectLockConfigurationNotFoundError',
  );
});
