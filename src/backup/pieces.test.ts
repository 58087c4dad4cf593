import { describe, expect, it } from 'vitest';
import { coverage, maxPieceBytes, parsePieceName, pieceName } from './pieces.ts';

const path = 'packs/00.pack';
const piece = (from: number, to: number) => ({ path, from, to, crc32c: 1 });
const range = (from: number, to: number) => ({ path, from, to });

describe('the name of a piece', () => {
  it('says which bytes it has, and of what', () => {
    const whole = { path: 'files/a2/01.blob', from: 0, to: 1_500_100, crc32c: 0x1a2b3c };
    expect(pieceName(whole)).toBe('blobs/files/a2/01.blob.0-1500100-001a2b3c');
    expect(parsePieceName(pieceName(whole))).toEqual(whole);
  });

  it.each([
    'blobs/packs/00.pack',
    'blobs/packs/00.pack.0-5',
    'blobs/packs/00.pack.5-5-00000000',
    'blobs/packs/00.pack.9-5-00000000',
    'blobs/packs/00.pack.0-5-0000000g',
    'snapshots/00.0-5-00000000',
  ])('is not %s', (name) => expect(parsePieceName(name)).toBeUndefined());
});

describe('what a file is put together of', () => {
  it('is pieces of bounded length where nothing is there', () => {
    expect(coverage(path, 2 * maxPieceBytes + 1, [])).toEqual([
      range(0, maxPieceBytes),
      range(maxPieceBytes, 2 * maxPieceBytes),
      range(2 * maxPieceBytes, 2 * maxPieceBytes + 1),
    ]);
  });

  it('is what is there, and what it grew by', () => {
    const there = [piece(50, 100), piece(0, 50)];
    expect(coverage(path, 100, there)).toEqual([piece(0, 50), piece(50, 100)]);
    expect(coverage(path, 130, there)).toEqual([piece(0, 50), piece(50, 100), range(100, 130)]);
  });

  it('ends with the piece that has the last byte, though it has more', () => {
    expect(coverage(path, 60, [piece(0, 50), piece(50, 100), piece(100, 120)])).toEqual([
      piece(0, 50),
      piece(50, 100),
    ]);
  });

  it('fills holes, and takes the longest of pieces that begin at one place', () => {
    const there = [piece(0, 10), piece(0, 20), piece(30, 40), piece(5, 15)];
    expect(coverage(path, 40, there)).toEqual([piece(0, 20), range(20, 30), piece(30, 40)]);
  });
});
