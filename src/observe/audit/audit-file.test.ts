import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuditFile } from './audit-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'kist-audit-'));
  path = join(directory, 'audit.jsonl');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const linesIn = (file: string) => readFileSync(file, 'utf8').split('\n').slice(0, -1);

describe('an audit file', () => {
  it('is for its owner only, and keeps what another run wrote', async () => {
    for (const line of ['one\n', 'two\n']) {
      const file = createAuditFile({ path, maxBytes: 1_000, keptFiles: 1 });
      await file.deliver([line]);
      await file.close();
    }
    expect(linesIn(path)).toEqual(['one', 'two']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is rotated at its size and keeps as many files as it may', async () => {
    const file = createAuditFile({ path, maxBytes: 20, keptFiles: 2 });
    for (let at = 0; at < 8; at++) await file.deliver([`line ${at} .....\n`]);
    await file.close();
    expect(readdirSync(directory).sort()).toEqual([
      'audit.jsonl',
      'audit.jsonl.1',
      'audit.jsonl.2',
    ]);
    expect(linesIn(`${path}.2`)).toEqual(['line 2 .....', 'line 3 .....']);
    expect(linesIn(path)).toEqual(['line 6 .....', 'line 7 .....']);
  });

  it('loses and mixes no line of several writers, whoever rotates', async () => {
    const writers = [0, 1, 2].map(() => createAuditFile({ path, maxBytes: 2_000, keptFiles: 500 }));
    await Promise.all(
      writers.map(async (file, writer) => {
        for (let at = 0; at < 200; at++) {
          await file.deliver([`${writer}/${at}/${'x'.repeat(40)}\n`]);
        }
        await file.close();
      }),
    );
    const files = readdirSync(directory);
    expect(files.length).toBeGreaterThan(1);
    const lines = files.flatMap((name) => linesIn(join(directory, name)));
    const wanted = [0, 1, 2].flatMap((writer) =>
      Array.from({ length: 200 }, (_, at) => `${writer}/${at}/${'x'.repeat(40)}`),
    );
    expect(lines.sort()).toEqual(wanted.sort());
  });

  it('is made anew where somebody moved it away', async () => {
    const file = createAuditFile({ path, maxBytes: 1_000, keptFiles: 1 });
    await file.deliver(['before\n']);
    renameSync(path, `${path}.moved`);
    await file.deliver(['after\n']);
    await file.close();
    expect([linesIn(`${path}.moved`), linesIn(path)]).toEqual([['before'], ['after']]);
  });

  it('says so where the disk is full', async () => {
    const file = createAuditFile({ path: '/dev/full', maxBytes: 1_000, keptFiles: 1 });
    await expect(file.deliver(['line\n'])).rejects.toMatchObject({ code: 'ENOSPC' });
    await file.close();
  });
});
