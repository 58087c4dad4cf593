import { describe, expect, test } from 'vitest';
import { readZip, ZipError } from './zip-file.ts';

/** As Python's zipfile writes it to a stream: sizes come after the data, as MinIO has them; with a comment. */
const archive = Buffer.from(
  [
    'UEsDBBQACAAIAAAAIVwAAAAAAAAAAAAAAAAKAAAAYS9vbmUuanNvbqtWys9LVbJSqhgmQKkWAFBLBwi5V6CaDwAAANIAAABQSwME',
    'FAAIAAAAAAAhXAAAAAAAAAAAAAAAAAcAAAB0d28udHh0dHdvUEsHCGaKyhEDAAAAAwAAAFBLAQIUAxQACAAIAAAAIVy5V6CaDwAA',
    'ANIAAAAKAAAAAAAAAAAAAACAAQAAAABhL29uZS5qc29uUEsBAhQDFAAIAAAAAAAhXGaKyhEDAAAAAwAAAAcAAAAAAAAAAAAAAIAB',
    'RwAAAHR3by50eHRQSwUGAAAAAAIAAgBtAAAAfwAAAAkAYSBjb21tZW50',
  ].join(''),
  'base64',
);

const changed = (change: (copy: Buffer) => void): Buffer => {
  const copy = Buffer.from(archive);
  change(copy);
  return copy;
};
const central = archive.indexOf('PK\x01\x02', 0, 'latin1');

test('files that are deflated or stored come out by their names', () => {
  const files = readZip(archive);
  expect([...files.keys()]).toEqual(['a/one.json', 'two.txt']);
  expect(JSON.parse(files.get('a/one.json')!.toString())).toEqual({ one: 'x'.repeat(200) });
  expect(files.get('two.txt')!.toString()).toBe('two');
});

describe('what is damaged or not read is refused', () => {
  const cases: readonly (readonly [string, Buffer, RegExp])[] = [
    ['something else', Buffer.from('{"users": {}}'.repeat(10)), /no zip archive/],
    ['nothing', Buffer.alloc(0), /no zip archive/],
    ['an archive that is cut off', archive.subarray(0, -30), /no zip archive/],
    [
      'a byte of a stored file',
      changed((copy) => {
        copy[copy.indexOf('two.txttwo') + 8] = 0x58;
      }),
      /two.txt in it is damaged/,
    ],
    [
      'a larger size than there is',
      changed((copy) => copy.writeUInt32LE(100, central + 24)),
      /one.json in it is damaged/,
    ],
    [
      'more than is unpacked at most',
      changed((copy) => copy.writeUInt32LE(0x7fffffff, central + 24)),
      /more than/,
    ],
    ['an encrypted file', changed((copy) => copy.writeUInt16LE(1, central + 8)), /encrypted/],
    ['another method', changed((copy) => copy.writeUInt16LE(14, central + 10)), /method 14/],
    [
      'a place beyond the end',
      changed((copy) => copy.writeUInt32LE(0x7ffffff, central + 42)),
      /cut off or damaged/,
    ],
  ];
  test.each(cases)('%s', (_, bytes, message) => {
    expect(() => readZip(bytes)).toThrow(ZipError);
    expect(() => readZip(bytes)).toThrow(message);
  });
});
