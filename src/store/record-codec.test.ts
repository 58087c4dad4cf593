import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordCorruptError } from './errors.ts';
import { decodeBlobRecord, decodeRecord, encodeBlobRecord, encodeRecord } from './record-codec.ts';
import type { BlobRecord } from './records.ts';

const blobId = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((bytes) => Buffer.from(bytes).toString('hex'));
const size = fc.nat(Number.MAX_SAFE_INTEGER);
const bytes = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((array) => Buffer.from(array));
const home: fc.Arbitrary<BlobRecord['home']> = fc.oneof(
  fc.record({ kind: fc.constant('inline' as const), bytes: bytes(2048) }),
  fc.record({ kind: fc.constant('stored' as const), locator: bytes(64) }),
  fc.record({
    kind: fc.constant('extents' as const),
    extents: fc.array(fc.record({ blob: blobId, offset: size, length: size }), { maxLength: 20 }),
    parts: fc.array(fc.record({ number: fc.integer({ min: 1, max: 10_000 }), size }), {
      maxLength: 20,
    }),
  }),
);
const blobRecord: fc.Arbitrary<BlobRecord> = fc.record({
  length: size,
  references: fc.nat(0xffff_ffff),
  home,
});

describe('records', () => {
  it('come back as they were written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const record = { value };
        expect(decodeRecord(encodeRecord(record))).toEqual(JSON.parse(JSON.stringify(record)));
      }),
    );
    fc.assert(
      fc.property(blobRecord, (record) => {
        expect(decodeBlobRecord(encodeBlobRecord(record))).toEqual(record);
      }),
    );
  });

  it('with any bit flipped are errors, never other records', () => {
    fc.assert(
      fc.property(blobRecord, fc.nat(), fc.nat(7), (record, place, bit) => {
        for (const [encoded, decode] of [
          [encodeBlobRecord(record), decodeBlobRecord],
          [encodeRecord({ record: record.length }), decodeRecord],
        ] as const) {
          encoded[place % encoded.length]! ^= 1 << bit;
          expect(() => decode(encoded)).toThrow(RecordCorruptError);
        }
      }),
    );
  });

  it('that are cut short or of another format are errors', () => {
    const encoded = encodeRecord({ a: 1 });
    for (let length = 0; length < encoded.length; length++) {
      expect(() => decodeRecord(encoded.subarray(0, length))).toThrow(RecordCorruptError);
    }
    expect(() => decodeBlobRecord(encoded)).toThrow('record format is 1, expected 2');
  });
});
