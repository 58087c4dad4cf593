import { describe, expect, it } from 'vitest';
import { headersOf, membersOf } from './object-headers.ts';

const members = {
  ContentType: 'text/plain',
  CacheControl: 'max-age=60',
  ContentDisposition: 'attachment; filename="ü.txt"',
  ExpiresString: 'never',
  Metadata: { colour: 'blue', city: 'Zürich', odd: '日本' },
};

describe('what describes an object', () => {
  it('is the same when it comes back', () => {
    const headers = headersOf(members as unknown as Parameters<typeof headersOf>[0]);
    expect(membersOf(headers)).toEqual(members);
  });

  it('is noted as it goes over the wire', () => {
    const headers = headersOf(members as unknown as Parameters<typeof headersOf>[0]);
    expect(headers).toMatchObject({
      'content-type': 'text/plain',
      'content-disposition': Buffer.from('attachment; filename="ü.txt"').toString('latin1'),
      expires: 'never',
      'x-amz-meta-colour': 'blue',
      'x-amz-meta-city': `=?UTF-8?B?${Buffer.from('Zürich').toString('base64')}?=`,
    });
  });
});
