/**
 * The numbers of a server's writers. A slot belongs to one process at a time, from before its start
 * until after its exit; a successor that starts while its predecessor still ends what it began has
 * another one. The lowest free number is taken, so that there are never many of them.
 */

export interface ProcessSlots {
  take(): number;
  /** The process is gone. */
  free(slot: number): void;
}

export function createProcessSlots(): ProcessSlots {
  const taken = new Set<number>();
  return {
    take: () => {
      let slot = 0;
      while (taken.has(slot)) slot++;
      taken.add(slot);
      return slot;
    },
    free: (slot) => {
      taken.delete(slot);
    },
  };
}
