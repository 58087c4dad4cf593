/**
 * Where a backup lies: a directory, or a prefix of a bucket. Both are taken for no more than what the
 * lesser of them, an S3 bucket, can do: files are put whole, never changed, and listed by name. Nothing in
 * a backup is larger than a few tens of MiB, so that each is held in memory, verified and sent again as one.
 */

export interface PlacedFile {
  /** Below the place, with `/`. */
  readonly name: string;
  readonly bytes: number;
}

export interface BackupPlace {
  /** How messages name it. */
  readonly title: string;
  /** Whole or not there at all, whatever happens meanwhile; durable once a later `flush` resolves. */
  put(name: string, content: Buffer, signal: AbortSignal): Promise<void>;
  /** Undefined if there is none. */
  get(name: string, signal: AbortSignal): Promise<Buffer | undefined>;
  /** All files below a folder, which ends in `/`, or of the whole place (``); pages in any order. */
  list(folder: string, signal: AbortSignal): AsyncIterable<readonly PlacedFile[]>;
  /** Durable when it resolves. That one is gone already is no error. */
  remove(names: readonly string[], signal: AbortSignal): Promise<void>;
  flush(): Promise<void>;
  close(): void;
}

/** What lies at a place, as users name it. */
export const nameAt = ({ title }: BackupPlace, name: string): string => `${title}/${name}`;
