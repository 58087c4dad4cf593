import { describe, expect, it } from 'vitest';
import { enums } from '../model/enums.gen.ts';
import { shapes } from '../model/shapes.gen.ts';
import { checksumNames, checksumOfHeader, checksums } from './checksum-headers.ts';

describe('checksums', () => {
  it("has a row for each algorithm of AWS's model, with the model's header and member", () => {
    expect([...checksumNames].sort()).toEqual([...enums.ChecksumAlgorithm].sort());
    for (const { header, member } of Object.values(checksums)) {
      expect(shapes.PutObjectRequest!.members).toContainEqual({
        name: member,
        kind: 'string',
        in: 'header',
        wire: header,
      });
    }
  });

  it('finds the algorithm of a header', () => {
    expect(checksumOfHeader('X-Amz-Checksum-CRC32C')).toBe('CRC32C');
    expect(checksumOfHeader('x-amz-checksum-type')).toBeUndefined();
  });
});
