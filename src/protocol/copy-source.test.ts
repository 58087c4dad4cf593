import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCopySource } from './copy-source.ts';

describe('parseCopySource', () => {
  it.each([
    ['bucket/key', { bucket: 'bucket', key: 'key', versionId: undefined }],
    ['/bucket/a/b', { bucket: 'bucket', key: 'a/b', versionId: undefined }],
    ['bucket/a+b%20c?versionId=v1', { bucket: 'bucket', key: 'a+b c', versionId: 'v1' }],
    ['bucket%2Fa%3Fb', { bucket: 'bucket', key: 'a?b', versionId: undefined }],
    ['bucket/what?', { bucket: 'bucket', key: 'what?', versionId: undefined }],
    ['bucket//leading', { bucket: 'bucket', key: '/leading', versionId: undefined }],
  ])('reads %s', (header, source) => {
    expect(parseCopySource(header)).toEqual(source);
  });

  it.each([
    '',
    '/',
    'bucket',
    'bucket/',
    '/bucket/',
    '//key',
    'bucket/%zz',
    'bucket/key?versionId=',
  ])('refuses %j', (header) => {
    expect(() => parseCopySource(header)).toThrow(
      expect.objectContaining({
        code: 'InvalidArgument',
        fields: { ArgumentName: 'x-amz-copy-source', ArgumentValue: header },
      }),
    );
  });

  it('refuses ARNs by name', () => {
    expect(() =>
      parseCopySource('arn:aws:s3:us-east-1:123456789012:accesspoint/ap/object/key'),
    ).toThrow(expect.objectContaining({ code: 'NotImplemented' }));
  });

  it('reads every key that was percent-encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        expect(parseCopySource(`/b/${encodeURIComponent(key)}`).key).toBe(key);
      }),
    );
  });
});
