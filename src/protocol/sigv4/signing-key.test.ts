import { createHash, createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveSigningKey, sha256Hex, signingKeyOf, signText } from './signing-key.ts';

describe('a signing key', () => {
  it('signs any text as HMAC-SHA256 does', () => {
    const keys = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ minLength: 4000, maxLength: 5000 }),
    );
    fc.assert(
      fc.property(keys, fc.array(texts, { maxLength: 4 }), (key, each) => {
        const signingKey = signingKeyOf(key);
        for (const text of each) {
          const expected = createHmac('sha256', key).update(text, 'utf8').digest('hex');
          expect(signText(signingKey, text)).toBe(expected);
        }
      }),
    );
  });

  it('shows nothing of what it signs with', () => {
    const key = deriveSigningKey('secret', '20130524', 'us-east-1', 's3');
    expect(inspect(key, { depth: null, showHidden: true })).not.toMatch(/Buffer|secret/);
    expect(JSON.stringify(key)).toBe('{}');
  });
});

it('hashes text with one character per byte, above ASCII too', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Buffer.from(bytes).toString('latin1');
      expect(sha256Hex(text)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }),
  );
  expect(sha256Hex('plain')).toBe(createHash('sha256').update('plain').digest('hex'));
});
