import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AuditPlaceGoneError, readAudit, type ToldRecord } from './read-audit.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-audit-'));
  path = join(directory, 'audit.log');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const line = (n: number, padding = 0): string =>
  `${JSON.stringify({ time: new Date(n).toISOString(), requestId: String(n), reason: 'x'.repeat(padding) })}\n`;
const all = () => true;
const ids = (records: readonly ToldRecord[]) => records.map(({ requestId }) => Number(requestId));

/** Page after page. */
async function everything(limit: number, maxReadBytes?: number) {
  const found: number[] = [];
  let after: string | undefined;
  do {
    const question = { limit, after, matches: all };
    const page = await readAudit({ path, keptFiles: 3 }, question, maxReadBytes);
    found.push(...ids(page.records));
    after = page.next;
  } while (after !== undefined);
  return found;
}

test('every record is told once, the newest first, however long lines and pages are', async () => {
  const lengths = fc.array(fc.oneof(fc.nat(200), fc.nat(150_000)), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(
      lengths,
      fc.nat(30),
      fc.integer({ min: 1, max: 40 }),
      async (sizes, cut, limit) => {
        const lines = sizes.map((size, n) => line(n, size));
        writeFileSync(`${path}.1`, lines.slice(0, cut).join(''));
        writeFileSync(path, lines.slice(cut).join(''));
        const expected = lines.map((_, n) => n).reverse();
        expect(await everything(limit)).toEqual(expected);
        expect(await everything(limit, 1000)).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});

test('records are chosen, and lines that are none passed over', async () => {
  writeFileSync(path, `${line(1)}{"time":"cut of\n\n${line(2)}${line(3)}[1]\n7\n`);
  const page = await readAudit(
    { path, keptFiles: 3 },
    { limit: 5, matches: ({ requestId }) => requestId !== '2' },
  );
  expect(ids(page.records)).toEqual([3, 1]);
});

test('a place holds while its file is rotated, and is gone with it', async () => {
  writeFileSync(path, line(1) + line(2) + line(3));
  const files = { path, keptFiles: 1 };
  const { next } = await readAudit(files, { limit: 1, matches: all });
  rmSync(`${path}.1`, { force: true });
  renameSync(path, `${path}.1`);
  writeFileSync(path, line(4));
  expect(ids((await readAudit(files, { limit: 5, after: next, matches: all })).records)).toEqual([
    2, 1,
  ]);
  rmSync(`${path}.1`);
  const question = { limit: 5, after: next, matches: all };
  await expect(readAudit(files, question)).rejects.toThrow(AuditPlaceGoneError);
  await expect(readAudit(files, { ...question, after: 'x' })).rejects.toThrow(AuditPlaceGoneError);
});

test('where there is no file there are no records', async () => {
  expect(await readAudit({ path, keptFiles: 2 }, { limit: 5, matches: all })).toEqual({
    records: [],
    next: undefined,
  });
});
