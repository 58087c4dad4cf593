import { expect, it } from 'vitest';
import type { InventoryConfiguration } from '../../model/types.gen.ts';
import type { Bucket, StoredObject } from '../../store/records.ts';
import { rulesOf } from '../lifecycle/rules.ts';
import { rowMaker } from './columns.ts';

const version = { key: 'a/b c', lastModified: Date.UTC(2024, 4, 6) } as StoredObject;

it.each([
  [1, '"2024-05-07T00:00:00.000Z"'],
  [2 ** 31 - 1, '""'],
])('an object that expires after %d days has its date in a row, if there is one', (Days, cell) => {
  const rule = { ID: 'all', Status: 'Enabled', Filter: {}, Expiration: { Days } } as const;
  const configuration = {
    OptionalFields: ['LifecycleExpirationDate'],
    IncludedObjectVersions: 'Current',
  } as unknown as InventoryConfiguration;
  const toRow = rowMaker(configuration, {
    bucket: { name: 'bucket' } as Bucket,
    ownership: undefined,
    lifecycle: rulesOf({ rules: [rule] }),
  });
  expect(toRow({ version, isLatest: true })).toBe(`"bucket","a/b%20c",${cell}\n`);
});
