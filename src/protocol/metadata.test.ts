import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeHeaderText,
  decodeMetadataValue,
  encodeHeaderText,
  encodeMetadataValue,
} from './header-text.ts';
import { assertMetadataSize, maxMetadataBytes } from './metadata.ts';

const onTheWire = (text: string) => Buffer.from(text, 'utf8').toString('latin1');

describe('header text', () => {
  it('is UTF-8 where the bytes are UTF-8, else Latin-1', () => {
    expect(decodeHeaderText(onTheWire('größe'))).toBe('größe');
    expect(decodeHeaderText('gr\xf6\xdfe')).toBe('größe');
    expect(decodeHeaderText('plain')).toBe('plain');
  });

  it('survives a round trip, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(decodeHeaderText(encodeHeaderText(text))).toBe(text);
      }),
    );
  });
});

describe('metadata values', () => {
  it.each([
    ['plain value', 'plain value'],
    ['=?UTF-8?B?w4PChMODwpXDg8KUPXg=?=', 'Ã\u0084Ã\u0095Ã\u0094=x'],
    ['=?utf-8?q?gr=C3=B6=C3=9Fe_x?=', 'größe x'],
    ['=?ISO-8859-1?Q?gr=F6=DFe?=', 'größe'],
    ['=?UTF-8?Q?a?= =?UTF-8?Q?b?= c', 'ab c'],
    ['a =?UTF-8?Q?b?=', 'a b'],
    ['=?klingon?Q?a?=', '=?klingon?Q?a?='],
    ['=?UTF-8?B?/w==?=', '=?UTF-8?B?/w==?='],
    ['=? not a word', '=? not a word'],
  ])('are read from %s', (raw, value) => {
    expect(decodeMetadataValue(raw)).toBe(value);
  });

  it('are answered as they are if they are printable ASCII, else as an encoded word', () => {
    expect(encodeMetadataValue('plain')).toBe('plain');
    expect(encodeMetadataValue('größe')).toBe('=?UTF-8?B?Z3LDtsOfZQ==?=');
    expect(encodeMetadataValue('a\r\nb')).toMatch(/^=\?UTF-8\?B\?/);
  });

  it('survive a round trip', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }).filter((text) => !text.includes('=?')),
        (text) => {
          expect(decodeMetadataValue(encodeMetadataValue(text))).toBe(text);
        },
      ),
    );
  });
});

describe('assertMetadataSize', () => {
  it('counts names and values in UTF-8', () => {
    const name = 'n';
    expect(() => assertMetadataSize({ [name]: 'v'.repeat(maxMetadataBytes - 1) })).not.toThrow();
    expect(() => assertMetadataSize({ [name]: 'ö'.repeat(maxMetadataBytes / 2) })).toThrow(
      expect.objectContaining({
        code: 'MetadataTooLarge',
        fields: { Size: '2049', MaxSizeAllowed: '2048' },
      }),
    );
  });
});
