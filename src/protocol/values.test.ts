import { describe, expect, it } from 'vitest';
import type { Member } from '../model/shape.ts';
import { formatScalar } from './format-scalar.ts';
import { parseEnum, parseMember, parseScalar } from './values.ts';

describe('scalars', () => {
  it.each([
    ['integer', '42', 42],
    ['integer', ' -1 ', -1],
    ['integer', '2147483647', 2147483647],
    ['integer', '2147483648', undefined],
    ['integer', '1.5', undefined],
    ['integer', '', undefined],
    ['integer', '0x10', undefined],
    ['long', '9007199254740991', Number.MAX_SAFE_INTEGER],
    ['long', '9007199254740993', undefined],
    ['boolean', 'true', true],
    ['boolean', 'False', false],
    ['boolean', '1', true],
    ['boolean', 'yes', undefined],
    ['date-time', '2024-01-01', new Date('2024-01-01')],
    ['http-date', 'Mon, 01 Jan 2024 00:00:00 GMT', new Date('2024-01-01')],
    ['http-date', '2024-01-01', undefined],
    ['blob', 'AQI=', Buffer.from([1, 2])],
    ['blob', '!', undefined],
    ['string', ' a ', ' a '],
  ])('of kind %s read %j', (kind, text, value) => {
    expect(parseScalar(kind, text)).toEqual(value);
  });

  it('are written as they are read', () => {
    for (const [kind, text] of [
      ['integer', '42'],
      ['boolean', 'false'],
      ['date-time', '2024-01-01T00:00:00.000Z'],
      ['http-date', 'Mon, 01 Jan 2024 00:00:00 GMT'],
      ['blob', 'AQI='],
    ] as const) {
      expect(formatScalar(kind, parseScalar(kind, text))).toBe(text);
    }
  });
});

describe('enumerations', () => {
  it('hold their values only, in their spelling', () => {
    expect(parseEnum('StorageClass', 'GLACIER')).toBe('GLACIER');
    expect(parseEnum('StorageClass', 'glacier')).toBeUndefined();
    expect(parseEnum('StorageClass', 'constructor')).toBeUndefined();
  });

  it('take checksum algorithms in any case', () => {
    expect(parseEnum('ChecksumAlgorithm', 'crc32c')).toBe('CRC32C');
  });

  it('take any region', () => {
    expect(parseEnum('BucketLocationConstraint', 'us-east-1')).toBe('us-east-1');
  });

  it('are checked for each item of a list', () => {
    const member: Member = { name: 'A', kind: 'list', of: 'string', enum: 'ObjectAttributes' };
    expect(parseMember(member, 'ETag')).toBe('ETag');
    expect(parseMember(member, 'Etag')).toBeUndefined();
  });
});
