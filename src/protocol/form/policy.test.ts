import { describe, expect, it } from 'vitest';
import { checkPolicy, parsePolicy } from './policy.ts';

const expiration = '2030-01-01T00:00:00.000Z';
const now = Date.parse('2029-12-31T23:59:59Z');

function encode(document: unknown): string {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return Buffer.from(text).toString('base64');
}

function check(conditions: unknown, fields: Record<string, string>, at = now) {
  return checkPolicy(
    parsePolicy(encode({ expiration, conditions })),
    new Map(Object.entries(fields)),
    at,
  );
}

const denied = (message: string) =>
  expect.objectContaining({
    code: 'AccessDenied',
    message: `Invalid according to Policy: ${message}`,
  });

describe('a policy', () => {
  it('allows what each condition allows, whatever the case of names and operators', () => {
    const conditions = [
      { BucKet: 'b' },
      ['StArTs-With', '$Key', 'user/'],
      ['eq', '$ACL', 'private'],
      ['content-length-range', 1, '10'],
    ];
    expect(check(conditions, { bucket: 'b', key: 'user/1', acl: 'private' })).toEqual({
      min: 1,
      max: 10,
    });
    expect(() => check(conditions, { bucket: 'b', key: 'user/1', acl: 'Private' })).toThrow(
      denied('Policy Condition failed: ["eq", "$ACL", "private"]'),
    );
    expect(() => check(conditions, { bucket: 'c', key: 'user/1', acl: 'private' })).toThrow(
      denied('Policy Condition failed: ["eq", "$BucKet", "b"]'),
    );
  });

  it('wants every field covered, but for those that need no condition', () => {
    const free = {
      policy: 'p',
      awsaccesskeyid: 'a',
      signature: 's',
      'x-amz-signature': 's',
      'x-ignore-this': 'i',
      'x-amz-checksum-crc32': 'c',
    };
    expect(check([{ key: 'k' }], { key: 'k', ...free })).toBeUndefined();
    expect(() => check([{ key: 'k' }], { key: 'k', acl: 'private', 'x-amz-date': 'd' })).toThrow(
      denied('Extra input fields: acl, x-amz-date'),
    );
  });

  it('wants a field for every condition, but for one that takes anything', () => {
    expect(() => check([['starts-with', '$name', 'a']], {})).toThrow(
      denied('Policy Condition failed: ["starts-with", "$name", "a"]'),
    );
    expect(() => check([{ name: '' }], {})).toThrow(
      denied('Policy Condition failed: ["eq", "$name", ""]'),
    );
    expect(check([['starts-with', '$name', '']], {})).toBeUndefined();
    expect(check([['starts-with', '$name', '']], { name: 'any' })).toBeUndefined();
  });

  it('holds every one of several content types against its condition', () => {
    const conditions = [['starts-with', '$Content-Type', 'image/']];
    expect(check(conditions, { 'content-type': 'image/png, image/gif' })).toBeUndefined();
    expect(() => check(conditions, { 'content-type': 'image/png,text/html' })).toThrow();
  });

  it('expires', () => {
    expect(() => check([], {}, Date.parse(expiration))).toThrow(denied('Policy expired.'));
  });

  it("knows a policy's own escapes", () => {
    const text = String.raw`{"expiration":"${expiration}","conditions":[{"key":"\$a\\$b\u00e9"}]}`;
    const fields = new Map([['key', String.raw`$a\$bé`]]);
    expect(checkPolicy(parsePolicy(encode(text)), fields, now)).toBeUndefined();
  });

  it.each<readonly [string, unknown]>([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['no expiration', { conditions: [] }],
    ['a misspelt expiration', { Expiration: expiration, conditions: [] }],
    ['a time in another form', { expiration: '2030-01-01 00:00:00+00:00', conditions: [] }],
    ['no such day', { expiration: '2030-13-01T00:00:00Z', conditions: [] }],
    ['no conditions', { expiration }],
    ['conditions that are no list', { expiration, conditions: { key: 'k' } }],
    ['an empty condition', { expiration, conditions: [{}] }],
    ['two fields in one condition', { expiration, conditions: [{ key: 'k', acl: 'a' }] }],
    ['a value that is no text', { expiration, conditions: [{ key: 1 }] }],
    ['an unknown operation', { expiration, conditions: [['ends-with', '$key', 'k']] }],
    ['a field without its sign', { expiration, conditions: [['eq', 'key', 'k']] }],
    ['a size range without an end', { expiration, conditions: [['content-length-range', 0]] }],
    ['a negative size', { expiration, conditions: [['content-length-range', -1, 0]] }],
    ['a size range upside down', { expiration, conditions: [['content-length-range', 2, 1]] }],
  ])('is invalid with %s', (_, document) => {
    expect(() => parsePolicy(encode(document))).toThrow(
      expect.objectContaining({ code: 'InvalidPolicyDocument', status: 400 }),
    );
  });

  it('is invalid if it is not base64', () => {
    expect(() => parsePolicy('{}')).toThrow(/Base64/);
  });
});
