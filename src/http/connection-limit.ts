/**
 * How many connections a process may have open, given how many files the system lets it open: clients must
 * not take the descriptors that the store needs, for packs, files, and the database.
 */

/** For everything that isn't a client's connection. */
export const reservedDescriptors = 512;

/** @param procLimits what Linux says in /proc/self/limits; undefined elsewhere */
export function connectionLimit(wanted: number, procLimits: string | undefined): number {
  const open = Number(/^Max open files +(\d+)/m.exec(procLimits ?? '')?.[1] ?? Number.NaN);
  if (Number.isNaN(open)) return wanted;
  // Where there are few, at least half of them are the store's.
  return Math.min(wanted, Math.max(open - reservedDescriptors, Math.floor(open / 2)));
}
