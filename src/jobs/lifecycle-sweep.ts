/**
 * One bucket's lifecycle, carried out: a bounded walk over its versions and uploads.
 *
 * Every removal asks the rules again about the record that it is about to remove: an object that was
 * replaced, tagged anew or became current meanwhile stays. The bucket and its rules are read again for every
 * page, so a configuration that is deleted stops at once.
 */
import {
  abortionOf,
  actionOn,
  type Clock,
  isMet,
  type LifecycleAction,
} from '../features/lifecycle/evaluate.ts';
import {
  commonPrefix,
  type LifecycleConfiguration,
  lifecycleConfig,
  type Rule,
  rulesOf,
} from '../features/lifecycle/rules.ts';
import { BucketGoneError } from '../store/errors.ts';
import type { Bucket, StoredUpload, StoredVersion } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Progress } from './progress.ts';
import { type StandingVersion, walkVersions } from './version-walk.ts';

/** All keys up to this one are done; absent for none. */
export interface SweepProgress {
  readonly after: string;
}

export interface SweepReport {
  /** Versions and uploads that were looked at. */
  examined: number;
  readonly actions: Record<LifecycleAction, number>;
}

/** What was done to one version or upload. */
export interface LifecycleDeed {
  readonly action: LifecycleAction;
  readonly key: string;
  readonly versionId?: string;
  readonly uploadId?: string;
  /** In bytes, of an object. */
  readonly size?: number | undefined;
}

export interface SweepDeps {
  readonly store: Store;
  readonly progress: Progress<SweepProgress>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** How long a lifecycle day lasts. */
  readonly dayMs: number;
  /** Versions in one page; the progress is kept after each. */
  readonly pageSize: number;
  /** Versions after which the turn goes to the next bucket. */
  readonly maxVersions: number;
  /** After each action. */
  acted(bucket: Bucket, deed: LifecycleDeed): void;
}

/** Removals under way at once: they share commits. */
const concurrency = 32;

/** The record isn't the one that the rules were asked about, or they say something else now. */
class NotDueError extends Error {
  override readonly name = 'NotDueError';
}

/** Whether the sweep came to the bucket's end; the next one goes on where this one stopped. */
export async function sweepBucket(
  deps: SweepDeps,
  bucket: Bucket,
  report: SweepReport,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return (
      (await sweepVersions(deps, bucket, report, signal)) &&
      (await sweepUploads(deps, bucket, report, signal))
    );
  } catch (error) {
    // A bucket that was deleted meanwhile needs no sweep.
    if (error instanceof BucketGoneError) return true;
    throw error;
  }
}

export const emptyReport = (): SweepReport => ({
  examined: 0,
  actions: { expire: 0, 'remove-marker': 0, 'remove-noncurrent': 0, 'abort-upload': 0 },
});

interface Current {
  readonly bucket: Bucket;
  readonly rules: readonly Rule[];
}

/** The bucket and its rules as they are now; undefined if there is nothing to do any more. */
async function reload({ store }: SweepDeps, bucket: Bucket): Promise<Current | undefined> {
  const now = await store.buckets.get(bucket.namespace, bucket.name);
  if (now?.id !== bucket.id) return undefined;
  const kept = await store.buckets.config<LifecycleConfiguration>(now, lifecycleConfig);
  const rules = kept === undefined ? [] : rulesOf(kept);
  return rules.length === 0 ? undefined : { bucket: now, rules };
}

async function sweepVersions(
  deps: SweepDeps,
  bucket: Bucket,
  report: SweepReport,
  signal: AbortSignal,
): Promise<boolean> {
  const { store, progress, pageSize } = deps;
  const start = await reload(deps, bucket);
  if (start === undefined) return true;
  const resumed = await progress.load(bucket);
  const prefix = commonPrefix(start.rules);
  let examined = 0;
  let isKept = resumed !== undefined;
  const walk = walkVersions(store.listing, start.bucket, {
    prefix,
    after: resumed?.after,
    pageSize,
  });
  for await (const page of walk) {
    signal.throwIfAborted();
    const current = await reload(deps, bucket);
    if (current === undefined) return true;
    examined += page.versions.length;
    report.examined += page.versions.length;
    await actOnVersions(deps, current, page.versions, report);
    if (page.last) {
      if (isKept) await progress.save(current.bucket, undefined);
    } else if (page.doneKey !== undefined) {
      await progress.save(current.bucket, { after: page.doneKey });
      isKept = true;
      if (examined >= deps.maxVersions) return false;
    }
  }
  return true;
}

async function actOnVersions(
  deps: SweepDeps,
  current: Current,
  versions: readonly StandingVersion[],
  report: SweepReport,
): Promise<void> {
  const clock: Clock = { now: deps.now(), dayMs: deps.dayMs };
  const due = versions.flatMap((one) => {
    const action = actionOn(current.rules, one.version, one.standing, clock);
    return action === undefined ? [] : [{ ...one, action }];
  });
  await inGroups(due, async ({ version, standing, action }) => {
    const assertDue = (found: StoredVersion | undefined): void => {
      if (found?.order !== version.order) throw new NotDueError();
      if (actionOn(current.rules, found, standing, clock) !== action) throw new NotDueError();
    };
    const { store } = deps;
    try {
      if (action === 'expire') {
        await store.objects.remove(current.bucket, version.key, assertDue);
      } else {
        await store.objects.removeVersion(
          current.bucket,
          version.key,
          version.versionId,
          (found, isCurrent) => {
            if (isCurrent !== standing.current) throw new NotDueError();
            assertDue(found);
          },
        );
      }
    } catch (error) {
      if (error instanceof NotDueError) return;
      throw error;
    }
    report.actions[action]++;
    const { key, versionId } = version;
    const size = version.deleteMarker ? undefined : version.size;
    deps.acted(current.bucket, { action, key, versionId, size });
  });
}

/** Uploads are few: no bound, no progress. */
async function sweepUploads(
  deps: SweepDeps,
  bucket: Bucket,
  report: SweepReport,
  signal: AbortSignal,
): Promise<boolean> {
  const { store, pageSize } = deps;
  let last: StoredUpload | undefined;
  for (;;) {
    signal.throwIfAborted();
    const current = await reload(deps, bucket);
    const rules = current?.rules.filter(({ abortAfterDays }) => abortAfterDays !== undefined) ?? [];
    if (current === undefined || rules.length === 0) return true;
    const page = await store.listing.uploads(current.bucket, {
      prefix: commonPrefix(rules),
      delimiter: '',
      after: last?.key,
      afterUploadId: last?.uploadId,
      limit: pageSize,
    });
    const uploads = page.entries.flatMap((one) => (one.kind === 'upload' ? [one.upload] : []));
    report.examined += uploads.length;
    const clock: Clock = { now: deps.now(), dayMs: deps.dayMs };
    const due = uploads.filter((upload) => isMet(abortionOf(rules, upload, deps.dayMs), clock));
    await inGroups(due, async (upload) => {
      if (!(await store.uploads.abort(current.bucket, upload))) return;
      report.actions['abort-upload']++;
      const { key, uploadId } = upload;
      deps.acted(current.bucket, { action: 'abort-upload', key, uploadId });
    });
    if (!page.more) return true;
    last = uploads.at(-1);
  }
}

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += concurrency) {
    await Promise.all(items.slice(at, at + concurrency).map(work));
  }
}
