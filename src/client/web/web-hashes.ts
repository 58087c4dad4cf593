/**
 * Hashes without Node: synchronous, since those of browsers are not, and are not there at all in pages that came
 * over plain HTTP. What is rare, and WebAssembly, is loaded when it is first asked for.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { bytesOfByteString, toBase64 } from '../../protocol/byte-string.ts';
import type { Hashes } from '../runtime.ts';
import { openCrc32 } from './crc32.ts';
import { openCrc64 } from './crc64.ts';

const utf8 = new TextEncoder();

export const webHashes: Hashes = {
  sha256Hex: (data) =>
    bytesToHex(sha256(typeof data === 'string' ? bytesOfByteString(data) : data)),
  hmacSha256: (key, text) =>
    hmac(sha256, typeof key === 'string' ? utf8.encode(key) : key, utf8.encode(text)),
  hmacSha1Base64: (key, text) => toBase64(hmac(sha1, utf8.encode(key), bytesOfByteString(text))),
  md5Base64: (data) => toBase64(md5(data)),
  openDigest(algorithm) {
    switch (algorithm) {
      case 'CRC32':
      case 'CRC32C':
        return openCrc32(algorithm);
      case 'CRC64NVME':
        return openCrc64();
      case 'MD5':
        return md5.create();
      case 'SHA1':
        return sha1.create();
      case 'SHA256':
        return sha256.create();
      default:
        return import('./lazy-digests.ts').then((digests) => digests.openLazyDigest(algorithm));
    }
  },
};
