/** The grammar of places: what means what, and what means nothing. */
import { homedir } from 'node:os';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandError } from './command-error.ts';
import { folderOf, formatRemote, parseBucket, parseObject, parsePlace } from './location.ts';

const remote = (alias: string | undefined, bucket: string, key: string) => ({
  kind: 'remote',
  alias,
  bucket,
  key,
});

describe('a place', () => {
  it.each(['.', '..', './a', '../a', '/a', './', '/', './work/bucket/key', 'C:\\a'])(
    '%s is local',
    (path) => expect(parsePlace(path)).toEqual({ kind: 'local', path }),
  );
  it('below ~/ is in the home directory', () => {
    expect(parsePlace('~/a/b')).toEqual({ kind: 'local', path: `${homedir()}/a/b` });
  });
  it('that is a dash is standard input or output', () => {
    expect(parsePlace('-')).toEqual({ kind: 'standard' });
  });
  it.each([
    ['work', remote('work', '', '')],
    ['work/', remote('work', '', '')],
    ['work/bucket', remote('work', 'bucket', '')],
    ['work/bucket/', remote('work', 'bucket', '')],
    ['work/bucket/a/b', remote('work', 'bucket', 'a/b')],
    ['work/bucket//a', remote('work', 'bucket', '/a')],
    ['work/bucket/a/', remote('work', 'bucket', 'a/')],
    ['work/bucket/./../a', remote('work', 'bucket', './../a')],
    ['work/bucket/what? 100%', remote('work', 'bucket', 'what? 100%')],
    ['aws:dev/bucket/key', remote('aws:dev', 'bucket', 'key')],
    ['env/bucket', remote('env', 'bucket', '')],
    ['s3://bucket/a b', remote(undefined, 'bucket', 'a b')],
    ['s3://bucket', remote(undefined, 'bucket', '')],
    ['s3://', remote(undefined, '', '')],
  ])('%s is remote', (text, place) => expect(parsePlace(text)).toEqual(place));
  it.each(['', '1st/bucket', 'a b/c', 'https://host/bucket', 's3:///key', 'work//key', '-x'])(
    '%j is none',
    (text) => expect(() => parsePlace(text)).toThrow(CommandError),
  );
  it('is one thing only: what is written for a place is read as that place', () => {
    const key = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(
        fc.option(fc.constantFrom('work', 'aws:p'), { nil: undefined }),
        key,
        (alias, k) => {
          const place = { alias, bucket: 'bucket', key: k };
          expect(parsePlace(formatRemote(place))).toEqual({ kind: 'remote', ...place });
        },
      ),
    );
  });
  it('says how it should be', () => {
    expect(() => parseBucket('work/bucket/key')).toThrow('more than a bucket');
    expect(() => parseObject('work/bucket')).toThrow('is a bucket');
    expect(() => parseObject('./file')).toThrow('is a local path');
  });
});

it('a folder is the same with and without its slash', () => {
  expect(['', 'a', 'a/'].map(folderOf)).toEqual(['', 'a/', 'a/']);
});
