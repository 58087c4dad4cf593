import { describe, expect, it } from 'vitest';
import { auditLine, auditParameters, maxParameterChars } from './audit-record.ts';

describe('auditLine', () => {
  it('is one line of JSON, whatever it holds', () => {
    const line = auditLine({
      time: 0,
      who: { accessKeyId: 'KEY\n"}' },
      service: 's3',
      action: 'DeleteObject',
      resource: 'arn:aws:s3:::b/line\nfeed',
      outcome: 'denied',
    });
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(JSON.parse(line)).toEqual({
      time: '1970-01-01T00:00:00.000Z',
      who: { accessKeyId: 'KEY\n"}' },
      service: 's3',
      action: 'DeleteObject',
      resource: 'arn:aws:s3:::b/line\nfeed',
      outcome: 'denied',
    });
  });
});

describe('auditParameters', () => {
  it('leaves out secrets and bodies, wherever they stand', () => {
    const told = auditParameters({
      Bucket: 'b',
      Body: { length: 3 },
      SSECustomerKey: 'c2VjcmV0',
      CopySourceSSECustomerKey: 'c2VjcmV0',
      WebIdentityToken: 'ey.secret',
      SecretAccessKey: 'secret',
      Nested: { Password: 'secret', Name: 'n' },
    });
    expect(told).toEqual({ Bucket: 'b', Nested: '{"Name":"n"}' });
  });

  it('tells documents as far as they fit, and how many members a list has', () => {
    const Objects = Array.from({ length: 1000 }, (_, at) => ({ Key: `k${at}` }));
    const { Delete } = auditParameters({ Delete: { Objects } }) as { readonly Delete: string };
    expect(Delete).toContain('"k99"');
    expect(Delete).not.toContain('"k100"');
    expect(Delete).toContain('1000 in all');
    const long = auditParameters({ Policy: { text: 'x'.repeat(20_000) } }).Policy as string;
    expect(long.length).toBeLessThan(maxParameterChars + 50);
  });
});
