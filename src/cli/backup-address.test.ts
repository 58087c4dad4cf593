import { describe, expect, it } from 'vitest';
import { parseBackupAddress } from './backup-address.ts';

const keys = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' };
const credentials = { accessKeyId: 'id', secretAccessKey: 'secret' };

describe('where a backup lies', () => {
  it('is a directory', () => {
    expect(parseBackupAddress('/mnt/backup/', {}, {})).toEqual({ directory: '/mnt/backup' });
  });

  it.each([
    ['s3://bucket', 'bucket', ''],
    ['s3://bucket/', 'bucket', ''],
    ['s3://bucket/kist', 'bucket', 'kist'],
    ['s3://my.bucket/a/b c/', 'my.bucket', 'a/b c'],
  ])('%s is a bucket and a prefix', (text, bucket, prefix) => {
    expect(parseBackupAddress(text, {}, keys)).toMatchObject({ bucket, prefix });
  });

  it('takes server, region and keys from the environment as AWS’s tools do, flags first', () => {
    const env = {
      ...keys,
      AWS_SESSION_TOKEN: 'token',
      AWS_ENDPOINT_URL: 'http://c',
      AWS_REGION: 'eu-central-1',
    };
    const parse = (flags: object, more: object) =>
      parseBackupAddress('s3://b1b/p', flags, { ...env, ...more });
    expect(parse({}, {})).toEqual({
      bucket: 'b1b',
      prefix: 'p',
      endpoint: 'http://c',
      region: 'eu-central-1',
      credentials: { ...credentials, sessionToken: 'token' },
    });
    expect(parse({}, { AWS_ENDPOINT_URL_S3: 'http://b' })).toMatchObject({ endpoint: 'http://b' });
    expect(
      parse({ endpoint: 'http://a', region: 'r' }, { AWS_ENDPOINT_URL_S3: 'http://b' }),
    ).toMatchObject({ endpoint: 'http://a', region: 'r' });
  });

  it('is AWS where nothing says otherwise', () => {
    expect(parseBackupAddress('s3://b1b', {}, keys)).toMatchObject({
      endpoint: 'https://s3.us-east-1.amazonaws.com',
      region: 'us-east-1',
      credentials,
    });
  });

  it.each([
    ['s3://', {}, keys, 'must be such as'],
    ['s3:///prefix', {}, keys, 'must be such as'],
    ['s3://bucket//prefix', {}, keys, 'must be such as'],
    ['s3://bucket/../other', {}, keys, 'must be such as'],
    ['s3://bucket', {}, {}, 'AWS_ACCESS_KEY_ID'],
    ['s3://bucket', {}, { ...keys, AWS_ENDPOINT_URL: 'ftp://x' }, 'endpoint'],
    ['s3://bucket', {}, { ...keys, AWS_ENDPOINT_URL: 'http://a/base' }, 'endpoint'],
    ['s3://bucket', {}, { ...keys, AWS_ENDPOINT_URL: 'http://user:word@a' }, /endpoint(?!.*word)/],
    ['/mnt/backup', { endpoint: 'http://a' }, keys, '--endpoint is for s3://'],
    ['/mnt/backup', { region: 'r' }, keys, '--region is for s3://'],
  ])('%s is refused where it can’t be meant', (text, flags, env, message) => {
    expect(() => parseBackupAddress(text, flags, env)).toThrow(message);
  });
});
