import { expect, test } from 'vitest';
import { assertSameMd5, tellClass } from './object-copy.ts';
import { createReport } from './report.ts';

const [a, b] = ['"0cc175b9c0f1b6a831c399e269772661"', '"92eb5ffee6ae2fec3ad71c777531578f"'];

test('another MD5 in the target than in the source is an error', () => {
  expect(() => assertSameMd5({ ETag: a }, { ETag: b })).toThrow(/its MD5 is 0cc1.* and 92eb/);
  expect(() => assertSameMd5({ ETag: a }, { ETag: a.replaceAll('"', '') })).not.toThrow();
});

test('ETags that are no MD5 say nothing', () => {
  expect(() => assertSameMd5({ ETag: `${a.slice(0, -1)}-2"` }, { ETag: b })).not.toThrow();
  expect(() =>
    assertSameMd5({ ETag: a, ServerSideEncryption: 'aws:kms' }, { ETag: b }),
  ).not.toThrow();
  expect(() =>
    assertSameMd5({ ETag: a }, { ETag: b, SSECustomerAlgorithm: 'AES256' }),
  ).not.toThrow();
});

test('a storage class that does not stay is told, in a dry run, too', () => {
  const told: string[] = [];
  const out = {
    json: true,
    record: (record: object) => told.push(JSON.stringify(record)),
    document() {},
    note() {},
    flush: async () => {},
  };
  const report = createReport(out, new AbortController().signal, { dryRun: true });
  for (const one of [undefined, 'STANDARD', 'GLACIER_IR']) tellClass(report, 'b/k', one);
  expect(told).toEqual([]);
  tellClass(report, 'b/k', 'GLACIER');
  tellClass(report, 'b/k', 'EXPRESS_ONEZONE');
  expect(told[0]).toMatch(/GLACIER: it becomes STANDARD, and fails unless it was restored/);
  expect(told[1]).not.toMatch(/restored/);
});
