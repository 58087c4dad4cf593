/** Checksums that are rare where there is no Node: WebAssembly, loaded together with the first of them. */
import { createSHA512 } from 'hash-wasm';
import { openWasmDigest } from '../../digest/wasm-digest.ts';
import type { RunningDigest } from '../runtime.ts';

export type LazyAlgorithm = 'SHA512' | 'XXHASH64' | 'XXHASH3' | 'XXHASH128';

export async function openLazyDigest(algorithm: LazyAlgorithm): Promise<RunningDigest> {
  if (algorithm !== 'SHA512') return openWasmDigest(algorithm);
  const running = await createSHA512();
  return {
    update: (chunk) => void running.update(chunk),
    digest: () => running.digest('binary'),
  };
}
