/**
 * Lifecycle rules as they are kept, and in the form in which they are asked about a version.
 *
 * "Lifecycle configuration elements" in the S3 user guide. The kept form is the document's, with an id for
 * every rule and dates as milliseconds.
 */
import type { LifecycleExpiration, LifecycleRule } from '../../model/types.gen.ts';

/** The name under which a bucket keeps the configuration. */
export const lifecycleConfig = 'lifecycle';

export interface KeptRule extends Omit<LifecycleRule, 'ID' | 'Expiration'> {
  readonly ID: string;
  readonly Expiration?: Omit<LifecycleExpiration, 'Date'> & { readonly Date?: number };
}

export interface LifecycleConfiguration {
  readonly rules: readonly KeptRule[];
}

/** An enabled rule. */
export interface Rule {
  readonly id: string;
  readonly prefix: string;
  readonly tags: readonly (readonly [key: string, value: string])[];
  /** Sizes in bytes, both exclusive. */
  readonly largerThan: number | undefined;
  readonly smallerThan: number | undefined;
  readonly expireAfterDays: number | undefined;
  /** Milliseconds since the epoch. */
  readonly expireFrom: number | undefined;
  readonly expiresLoneMarkers: boolean;
  readonly noncurrentDays: number | undefined;
  /** How many noncurrent versions stay whatever their age. */
  readonly keptNoncurrent: number;
  readonly abortAfterDays: number | undefined;
}

const prepared = new WeakMap<LifecycleConfiguration, readonly Rule[]>();

/** The enabled rules; prepared once for each configuration object. */
export function rulesOf(configuration: LifecycleConfiguration): readonly Rule[] {
  let rules = prepared.get(configuration);
  if (rules === undefined) {
    rules = configuration.rules.filter(({ Status }) => Status === 'Enabled').map(ruleOf);
    prepared.set(configuration, rules);
  }
  return rules;
}

function ruleOf(kept: KeptRule): Rule {
  const { Filter = {}, Expiration = {}, NoncurrentVersionExpiration = {} } = kept;
  const and = Filter.And ?? {};
  const tags = Filter.Tag === undefined ? (and.Tags ?? []) : [Filter.Tag];
  return {
    id: kept.ID,
    prefix: kept.Prefix ?? Filter.Prefix ?? and.Prefix ?? '',
    tags: tags.map(({ Key, Value }) => [Key, Value] as const),
    largerThan: Filter.ObjectSizeGreaterThan ?? and.ObjectSizeGreaterThan,
    smallerThan: Filter.ObjectSizeLessThan ?? and.ObjectSizeLessThan,
    expireAfterDays: Expiration.Days,
    expireFrom: Expiration.Date,
    expiresLoneMarkers: Expiration.ExpiredObjectDeleteMarker === true,
    noncurrentDays: NoncurrentVersionExpiration.NoncurrentDays,
    keptNoncurrent: NoncurrentVersionExpiration.NewerNoncurrentVersions ?? 0,
    abortAfterDays: kept.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
  };
}

/** What every key that a rule is about begins with. */
export function commonPrefix(rules: readonly Rule[]): string {
  let [prefix = '', ...others] = rules.map((rule) => rule.prefix);
  for (const other of others) {
    let length = 0;
    while (length < prefix.length && prefix[length] === other[length]) length++;
    prefix = prefix.slice(0, length);
  }
  // Never half of a surrogate pair, which has no UTF-8.
  return /[\uD800-\uDBFF]$/.test(prefix) ? prefix.slice(0, -1) : prefix;
}
