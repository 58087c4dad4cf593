import { describe, expect, it } from 'vitest';
import { assertBucketName, assertKey, isBucketName, isNamespaceName } from './names.ts';

describe('bucket names', () => {
  it.each(['abc', 'a-b', 'a.b', '1.2.3.4.5', '123', 'a'.repeat(63), 'my.bucket-1', '1.2.3'])(
    'may be %s',
    (name) => {
      expect(isBucketName(name)).toBe(true);
    },
  );

  it.each([
    '',
    'ab',
    'a'.repeat(64),
    'Abc',
    'a_b',
    '-ab',
    'ab-',
    '.ab',
    'ab.',
    'a..b',
    'a.-b',
    'a-.b',
    '192.168.5.4',
    'xn--abc',
    'sthree-abc',
    'amzn-s3-demo-bucket',
    'abc-s3alias',
    'abc--ol-s3',
    'abc.mrap',
    'abc--x-s3',
    'größe',
    'a/b',
    'a b',
  ])('may not be %j', (name) => {
    expect(isBucketName(name)).toBe(false);
    expect(() => assertBucketName(name)).toThrow(
      expect.objectContaining({ code: 'InvalidBucketName', fields: { BucketName: name } }),
    );
  });
});

describe('assertKey', () => {
  it('counts bytes, not characters', () => {
    expect(() => assertKey('ö'.repeat(512))).not.toThrow();
    expect(() => assertKey('a'.repeat(1024))).not.toThrow();
    expect(() => assertKey('ö'.repeat(513))).toThrow(
      expect.objectContaining({
        code: 'KeyTooLongError',
        fields: { Size: '1026', MaxSizeAllowed: '1024' },
      }),
    );
  });

  it('refuses the empty key', () => {
    expect(() => assertKey('')).toThrow(expect.objectContaining({ code: 'InvalidArgument' }));
  });
});

describe('namespace names', () => {
  it('are one label of a host name', () => {
    for (const name of ['a', 'abc', 'a-b', '1a', 'a'.repeat(63)]) {
      expect(isNamespaceName(name)).toBe(true);
    }
    for (const name of ['', '-a', 'a-', 'a.b', 'A', 'a_b', 'a'.repeat(64)]) {
      expect(isNamespaceName(name)).toBe(false);
    }
  });
});
