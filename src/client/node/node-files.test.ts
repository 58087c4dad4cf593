import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeFiles, withoutFirst } from './node-files.ts';

describe('a file that is written', () => {
  it('has the chunks one after the other where they belong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kist-node-files-'));
    try {
      const path = join(folder, 'file');
      const file = await nodeFiles.openForWriting(path);
      await file.write([Buffer.from('c'), Buffer.alloc(0), Buffer.from('def')], 2);
      await file.write([Buffer.from('ab')], 0);
      await file.close();
      expect(readFileSync(path, 'utf8')).toBe('abcdef');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gets what was left when not all was written at once', () => {
    const lengths = fc.array(fc.nat(5), { maxLength: 6 });
    fc.assert(
      fc.property(lengths, fc.nat(30), (sizes, more) => {
        let next = 0;
        const chunks = sizes.map((size) => Uint8Array.from({ length: size }, () => next++));
        const whole = Buffer.concat(chunks);
        const written = Math.min(more, whole.length);
        const left = withoutFirst(chunks, written);
        expect(Buffer.concat(left).equals(whole.subarray(written))).toBe(true);
        if (written === whole.length) expect(left).toEqual([]);
      }),
    );
  });
});
