/** Hashes by OpenSSL and the native and WebAssembly ones of the server. */
import { createHash, createHmac, hash } from 'node:crypto';
import { openDigest } from '../../digest/digest.ts';
import type { Hashes, RunningDigest } from '../runtime.ts';

const ascii = /^[\0-\x7f]*$/;

export const nodeHashes: Hashes = {
  sha256Hex: (data) =>
    // What is ASCII, as most requests are, is the same bytes in UTF-8 and needs no buffer of its own.
    hash(
      'sha256',
      typeof data !== 'string' || ascii.test(data) ? data : Buffer.from(data, 'latin1'),
      'hex',
    ),
  hmacSha256: (key, text) => createHmac('sha256', key).update(text).digest(),
  hmacSha1Base64: (key, text) => createHmac('sha1', key).update(text, 'latin1').digest('base64'),
  md5Base64: (data) => createHash('md5').update(data).digest('base64'),
  openDigest: (algorithm) => openDigest(algorithm) as RunningDigest | Promise<RunningDigest>,
};
