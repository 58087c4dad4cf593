/**
 * What the rules say about one version at one moment. Pure: the clock and the length of a day are given.
 *
 * "Expiring objects" and "Lifecycle rules: based on an object's age" in the S3 user guide:
 * - a current object expires: it goes, or in a versioned bucket gets a delete marker on top;
 * - a delete marker that is all that is left of its key goes, by ExpiredObjectDeleteMarker at once, by Days
 *   or Date when these are met;
 * - a noncurrent version goes so many days after the next newer version came, but for the newest few that
 *   a rule keeps;
 * - a version under retention or legal hold stays until it is free;
 * - delete markers have neither tags nor size, so a rule that filters by these isn't about them.
 */
import type { Rule } from './rules.ts';

export const dayMs = 86_400_000;

/** Rules may ask for so many days that there is no date to tell: those of HTTP have years of four digits. */
export const lastDate = Date.UTC(9999, 11, 31);

export interface Clock {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How long a lifecycle day lasts. */
  readonly dayMs: number;
}

/** What rules ask of an object or a delete marker. */
export interface VersionFacts {
  readonly key: string;
  readonly lastModified: number;
  readonly deleteMarker?: true | undefined;
  readonly size?: number;
  readonly tags?: Readonly<Record<string, string>>;
  readonly lock?: { readonly retainUntil?: number; readonly legalHold?: 'ON' | 'OFF' };
}

/** Where a version stands among those of its key. */
export type Standing =
  | {
      readonly current: true;
      /** There is no other version. */
      readonly alone: boolean;
    }
  | {
      readonly current: false;
      /** When the next newer version came. */
      readonly since: number;
      /** How many noncurrent versions are newer. */
      readonly newer: number;
    };

export const lifecycleActions = [
  'expire',
  'remove-marker',
  'remove-noncurrent',
  'abort-upload',
] as const;
export type LifecycleAction = (typeof lifecycleActions)[number];

/** A moment, and the rule that it comes from. */
export interface Due {
  readonly at: number;
  readonly ruleId: string;
}

/** What to do with the version now; undefined to leave it. */
export function actionOn(
  rules: readonly Rule[],
  version: VersionFacts,
  standing: Standing,
  clock: Clock,
): Exclude<LifecycleAction, 'abort-upload'> | undefined {
  if (!standing.current) {
    if (isLocked(version, clock)) return undefined;
    const due = noncurrentExpiry(rules, version, standing, clock.dayMs);
    return isMet(due, clock) ? 'remove-noncurrent' : undefined;
  }
  if (version.deleteMarker === true) {
    if (!standing.alone) return undefined;
    const atOnce = rules.some((rule) => rule.expiresLoneMarkers && isAbout(rule, version));
    return atOnce || isMet(expiryOf(rules, version, clock.dayMs), clock)
      ? 'remove-marker'
      : undefined;
  }
  return isMet(expiryOf(rules, version, clock.dayMs), clock) ? 'expire' : undefined;
}

/** When the current version expires: of several rules, by the one that is first. */
export function expiryOf(
  rules: readonly Rule[],
  version: VersionFacts,
  day: number,
): Due | undefined {
  return earliest(rules, (rule) => {
    const at =
      rule.expireAfterDays === undefined
        ? rule.expireFrom
        : daysAfter(version.lastModified, rule.expireAfterDays, day);
    return at !== undefined && isAbout(rule, version) ? at : undefined;
  });
}

function noncurrentExpiry(
  rules: readonly Rule[],
  version: VersionFacts,
  { since, newer }: Standing & { readonly current: false },
  day: number,
): Due | undefined {
  return earliest(rules, (rule) =>
    rule.noncurrentDays !== undefined && newer >= rule.keptNoncurrent && isAbout(rule, version)
      ? daysAfter(since, rule.noncurrentDays, day)
      : undefined,
  );
}

/** When an upload that was not completed is given up. */
export function abortionOf(
  rules: readonly Rule[],
  upload: { readonly key: string; readonly initiatedAt: number },
  day: number,
): Due | undefined {
  return earliest(rules, ({ abortAfterDays, prefix }) =>
    abortAfterDays !== undefined && upload.key.startsWith(prefix)
      ? daysAfter(upload.initiatedAt, abortAfterDays, day)
      : undefined,
  );
}

function isLocked({ lock }: VersionFacts, { now }: Clock): boolean {
  return lock?.legalHold === 'ON' || (lock?.retainUntil !== undefined && lock.retainUntil > now);
}

export const isMet = (due: Due | undefined, { now }: Clock): boolean =>
  due !== undefined && due.at <= now;

/** S3 rounds up to the next midnight UTC; days of another length are for tests, which wait for each. */
function daysAfter(start: number, days: number, day: number): number {
  const at = start + days * day;
  return day === dayMs ? Math.ceil(at / day) * day : at;
}

function earliest(
  rules: readonly Rule[],
  moment: (rule: Rule) => number | undefined,
): Due | undefined {
  let first: Due | undefined;
  for (const rule of rules) {
    const at = moment(rule);
    if (at !== undefined && (first === undefined || at < first.at)) first = { at, ruleId: rule.id };
  }
  return first;
}

function isAbout(rule: Rule, { key, size, tags }: VersionFacts): boolean {
  if (!key.startsWith(rule.prefix)) return false;
  if (rule.largerThan !== undefined && !(size !== undefined && size > rule.largerThan)) {
    return false;
  }
  if (rule.smallerThan !== undefined && !(size !== undefined && size < rule.smallerThan)) {
    return false;
  }
  return rule.tags.every(
    ([name, value]) => tags !== undefined && Object.hasOwn(tags, name) && tags[name] === value,
  );
}
