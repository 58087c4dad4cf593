/** Which certificate a client gets, by the name that it asks for. */
import { describe, expect, it } from 'vitest';
import { chooserOf } from './certificate-choice.ts';

const pair = (expiresAt: number, ...names: string[]) => ({ names, expiresAt });
const choose = chooserOf([
  pair(9, 'first.example'),
  pair(9, '*.s3.example', 's3.example'),
  pair(9, 'photos.s3.example'),
  pair(9, '*.acme.s3.example'),
  pair(5, 'twice.example'),
  pair(7, 'twice.example'),
  pair(6, 'twice.example'),
]);

describe('a client gets', () => {
  it.each([
    ['s3.example', 1],
    ['bucket.s3.example', 1],
    ['photos.s3.example', 2],
    ['PHOTOS.S3.Example', 2],
    ['photos.s3.example.', 2],
    ['bucket.acme.s3.example', 3],
    // The wildcard above it is for one label alone.
    ['acme.s3.example', 1],
    ['a.bucket.acme.s3.example', 0],
    ['a.b.s3.example', 0],
    ['*.s3.example', 1],
    ['first.example', 0],
    ['unknown.example', 0],
    ['localhost', 0],
    ['', 0],
    ['.s3.example', 0],
    // Of several for one name, the one that is valid longest.
    ['twice.example', 5],
  ])('for %s certificate %i', (name, index) => {
    expect(choose(name)).toBe(index);
  });
});
