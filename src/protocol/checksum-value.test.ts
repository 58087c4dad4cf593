import { describe, expect, it } from 'vitest';
import { isChecksumValue } from './checksum-value.ts';

describe('the value of a checksum', () => {
  it('is canonical base64 of the right length only', () => {
    expect(isChecksumValue('CRC32', 'AAAAAA==')).toBe(true);
    expect(isChecksumValue('CRC32', 'AAAAAA')).toBe(false);
    expect(isChecksumValue('CRC32', 'AAAAAB==')).toBe(false);
    expect(isChecksumValue('CRC32', 'AAAA')).toBe(false);
    expect(isChecksumValue('CRC32', 'sailorjerry')).toBe(false);
  });
});
