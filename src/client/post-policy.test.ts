/** Forms for browsers: their policies are read and their signatures accepted by the server's own code. */
import { describe, expect, it } from 'vitest';
import { checkPolicy, parsePolicy } from '../protocol/form/policy.ts';
import { formClaim, verifyFormClaim } from '../protocol/form/signature.ts';
import type { ClientConfig } from './config.ts';
import { createClientWith } from './create-client.ts';
import { nodeRuntime } from './node/node-runtime.ts';
import { createPresignedPost, type PresignedPostInput } from './post-policy.ts';

/** As browsers and S3 know it. */
const anyName = '$'.concat('{filename}');
const now = Date.UTC(2026, 6, 28, 12);
const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' };
const clientOf = (config: ClientConfig = {}) =>
  createClientWith({ ...nodeRuntime, now: () => now }, [], {
    endpoint: 'http://s3.test:9000',
    credentials,
    ...config,
  });

const lowerCase = (fields: Readonly<Record<string, string>>) =>
  new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]));

describe.each(['s3v4', 's3'] as const)('a form of %s', (signatureVersion) => {
  const client = clientOf({ signatureVersion });

  const form = async (input: Partial<PresignedPostInput> = {}) => {
    const { url, fields } = await createPresignedPost(client, {
      Bucket: 'bucket',
      Key: `users/${anyName}`,
      ...input,
    });
    const all = lowerCase(fields);
    const policy = parsePolicy(all.get('policy')!);
    const check = (changes: Readonly<Record<string, string>> = {}, at = now) =>
      checkPolicy(policy, new Map([...all, ['bucket', 'bucket'], ...Object.entries(changes)]), at);
    return { url, fields, all, check };
  };

  it('has a signature that the server accepts', async () => {
    const { url, all } = await form();
    const claim = formClaim(all)!;
    expect(claim.accessKeyId).toBe('AKID');
    expect(() => verifyFormClaim(claim, credentials.secretAccessKey, 'us-east-1')).not.toThrow();
    expect(() => verifyFormClaim(claim, 'another', undefined)).toThrow();
    expect(url).toBe('http://s3.test:9000/bucket');
  });

  it('takes a key as it was said, and any name of a file where one was asked for', async () => {
    const exact = await form({ Key: 'a key' });
    expect(exact.fields.key).toBe('a key');
    exact.check();
    expect(() => exact.check({ key: 'another' })).toThrow('Policy Condition failed');
    const open = await form();
    open.check({ key: 'users/photo.png' });
    expect(() => open.check({ key: 'elsewhere' })).toThrow('Policy Condition failed');
    expect(() => open.check({ bucket: 'another' })).toThrow('Policy Condition failed');
  });

  it('takes the fields that it has, with their values or those that conditions allow', async () => {
    const { fields, check } = await form({
      Fields: { acl: 'public-read', 'Content-Type': 'image/png' },
      Conditions: [['starts-with', '$content-type', 'image/']],
    });
    expect(fields).toMatchObject({ acl: 'public-read', 'Content-Type': 'image/png' });
    check();
    check({ 'content-type': 'image/jpeg' });
    expect(() => check({ 'content-type': 'text/html' })).toThrow('Policy Condition failed');
    expect(() => check({ acl: 'private' })).toThrow('Policy Condition failed');
    expect(() => check({ 'x-amz-meta-more': 'x' })).toThrow('Extra input fields');
  });

  it('limits the size of the file', async () => {
    const { check } = await form({ Conditions: [['content-length-range', 1, 10]] });
    expect(check()).toEqual({ min: 1, max: 10 });
  });

  it('is taken until it expires', async () => {
    const { check } = await form({ expiresIn: 60 });
    check({}, now + 59_999);
    expect(() => check({}, now + 60_000)).toThrow('Policy expired');
    const hour = await form();
    hour.check({}, now + 3_599_000);
    expect(() => hour.check({}, now + 3_600_000)).toThrow('Policy expired');
  });

  it.each([
    ['no key', { Key: '' }],
    ['a key among the fields', { Fields: { key: 'k' } }],
    ['an expiry of no time', { expiresIn: 0 }],
  ])('is not made with %s', async (_, input) => {
    await expect(form(input)).rejects.toMatchObject({ code: 'InvalidInput' });
  });
});

describe('createPresignedPost', () => {
  it('says the token of temporary credentials in fields and policy', async () => {
    const client = clientOf({ credentials: { ...credentials, sessionToken: 'token' } });
    const { fields } = await createPresignedPost(client, { Bucket: 'b', Key: 'k' });
    expect(fields['x-amz-security-token']).toBe('token');
    expect(atob(fields.policy!)).toContain('{"x-amz-security-token":"token"}');
  });

  it('posts to the host of the bucket where buckets are in the host', async () => {
    const client = clientOf({ addressingStyle: 'virtual' });
    const { url } = await createPresignedPost(client, { Bucket: 'bucket', Key: 'k' });
    expect(url).toBe('http://bucket.s3.test:9000/');
  });

  it('signs nothing without credentials', async () => {
    const client = clientOf({ credentials: null });
    const made = createPresignedPost(client, { Bucket: 'b', Key: 'k' });
    await expect(made).rejects.toMatchObject({ code: 'MissingCredentials' });
  });
});
