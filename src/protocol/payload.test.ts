import { describe, expect, it } from 'vitest';
import { maxXmlPayloadBytes, payloadOf } from './payload.ts';

describe('payloadOf', () => {
  it('tells streams, documents, text and nothing apart', () => {
    expect(payloadOf('PutObject')).toBe('stream');
    expect(payloadOf('UploadPart')).toBe('stream');
    expect(payloadOf('DeleteObjects')).toBe('xml');
    expect(payloadOf('SelectObjectContent')).toBe('xml');
    expect(payloadOf('PutBucketPolicy')).toBe('text');
    expect(payloadOf('GetObject')).toBe('none');
  });
});

describe('maxXmlPayloadBytes', () => {
  it('leaves room for the largest legal request', () => {
    const key = `<Object><Key>${'k'.repeat(1024)}</Key><VersionId>${'v'.repeat(64)}</VersionId></Object>`;
    expect(maxXmlPayloadBytes('DeleteObjects')).toBeGreaterThan(1000 * key.length);
    const part = `<Part><PartNumber>10000</PartNumber><ETag>&quot;${'e'.repeat(32)}&quot;</ETag><ChecksumSHA512>${'c'.repeat(88)}</ChecksumSHA512></Part>`;
    expect(maxXmlPayloadBytes('CompleteMultipartUpload')).toBeGreaterThan(10_000 * part.length);
  });
});
