/**
 * All of S3's checksum algorithms behind one streaming interface.
 *
 * Results are the bytes that S3 base64-encodes: CRCs and xxHashes big-endian. MD5 and the SHAs are
 * OpenSSL's, CRC32 and CRC32C native, the rest WebAssembly (see wasm-digest.ts).
 */

import { createHash, hash } from 'node:crypto';
import { crc32, crc32c } from '@node-rs/crc32';
import type { ChecksumAlgorithm } from './algorithms.ts';
import {
  openWasmDigest,
  type WasmAlgorithm,
  type WasmDigest,
  warmWasmDigests,
} from './wasm-digest.ts';

/** One running digest. Abandoning it costs nothing; `digest` ends it. */
export interface Digest {
  /** Reads the chunk before it returns and keeps no reference to it. */
  update(chunk: Buffer): void;
  digest(): Buffer;
}

const openSslNames = { MD5: 'md5', SHA1: 'sha1', SHA256: 'sha256', SHA512: 'sha512' } as const;
const crcFunctions = { CRC32: crc32, CRC32C: crc32c } as const;

type OpenSslAlgorithm = keyof typeof openSslNames;
type CrcAlgorithm = keyof typeof crcFunctions;

const isOpenSsl = (name: ChecksumAlgorithm): name is OpenSslAlgorithm => name in openSslNames;
const isCrc = (name: ChecksumAlgorithm): name is CrcAlgorithm => name in crcFunctions;

/** Synchronous once `warmDigests` has settled, and always for MD5, the SHAs, CRC32 and CRC32C. */
export function openDigest(name: ChecksumAlgorithm): Digest | Promise<Digest> {
  if (isOpenSsl(name)) return openSslDigest(openSslNames[name]);
  if (isCrc(name)) return openCrc(crcFunctions[name]);
  const opened = openWasmDigest(name satisfies WasmAlgorithm);
  return opened instanceof Promise ? opened.then(withBuffers) : withBuffers(opened);
}

/** The digest of bytes that are all at hand. */
export function digestOf(name: ChecksumAlgorithm, bytes: Buffer): Buffer | Promise<Buffer> {
  if (isOpenSsl(name)) return hash(openSslNames[name], bytes, 'buffer');
  if (isCrc(name)) return bigEndian(crcFunctions[name](bytes));
  const opened = openWasmDigest(name satisfies WasmAlgorithm);
  return opened instanceof Promise
    ? opened.then((digest) => digestWhole(withBuffers(digest), bytes))
    : digestWhole(withBuffers(opened), bytes);
}

/** Compiles what is compiled lazily, so that `openDigest` and `digestOf` answer at once. */
export function warmDigests(): Promise<void> {
  return warmWasmDigests();
}

/** CRC32C as a number, continuing `previous`: what the storage engine seals its blocks with. */
export function crc32cOf(bytes: Buffer, previous = 0): number {
  return crc32c(bytes, previous);
}

function openSslDigest(name: string): Digest {
  const running = createHash(name);
  return {
    update(chunk) {
      running.update(chunk);
    },
    digest: () => running.digest(),
  };
}

function openCrc(crc: typeof crc32): Digest {
  let state = 0;
  return {
    update(chunk) {
      state = crc(chunk, state);
    },
    digest: () => bigEndian(state),
  };
}

function bigEndian(crc: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32BE(crc, 0);
  return bytes;
}

const withBuffers = (running: WasmDigest): Digest => ({
  update: (chunk) => running.update(chunk),
  digest() {
    const { buffer, byteOffset, byteLength } = running.digest();
    return Buffer.from(buffer, byteOffset, byteLength);
  },
});

function digestWhole(digest: Digest, bytes: Buffer): Buffer {
  digest.update(bytes);
  return digest.digest();
}
