/** The mix of operations, several at once, until the load is to end. */

import { byShare } from './chance.ts';
import { abortedMultipart, multipart } from './multipart-operations.ts';
import type { SoakOptions } from './options.ts';
import { copy, get, getRange, head, list, put, remove, removeMany } from './plain-operations.ts';
import {
  getCurrent,
  getVersion,
  listVersions,
  putMarker,
  putVersion,
} from './versioned-operations.ts';
import type { Operation, Work } from './work.ts';

/** Shares of operations, in thousandths; those of several requests count once. */
const mix: readonly (readonly [operation: Operation, share: number])[] = [
  [get, 240],
  [getRange, 100],
  [head, 100],
  [put, 230],
  [copy, 40],
  [list, 40],
  [remove, 60],
  [removeMany, 6],
  [multipart, 4],
  [abortedMultipart, 4],
  [putVersion, 60],
  [getVersion, 50],
  [getCurrent, 36],
  [putMarker, 10],
  [listVersions, 20],
];
const adding = new Set<Operation>([put, copy, multipart]);
const bytesPerMiB = 1024 ** 2;
/** After a failure, so that a server that is gone is not asked in a tight loop. */
const pauseMs = 100;

/** Resolves when all that was under way has ended. */
export async function runLoad(
  work: Work,
  { connections, liveMiB }: Pick<SoakOptions, 'connections' | 'liveMiB'>,
  failed: (error: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const one = async () => {
    while (!signal.aborted) {
      const isFull = work.model.live().storedBytes > liveMiB * bytesPerMiB;
      const picked = byShare(mix, 1000);
      try {
        await (isFull && adding.has(picked) ? remove : picked)(work);
      } catch (error) {
        failed(error);
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
      }
      // An operation that found its key taken has waited for nothing.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await Promise.all(Array.from({ length: connections }, one));
}
