/**
 * The small file in which a transfer notes how far it came: JSON, replaced as a whole, readable for its owner only.
 * What isn't the state of such a transfer is never overwritten.
 */
import type { Files } from '../runtime.ts';
import { S3Error } from '../s3-error.ts';
import type { Sender } from '../sender.ts';

/** More than any state has; what is larger is some other file. */
const maxStateCharacters = 4 * 1024 * 1024;

/** What must be the same for a state to be of this transfer. */
export interface TransferName {
  readonly kind: 'kist upload' | 'kist download';
  /** Of the server. */
  readonly host: string;
  readonly bucket: string;
  readonly key: string;
}

export interface StateFile<State> {
  /** Undefined if there is none. @throws S3Error InvalidInput if the file is something else */
  read(): Promise<State | undefined>;
  write(state: State): Promise<void>;
  remove(): Promise<void>;
}

/** @param isState whether members beside the name are all there */
export function openStateFile<State extends object>(
  files: Files,
  path: string,
  name: TransferName,
  isState: (found: Readonly<Record<string, unknown>>) => boolean,
): StateFile<State> {
  return {
    async read() {
      const text = await files.readText(path);
      if (text === undefined) return undefined;
      const found = parsed(text);
      if (found?.kind !== name.kind || !isState(found)) {
        throw new S3Error('InvalidInput', `${path} is not the state of a ${name.kind}`);
      }
      for (const member of ['host', 'bucket', 'key'] as const) {
        if (found[member] === name[member]) continue;
        const of = `s3://${found.bucket}/${found.key} (${found.host})`;
        throw new S3Error('InvalidInput', `${path} is the state of another transfer, of ${of}`);
      }
      return found as unknown as State;
    },
    write: (state) => files.writeText(path, `${JSON.stringify({ ...name, ...state })}\n`),
    remove: () => files.remove(path),
  };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.length > maxStateCharacters) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** @throws S3Error UnsupportedHere where there are none */
export function filesOf({ runtime: { files } }: Sender): Files {
  if (files !== undefined) return files;
  throw new S3Error('UnsupportedHere', 'there are no files here');
}
