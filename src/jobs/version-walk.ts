/**
 * Walking every version of a bucket with what the lifecycle asks about its standing: is it current, is it
 * alone, since when is it noncurrent, how many newer noncurrent ones are there.
 *
 * Versions come newest first within a key, so all of this is known when a version is met, but for whether a
 * delete marker is alone: that shows when the next key begins.
 */
import type { Standing } from '../features/lifecycle/evaluate.ts';
import type { Bucket, StoredVersion } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export interface StandingVersion {
  readonly version: StoredVersion;
  readonly standing: Standing;
}

export interface WalkedPage {
  readonly versions: readonly StandingVersion[];
  /** All keys up to this one are done: a walk may go on after it. */
  readonly doneKey: string | undefined;
  readonly last: boolean;
}

export async function* walkVersions(
  listing: Store['listing'],
  bucket: Bucket,
  query: { readonly prefix: string; readonly after: string | undefined; readonly pageSize: number },
): AsyncGenerator<WalkedPage> {
  let after = query.after;
  let afterVersionId: string | undefined;
  let doneKey: string | undefined;
  /** The version before, while its key goes on. */
  let newer: StoredVersion | undefined;
  let noncurrent = 0;
  /** A current version that may turn out to be alone. */
  let held: StoredVersion | undefined;
  for (;;) {
    const page = await listing.versions(bucket, {
      prefix: query.prefix,
      delimiter: '',
      after,
      afterVersionId,
      limit: query.pageSize,
    });
    const versions: StandingVersion[] = [];
    const release = (alone: boolean): void => {
      if (held !== undefined) versions.push({ version: held, standing: { current: true, alone } });
      held = undefined;
    };
    for (const entry of page.entries) {
      if (entry.kind === 'prefix') continue;
      const { version, latest } = entry;
      if (newer !== undefined && newer.key !== version.key) doneKey = newer.key;
      release(latest);
      if (latest) {
        held = version;
        noncurrent = 0;
      } else if (newer?.key === version.key) {
        const standing = { current: false, since: newer.lastModified, newer: noncurrent } as const;
        versions.push({ version, standing });
        noncurrent++;
      }
      newer = version;
    }
    if (!page.more) release(true);
    yield { versions, doneKey, last: !page.more };
    if (!page.more) return;
    after = newer?.key;
    afterVersionId = newer?.versionId;
  }
}
