/** The address of an object, for whoever may read it without a signature. */
import { uriEncode } from '../protocol/sigv4/percent-encoding.ts';
import { urlOf } from './endpoint.ts';
import type { Sender } from './sender.ts';

export interface ObjectPlace {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
}

/** Where the client's endpoint has it; asks nobody, so that it may not be there, or not be public. */
export function publicUrl(sender: Sender, { Bucket, Key, VersionId }: ObjectPlace): string {
  const query = VersionId === undefined ? '' : `?versionId=${uriEncode(VersionId)}`;
  return `${urlOf(sender.locate(Bucket, Key))}${query}`;
}
