/** Counts the bytes of a transfer, each once however often it went. */
import type { TransferProgress } from './options.ts';

export interface Progress {
  add(bytes: number): void;
  /** For a piece that may begin again: told how far it is, from 0. */
  ofPiece(): (reached: number) => void;
}

export function createProgress(
  totalBytes: number | undefined,
  onProgress: ((progress: TransferProgress) => void) | undefined,
  /** What an earlier run has transferred. */
  already = 0,
): Progress {
  let transferredBytes = already;
  onProgress?.({ transferredBytes, totalBytes });
  const add = (bytes: number): void => {
    if (bytes === 0) return;
    transferredBytes += bytes;
    onProgress?.({ transferredBytes, totalBytes });
  };
  return {
    add,
    ofPiece() {
      let most = 0;
      return (reached) => {
        if (reached <= most) return;
        const more = reached - most;
        most = reached;
        add(more);
      };
    },
  };
}
