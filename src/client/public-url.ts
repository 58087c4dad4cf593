/** The address of an object, for whoever may read it without a signature. */
import { uriEncode } from '../protocol/sigv4/percent-encoding.ts';
import type { Sender } from './sender.ts';

export interface ObjectPlace {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
}

/** Where the client's endpoint has it; asks nobody, so that it may not be there, or not be public. */
export function publicUrl(sender: Sender, { Bucket, Key, VersionId }: ObjectPlace): string {
  const { origin, path } = sender.locate(Bucket, Key);
  const query = VersionId === undefined ? '' : `?versionId=${uriEncode(VersionId)}`;
  return `${origin.secure ? 'https' : 'http'}://${origin.host}${path}${query}`;
}
