import { describe, expect, it } from 'vitest';
import {
  checkCopySourceConditions,
  checkReadConditions,
  checkRenameDestinationConditions,
  checkRenameSourceConditions,
  checkWriteConditions,
  type ReadConditions,
} from './conditions.ts';
import { S3Error } from './errors.ts';

const current = { etag: '"a"', lastModified: new Date('2024-01-01T00:00:00.750Z') };
const before = new Date('2023-12-31T23:59:59Z');
const same = new Date('2024-01-01T00:00:00Z');
const after = new Date('2024-01-01T00:00:01Z');

function outcome(run: () => void): string {
  try {
    run();
    return 'passes';
  } catch (error) {
    if (!(error instanceof S3Error)) throw error;
    return [error.status, error.fields.Condition].filter(Boolean).join(' ');
  }
}

const reading: readonly [string, ReadConditions][] = [
  ['passes', {}],
  ['passes', { IfMatch: '"a"' }],
  ['passes', { IfMatch: '*' }],
  ['412 If-Match', { IfMatch: '"b"' }],
  ['304', { IfNoneMatch: '"a"' }],
  ['304', { IfNoneMatch: 'W/"a"' }],
  ['304', { IfNoneMatch: '*' }],
  ['passes', { IfNoneMatch: '"b"' }],
  ['passes', { IfModifiedSince: before }],
  ['304', { IfModifiedSince: same }],
  ['304', { IfModifiedSince: after }],
  ['412 If-Unmodified-Since', { IfUnmodifiedSince: before }],
  ['passes', { IfUnmodifiedSince: same }],
  ['passes', { IfUnmodifiedSince: after }],
  ['passes', { IfMatch: '"a"', IfUnmodifiedSince: before }],
  ['304', { IfNoneMatch: '"a"', IfModifiedSince: before }],
  ['passes', { IfNoneMatch: '"b"', IfModifiedSince: after }],
  ['412 If-Match', { IfMatch: '"b"', IfNoneMatch: '"a"' }],
];

describe('checkReadConditions', () => {
  it.each(reading)('%s with %j', (expected, conditions) => {
    expect(outcome(() => checkReadConditions(conditions, current))).toBe(expected);
  });

  it('says with 304 what the client has', () => {
    expect(() => checkReadConditions({ IfNoneMatch: 'a' }, current)).toThrow(
      expect.objectContaining({
        headers: { ETag: '"a"', 'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT' },
      }),
    );
  });
});

describe('checkCopySourceConditions', () => {
  it.each(reading)('has the outcome of %s for a read with %j, but never 304', (expected, read) => {
    const result = outcome(() =>
      checkCopySourceConditions(
        {
          CopySourceIfMatch: read.IfMatch,
          CopySourceIfNoneMatch: read.IfNoneMatch,
          CopySourceIfModifiedSince: read.IfModifiedSince,
          CopySourceIfUnmodifiedSince: read.IfUnmodifiedSince,
        },
        current,
      ),
    );
    if (expected === 'passes') expect(result).toBe('passes');
    else expect(result).toMatch(/^412 x-amz-copy-source-If-/);
  });
});

describe('checkRenameSourceConditions', () => {
  it.each(reading)('has the outcome of %s for a read with %j, but never 304', (expected, read) => {
    const result = outcome(() =>
      checkRenameSourceConditions(
        {
          SourceIfMatch: read.IfMatch,
          SourceIfNoneMatch: read.IfNoneMatch,
          SourceIfModifiedSince: read.IfModifiedSince,
          SourceIfUnmodifiedSince: read.IfUnmodifiedSince,
        },
        current,
      ),
    );
    if (expected === 'passes') expect(result).toBe('passes');
    else expect(result).toMatch(/^412 x-amz-rename-source-If-/);
  });
});

describe('checkRenameDestinationConditions', () => {
  const asDestination = (read: ReadConditions) => ({
    DestinationIfMatch: read.IfMatch,
    DestinationIfNoneMatch: read.IfNoneMatch,
    DestinationIfModifiedSince: read.IfModifiedSince,
    DestinationIfUnmodifiedSince: read.IfUnmodifiedSince,
  });

  it.each(reading)('has the outcome of %s for a read with %j, but never 304', (expected, read) => {
    const result = outcome(() => checkRenameDestinationConditions(asDestination(read), current));
    if (expected === 'passes') expect(result).toBe('passes');
    else expect(result).toMatch(/^412 If-/);
  });

  const time = new Date(0);
  it.each<readonly [string, ReadConditions]>([
    ['passes', {}],
    ['passes', { IfNoneMatch: '*' }],
    ['passes', { IfNoneMatch: '*', IfModifiedSince: time }],
    ['passes', { IfUnmodifiedSince: time }],
    ['412 If-Match', { IfMatch: '*' }],
    ['412 If-Modified-Since', { IfModifiedSince: time }],
  ])('%s with %j where nothing is', (expected, read) => {
    const check = () => checkRenameDestinationConditions(asDestination(read), undefined);
    expect(outcome(check)).toBe(expected);
  });
});

describe('checkWriteConditions', () => {
  it.each([
    ['passes', {}, undefined],
    ['passes', { IfNoneMatch: '*' }, undefined],
    ['412 If-None-Match', { IfNoneMatch: '*' }, 'a'],
    ['passes', { IfNoneMatch: '"a"' }, undefined],
    ['412 If-None-Match', { IfNoneMatch: '"b", W/"a"' }, 'a'],
    ['passes', { IfNoneMatch: '"b"' }, 'a'],
    ['412 If-Match', { IfMatch: '"b"', IfNoneMatch: '"c"' }, 'a'],
    ['passes', { IfMatch: '"a"' }, 'a'],
    ['passes', { IfMatch: 'a' }, '"a"'],
    ['412 If-Match', { IfMatch: '"b"' }, 'a'],
    ['404', { IfMatch: '"b"' }, undefined],
  ])('%s with %j where the ETag is %s', (expected, conditions, etag) => {
    expect(outcome(() => checkWriteConditions(conditions, etag))).toBe(expected);
  });
});
