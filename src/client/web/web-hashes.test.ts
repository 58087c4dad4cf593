import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumAlgorithms } from '../../digest/algorithms.ts';
import { nodeHashes } from '../node/node-hashes.ts';
import type { Hashes } from '../runtime.ts';
import { webHashes } from './web-hashes.ts';

const bytes = fc.uint8Array({ maxLength: 300 });
const byteString = bytes.map((array) => String.fromCharCode(...array));

async function digestOf(
  hashes: Hashes,
  algorithm: (typeof checksumAlgorithms)[number],
  chunks: readonly Uint8Array[],
): Promise<string> {
  const digest = await hashes.openDigest(algorithm);
  for (const chunk of chunks) digest.update(chunk);
  return Buffer.from(digest.digest()).toString('hex');
}

test.each(checksumAlgorithms)('%s is what it is in Node, in any chunks', async (algorithm) => {
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { maxLength: 4 }), async (chunks) => {
      expect(await digestOf(webHashes, algorithm, chunks)).toBe(
        await digestOf(nodeHashes, algorithm, chunks),
      );
    }),
  );
});

test('digests that are open at the same time keep apart', async () => {
  for (const algorithm of checksumAlgorithms) {
    const [one, other] = [
      await webHashes.openDigest(algorithm),
      await webHashes.openDigest(algorithm),
    ];
    one.update(Buffer.from('on'));
    other.update(Buffer.from('something else'));
    one.update(Buffer.from('e'));
    const expected = await digestOf(nodeHashes, algorithm, [Buffer.from('one')]);
    expect(Buffer.from(one.digest()).toString('hex')).toBe(expected);
  }
});

test('what signatures are made of is what it is in Node', () => {
  fc.assert(
    fc.property(byteString, fc.string(), bytes, (text, key, data) => {
      expect(webHashes.sha256Hex(text)).toBe(nodeHashes.sha256Hex(text));
      expect(webHashes.sha256Hex(data)).toBe(nodeHashes.sha256Hex(data));
      expect(webHashes.hmacSha1Base64(key, text)).toBe(nodeHashes.hmacSha1Base64(key, text));
      expect(webHashes.md5Base64(data)).toBe(nodeHashes.md5Base64(data));
    }),
  );
  fc.assert(
    fc.property(fc.oneof(fc.string(), bytes), fc.string(), (key, text) => {
      expect(Buffer.from(webHashes.hmacSha256(key, text))).toEqual(
        Buffer.from(nodeHashes.hmacSha256(key, text)),
      );
    }),
  );
});
