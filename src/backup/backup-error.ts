/** What a user can do something about: told in a line, without a stack. */
export class BackupError extends Error {
  override readonly name = 'BackupError';
}
