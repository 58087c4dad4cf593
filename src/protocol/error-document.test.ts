import { describe, expect, it } from 'vitest';
import { encodeError } from './error-document.ts';
import { S3Error } from './errors.ts';

const context = {
  requestId: 'R',
  hostId: 'H',
  resource: '/bucket/a%26b',
  bucket: 'bucket',
  key: 'a&b',
};

describe('encodeError', () => {
  it('writes the elements in the order of S3, without a namespace', () => {
    const { status, headers, body } = encodeError(
      new S3Error('InvalidArgument', {
        message: 'No <good>',
        fields: { ArgumentName: 'n', ArgumentValue: 'v' },
        headers: { Allow: 'GET' },
      }),
      context,
    );
    expect(status).toBe(400);
    expect(headers).toEqual(['Allow', 'GET', 'Content-Type', 'application/xml']);
    expect((body as Buffer).toString('utf8')).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>InvalidArgument</Code><Message>No &lt;good&gt;</Message><ArgumentName>n</ArgumentName><ArgumentValue>v</ArgumentValue><Resource>/bucket/a%26b</Resource><RequestId>R</RequestId><HostId>H</HostId></Error>',
    );
  });

  it('names the bucket or the key where S3 does', () => {
    const document = (error: S3Error) => String(encodeError(error, context).body);
    expect(document(new S3Error('NoSuchBucket'))).toContain('<BucketName>bucket</BucketName>');
    expect(document(new S3Error('NoSuchKey'))).toContain('<Key>a&amp;b</Key>');
    expect(document(new S3Error('NoSuchKey', { fields: { Key: 'other' } }))).toContain(
      '<Key>other</Key>',
    );
    expect(document(new S3Error('AccessDenied'))).not.toMatch(/<Key>|<BucketName>/);
  });

  it('has no body for 304', () => {
    const error = new S3Error('NotModified', { headers: { ETag: '"a"' } });
    expect(encodeError(error, context)).toEqual({
      status: 304,
      headers: ['ETag', '"a"'],
      body: undefined,
    });
  });
});
