/** What is copied, and to where. */
import type { Client } from '../../client/create-client.ts';
import { formatRemote, type RemotePlace } from '../location.ts';

export interface FileItem {
  readonly kind: 'file';
  readonly path: string;
  /** Undefined where it isn't known yet. */
  readonly size?: number | undefined;
}

export interface ObjectItem {
  readonly kind: 'object';
  readonly client: Client;
  readonly place: RemotePlace;
  readonly versionId?: string | undefined;
  readonly size?: number | undefined;
}

export interface StandardItem {
  readonly kind: 'standard';
  readonly size?: undefined;
}

export type Item = FileItem | ObjectItem | StandardItem;

export interface CopyJob {
  readonly source: Item;
  readonly target: Item;
}

export function nameOf(item: Item): string {
  if (item.kind === 'standard') return '-';
  return item.kind === 'file' ? item.path : formatRemote(item.place);
}

/** As operations take it. */
export const objectAt = ({ place: { bucket, key }, versionId }: ObjectItem) => ({
  Bucket: bucket,
  Key: key,
  ...(versionId !== undefined && { VersionId: versionId }),
});

/** Whether one server has both, and one key may see both: then it can copy by itself. */
export function isSameServer(a: Client, b: Client): boolean {
  if (a === b) return true;
  const [ours, theirs] = [a.config, b.config];
  return (
    a.locate().origin.host === b.locate().origin.host &&
    typeof ours.credentials === 'object' &&
    typeof theirs.credentials === 'object' &&
    ours.credentials?.accessKeyId === theirs.credentials?.accessKeyId
  );
}
