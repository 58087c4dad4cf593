/**
 * A file in a data directory that is being restored: no server starts there, nothing backs it up or repairs it, and
 * a restore that broke off may begin again.
 */
import { readdir } from 'node:fs/promises';
import { BackupError } from './backup-error.ts';

export const restoringMark = 'restore-unfinished';

/** @throws BackupError if there is still something to be restored */
export async function assertRestored(directory: string): Promise<void> {
  if (!(await readdir(directory)).includes(restoringMark)) return;
  throw new BackupError(
    `The data directory ${directory} was not restored to the end. Run "kist restore" on it again.`,
  );
}
