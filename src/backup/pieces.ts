/**
 * Bytes of the data directory as a backup keeps them: cut into pieces, each a file of its own that is put
 * once and never changes. A pack that has grown since the last backup gets further pieces; a copy that
 * broke off is gone on with at the first piece that is not there.
 *
 * A piece's name says all there is to know: `blobs/<path>.<from>-<to>-<crc32c>`, positions in the file in
 * decimal, the checksum of its bytes as 8 hex digits. So the list of names is the only index that is needed.
 */
import { BackupError } from './backup-error.ts';
import { type BackupPlace, nameAt } from './place.ts';

/** One is held in memory for each copy that is under way. */
export const maxPieceBytes = 16 * 1024 * 1024;
export const blobsFolder = 'blobs/';

export interface Piece {
  /** Below `blobs/` of the data directory. */
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly crc32c: number;
}

export type PieceRange = Omit<Piece, 'crc32c'>;

/** Name of a piece without its path. */
export const rangeName = ({ from, to, crc32c }: Omit<Piece, 'path'>): string =>
  `${from}-${to}-${crc32c.toString(16).padStart(8, '0')}`;

export const pieceName = (piece: Piece): string =>
  `${blobsFolder}${piece.path}.${rangeName(piece)}`;

const rangePattern = /^(\d{1,16})-(\d{1,16})-([0-9a-f]{8})$/;

/** Undefined if it is no piece's. */
export function parseRange(path: string, text: string): Piece | undefined {
  const [, from, to, checksum] = rangePattern.exec(text) ?? [];
  const piece = { path, from: Number(from), to: Number(to), crc32c: Number(`0x${checksum}`) };
  return piece.to - piece.from > 0 ? piece : undefined;
}

export function parsePieceName(name: string): Piece | undefined {
  if (!name.startsWith(blobsFolder)) return undefined;
  const dot = name.lastIndexOf('.');
  return parseRange(name.slice(blobsFolder.length, dot), name.slice(dot + 1));
}

/** All pieces that are there, by path. One whose length is not what its name says counts for nothing. */
export async function listPieces(
  place: BackupPlace,
  signal: AbortSignal,
): Promise<Map<string, Piece[]>> {
  const pieces = new Map<string, Piece[]>();
  for await (const page of place.list(blobsFolder, signal)) {
    for (const { name, bytes } of page) {
      const piece = parsePieceName(name);
      if (piece === undefined || bytes !== piece.to - piece.from) continue;
      const others = pieces.get(piece.path);
      if (others) others.push(piece);
      else pieces.set(piece.path, [piece]);
    }
  }
  return pieces;
}

/** In what order a file of `bytes` bytes is put together: pieces that are there, and ranges yet to be copied. */
export function coverage(
  path: string,
  bytes: number,
  there: readonly Piece[],
): readonly (Piece | PieceRange)[] {
  const cover: (Piece | PieceRange)[] = [];
  for (let at = 0; at < bytes; ) {
    const from = at;
    const known = there.filter((piece) => piece.from === from);
    if (known.length > 0) {
      const longest = known.reduce((a, b) => (b.to > a.to ? b : a));
      cover.push(longest);
      at = longest.to;
      continue;
    }
    const later = there.map((piece) => piece.from).filter((start) => start > from);
    at = Math.min(from + maxPieceBytes, bytes, ...later);
    cover.push({ path, from, to: at });
  }
  return cover;
}

export const isCopied = (piece: Piece | PieceRange): piece is Piece => 'crc32c' in piece;

/** @throws BackupError if it is missing or isn't what was copied */
export async function readPiece(
  place: BackupPlace,
  piece: Piece,
  crc32c: (bytes: Buffer) => number,
  signal: AbortSignal,
): Promise<Buffer> {
  const name = pieceName(piece);
  const content = await place.get(name, signal);
  if (content === undefined) throw new BackupError(`${nameAt(place, name)} is missing.`);
  if (content.length !== piece.to - piece.from || crc32c(content) !== piece.crc32c) {
    throw new BackupError(`${nameAt(place, name)} differs from its checksum.`);
  }
  return content;
}
