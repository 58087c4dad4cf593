import { describe, expect, it } from 'vitest';
import {
  bytes,
  choice,
  domains,
  keyIds,
  listenHost,
  milliseconds,
  onOff,
  text,
  type ValueKind,
  wholeNumber,
} from './value-kinds.ts';

interface Example {
  readonly kind: ValueKind<unknown>;
  /** What is given, and the value that it becomes. */
  readonly taken: readonly (readonly [given: unknown, value: unknown])[];
  readonly refused: readonly unknown[];
}

const examples: Readonly<Record<string, Example>> = {
  wholeNumber: {
    kind: wholeNumber(1, 10),
    taken: [
      [1, 1],
      ['10', 10],
      [' 7 ', 7],
    ],
    refused: [0, 11, 1.5, '1.5', '1 KiB', '', '-1', Number.NaN, null, true, [1], undefined],
  },
  bytes: {
    kind: bytes(0, 1024 ** 4),
    taken: [
      ['12', 12],
      ['1KiB', 1024],
      ['2 mib', 2 * 1024 ** 2],
      ['1TiB', 1024 ** 4],
    ],
    refused: ['2TiB', '1 KB', '1.5 MiB', 'KiB', Number.POSITIVE_INFINITY],
  },
  milliseconds: {
    kind: milliseconds(100, 3_600_000),
    taken: [
      ['100', 100],
      ['5s', 5_000],
      ['2 min', 120_000],
      ['1h', 3_600_000],
    ],
    refused: ['99', '61 min', '1 d'],
  },
  text: {
    kind: text(/^[a-z]+$/, 'letters', 'name'),
    taken: [['abc', 'abc']],
    refused: ['', 'A', 1, null],
  },
  choice: {
    kind: choice(['text', 'json']),
    taken: [['json', 'json']],
    refused: ['JSON', '', 0],
  },
  listenHost: {
    kind: listenHost(),
    taken: [
      ['::', '::'],
      ['127.0.0.1', '127.0.0.1'],
      ['Host-1.example', 'Host-1.example'],
    ],
    refused: ['a:80', 'http://a', '-a', '', 'a'.repeat(64), 1],
  },
  domains: {
    kind: domains(),
    taken: [
      ['S3.example.com, b', ['s3.example.com', 'b']],
      [['a'], ['a']],
    ],
    refused: ['', 'a,', '127.0.0.1', 'a:80', [], ['a', 1], Array(65).fill('a'), 1],
  },
  keyIds: {
    kind: keyIds(),
    taken: [
      ['a, team/b_2', ['a', 'team/b_2']],
      [[], []],
    ],
    refused: ['', 'a b', 'a'.repeat(257), [1], Array(1_001).fill('a')],
  },
  onOff: {
    kind: onOff(),
    taken: [
      [true, true],
      ['true', true],
      ['1', true],
      [false, false],
      ['false', false],
      ['0', false],
    ],
    refused: ['yes', 1, 'TRUE', null],
  },
};

describe.each(Object.entries(examples))('%s', (_, { kind, taken, refused }) => {
  it('takes what is allowed', () => {
    for (const [given, value] of taken) expect(kind.check(given)).toEqual({ value });
  });

  it('says what is allowed of all else', () => {
    const problems = [{ path: [], message: `must be ${kind.allowed}` }];
    for (const given of refused) {
      expect(kind.check(given), JSON.stringify(given)).toEqual({ problems });
    }
  });
});
