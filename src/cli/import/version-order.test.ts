import { expect, test } from 'vitest';
import type { VersionItem } from '../../client/paginate.ts';
import { byTime } from './version-order.ts';

const item = (VersionId: string, second: number, DeleteMarker = false): VersionItem =>
  ({ VersionId, LastModified: new Date(second * 1000), DeleteMarker }) as VersionItem;
const ids = (items: readonly VersionItem[] | undefined) => items?.map((one) => one.VersionId);

test('versions and markers are put into one order, the newest first', () => {
  expect(ids(byTime([item('v3', 5), item('v1', 1), item('m2', 3, true)]))).toEqual([
    'v3',
    'm2',
    'v1',
  ]);
});

test('those of one kind and second stay as they were listed', () => {
  expect(ids(byTime([item('v3', 5), item('v2', 5), item('v1', 5)]))).toEqual(['v3', 'v2', 'v1']);
});

test('a version and a marker of one second are in no order that times tell', () => {
  expect(byTime([item('v1', 5), item('m2', 5, true)])).toBeUndefined();
});
