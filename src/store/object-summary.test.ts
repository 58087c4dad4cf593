/** Summaries say what the whole record says, whatever stands in it and in which order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordCorruptError } from './errors.ts';
import { createSummaryReader } from './object-summary.ts';
import { decodeRecord, encodeRecord } from './record-codec.ts';
import type { StoredObject } from './records.ts';
import { oldestOrder } from './versions.ts';

const recordOf = (value: Buffer) => ({ key: Buffer.from('k'), value, seq: 1 });
const summaryOf = (record: object) => createSummaryReader()('k', recordOf(encodeRecord(record)));

/** Texts that look like JSON around them, among others. */
const nasty = fc.oneof(
  fc.constantFrom('","storageClass":"GONE"', '\\', '\\"', '}', '{"acl":[', '\u2028', 'ü€😀'),
  fc.string({ unit: 'grapheme' }),
);
const dictionary = fc.dictionary(fc.oneof(nasty, fc.constant('storageClass')), nasty);
const members = fc.record(
  {
    versionId: fc.oneof(fc.constant('null'), nasty),
    order: fc.string({ minLength: 32, maxLength: 32 }),
    etag: nasty,
    size: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    blob: nasty,
    lastModified: fc.nat(),
    headers: dictionary,
    metadata: dictionary,
    tags: dictionary,
    storageClass: nasty,
    acl: fc.record({
      owner: nasty,
      grants: fc.array(fc.record({ grantee: fc.record({ account: nasty }), permission: nasty })),
    }),
    checksum: fc.record({ algorithm: nasty, value: nasty, type: nasty }),
    lock: fc.record({ legalHold: nasty, retainUntil: fc.nat() }),
  },
  { requiredKeys: ['versionId', 'etag', 'size', 'lastModified', 'storageClass', 'acl'] },
);
const shuffled = members.chain((record) =>
  fc
    .shuffledSubarray(Object.entries(record), { minLength: Object.keys(record).length })
    .map((entries) => Object.fromEntries(entries)),
);

describe('A summary', () => {
  it('says of an object what its whole record says', () => {
    fc.assert(
      fc.property(fc.array(shuffled, { minLength: 1, maxLength: 4 }), (records) => {
        const read = createSummaryReader();
        for (const record of records) {
          const value = encodeRecord(record);
          const whole = decodeRecord<StoredObject>(value);
          const { versionId, etag, size, lastModified, storageClass, acl, checksum } = whole;
          expect(read('k', recordOf(value))).toEqual({
            key: 'k',
            versionId,
            order: whole.order ?? oldestOrder,
            deleteMarker: false,
            lastModified,
            owner: acl.owner,
            etag,
            size,
            storageClass,
            checksum,
          });
        }
      }),
    );
  });

  it('says of a delete marker whose it is and when it came', () => {
    const marker = { deleteMarker: true, versionId: 'v', order: 'o', lastModified: 7, owner: 'a' };
    expect(summaryOf(marker)).toMatchObject({ ...marker, key: 'k' });
  });

  it('is refused where the record is damaged', () => {
    const value = encodeRecord({ versionId: 'null', etag: 'e' });
    value[9]! ^= 1;
    expect(() => createSummaryReader()('k', recordOf(value))).toThrow(RecordCorruptError);
  });
});
