/** The audit log read back, the newest record first, through the rotated files as well. */
import { type FileHandle, open } from 'node:fs/promises';
import type { AuditRecord } from './audit-record.ts';

/** As it stands in the file. */
export type ToldRecord = Omit<AuditRecord, 'time'> & { readonly time: string };

export interface AuditQuestion {
  /** Most records to return. */
  readonly limit: number;
  /** `next` of an answer before. */
  readonly after?: string | undefined;
  readonly matches: (record: ToldRecord) => boolean;
}

export interface AuditPage {
  readonly records: readonly ToldRecord[];
  /** Where to go on; undefined at the end of the oldest file. */
  readonly next: string | undefined;
}

/** The file that a place is in was removed by a rotation, or there never was one. */
export class AuditPlaceGoneError extends Error {
  override readonly name = 'AuditPlaceGoneError';
}

/** What one question reads at most; a page may then be short of records, or empty, and say where to go on. */
export const maxAuditReadBytes = 32 * 1024 * 1024;
const blockBytes = 64 * 1024;
const lineFeed = 0x0a;
const place = /^(\d{1,20})\.(\d{1,15})$/;

interface OpenFile {
  readonly handle: FileHandle;
  readonly inode: string;
  readonly size: number;
}

/**
 * @param keptFiles how many rotated files there may be
 * @param maxReadBytes for tests
 * @throws AuditPlaceGoneError
 */
export async function readAudit(
  { path, keptFiles }: { readonly path: string; readonly keptFiles: number },
  { limit, after, matches }: AuditQuestion,
  maxReadBytes = maxAuditReadBytes,
): Promise<AuditPage> {
  const [, afterInode, afterOffset] = place.exec(after ?? '') ?? [];
  if (after !== undefined && afterInode === undefined) throw new AuditPlaceGoneError(after);
  const files = await openAll(path, keptFiles);
  try {
    const first = after === undefined ? 0 : files.findIndex(({ inode }) => inode === afterInode);
    if (first < 0) throw new AuditPlaceGoneError(after);
    const records: ToldRecord[] = [];
    let left = maxReadBytes;
    for (const { handle, inode, size } of files.slice(first)) {
      const end = inode === afterInode ? Math.min(Number(afterOffset), size) : size;
      for await (const { text, start } of linesBackwards(handle, end)) {
        left -= text.length;
        const record = parsed(text);
        if (record !== undefined && matches(record)) records.push(record);
        if (records.length === limit || left <= 0) return { records, next: `${inode}.${start}` };
      }
    }
    return { records, next: undefined };
  } finally {
    for (const { handle } of files) await handle.close();
  }
}

/** The newest first. A rotation meanwhile may show one of them twice, so each counts once. */
async function openAll(path: string, keptFiles: number): Promise<readonly OpenFile[]> {
  const files: OpenFile[] = [];
  for (let at = 0; at <= keptFiles; at++) {
    const handle = await open(at === 0 ? path : `${path}.${at}`, 'r').catch(ignoreMissing);
    if (handle === undefined) continue;
    const { ino, size } = await handle.stat({ bigint: true });
    const inode = String(ino);
    if (files.some((one) => one.inode === inode)) await handle.close();
    else files.push({ handle, inode, size: Number(size) });
  }
  return files;
}

/** Lines that end before `end`, from the last to the first, each with where it begins. */
async function* linesBackwards(
  handle: FileHandle,
  end: number,
): AsyncGenerator<{ readonly text: Buffer; readonly start: number }, void, undefined> {
  /** What has been read of lines that are not yet complete. */
  let held: Buffer = Buffer.alloc(0);
  for (let at = end; at > 0; ) {
    const length = Math.min(blockBytes, at);
    const block = Buffer.allocUnsafe(length);
    const { bytesRead } = await handle.read(block, 0, length, at - length);
    if (bytesRead < length) return;
    at -= length;
    held = held.length === 0 ? block : Buffer.concat([block, held]);
    for (;;) {
      // The line feed that ends a line belongs to it.
      const before = held.length < 2 ? -1 : held.lastIndexOf(lineFeed, held.length - 2);
      if (before < 0) break;
      yield { text: held.subarray(before + 1), start: at + before + 1 };
      held = held.subarray(0, before + 1);
    }
  }
  if (held.length > 0) yield { text: held, start: 0 };
}

/** Undefined for what is no whole line, as a full disk may leave one. */
function parsed(line: Buffer): ToldRecord | undefined {
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    const isRecord = typeof value === 'object' && value !== null && 'time' in value;
    return isRecord ? (value as ToldRecord) : undefined;
  } catch {
    return undefined;
  }
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
