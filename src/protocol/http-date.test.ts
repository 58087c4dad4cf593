import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAmzDate,
  formatHttpDate,
  formatIsoDate,
  parseAmzDate,
  parseHttpDate,
  parseIsoDate,
} from './http-date.ts';

const toSecond = fc
  .integer({ min: 0, max: 253_402_300_799 })
  .map((seconds) => new Date(seconds * 1000));
const toMillisecond = fc
  .integer({ min: 0, max: 253_402_300_799_999 })
  .map((milliseconds) => new Date(milliseconds));
const example = new Date('1994-11-06T08:49:37Z');

describe('HTTP dates', () => {
  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 +0000',
  ])('are read from %s', (text) => {
    expect(parseHttpDate(text)).toEqual(example);
  });

  it('are written in the one preferred form', () => {
    expect(formatHttpDate(example)).toBe('Sun, 06 Nov 1994 08:49:37 GMT');
  });

  it.each([
    '',
    'yesterday',
    '1994-11-06T08:49:37Z',
    'Sun, 31 Feb 1994 08:49:37 GMT',
    'Sun, 06 Foo 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:49:37 CET',
  ])('are not read from %j', (text) => {
    expect(parseHttpDate(text)).toBeUndefined();
  });

  it('take two-digit years from 1970 to 2069', () => {
    expect(parseHttpDate('Thursday, 01-Jan-70 00:00:00 GMT')).toEqual(new Date(0));
    expect(parseHttpDate('Tuesday, 01-Jan-69 00:00:00 GMT')?.getUTCFullYear()).toBe(2069);
  });

  it('survive a round trip', () => {
    fc.assert(
      fc.property(toSecond, (date) => {
        expect(parseHttpDate(formatHttpDate(date))).toEqual(date);
      }),
    );
  });
});

describe('ISO dates', () => {
  it.each([
    ['2009-10-12T17:50:30.000Z', '2009-10-12T17:50:30.000Z'],
    ['2009-10-12T17:50:30Z', '2009-10-12T17:50:30.000Z'],
    ['2009-10-12T17:50:30.123456Z', '2009-10-12T17:50:30.123Z'],
    ['2009-10-12T17:50:30.5', '2009-10-12T17:50:30.500Z'],
    ['2009-10-12T17:50:30+02:00', '2009-10-12T15:50:30.000Z'],
    ['2009-10-12T17:50:30-0130', '2009-10-12T19:20:30.000Z'],
    ['2009-10-12', '2009-10-12T00:00:00.000Z'],
  ])('are read from %s', (text, expected) => {
    expect(parseIsoDate(text)?.toISOString()).toBe(expected);
  });

  it.each(['', '2009', '20091012', '2009-13-01', '2009-02-30T00:00:00Z', '2009-10-12 17:50'])(
    'are not read from %j',
    (text) => {
      expect(parseIsoDate(text)).toBeUndefined();
    },
  );

  it('survive a round trip to the millisecond', () => {
    fc.assert(
      fc.property(toMillisecond, (date) => {
        expect(parseIsoDate(formatIsoDate(date))).toEqual(date);
      }),
    );
  });
});

describe('dates of signatures', () => {
  it('are read and written in the compact form', () => {
    expect(formatAmzDate(example)).toBe('19941106T084937Z');
    expect(parseAmzDate('19941106T084937Z')).toEqual(example);
    expect(parseAmzDate('19941106')).toBeUndefined();
    expect(parseAmzDate('19941306T084937Z')).toBeUndefined();
  });

  it('survive a round trip', () => {
    fc.assert(
      fc.property(toSecond, (date) => {
        expect(parseAmzDate(formatAmzDate(date))).toEqual(date);
      }),
    );
  });
});
