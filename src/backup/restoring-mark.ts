/**
 * A file in a data directory that is being restored: no server starts there, and a restore that broke
 * off may begin again.
 */
export const restoringMark = 'restore-unfinished';
