/**
 * The lifecycle document of a client → the configuration that is kept, or S3's refusal.
 *
 * "PutBucketLifecycleConfiguration" in the API reference and "Lifecycle configuration elements" in the user
 * guide. Transitions are refused by name: there is one storage class. What is wrong in them comes first.
 */
import type {
  BucketLifecycleConfiguration,
  LifecycleExpiration,
  LifecycleRule,
  LifecycleRuleAndOperator,
  Tag,
} from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';
import { dayMs } from './evaluate.ts';
import type { KeptRule, LifecycleConfiguration } from './rules.ts';

const maxRules = 1000;
/** In UTF-16 units. */
const maxIdLength = 255;
const maxPrefixBytes = 1024;
const maxKeptNoncurrent = 100;
/** In UTF-16 units. */
const maxTagKeyLength = 128;
const maxTagValueLength = 256;

/** The id that S3 gives a rule that has none, by its place in the document. */
export type MakeRuleId = (index: number) => string;

/** @throws S3Error MalformedXML, InvalidArgument, InvalidRequest, NotImplemented */
export function requestedRules(
  { Rules }: BucketLifecycleConfiguration,
  makeId: MakeRuleId,
): LifecycleConfiguration {
  if (Rules.length === 0 || Rules.length > maxRules) throw new S3Error('MalformedXML');
  const rules = Rules.map((rule, index) => keptRule(rule, index, makeId));
  if (new Set(rules.map(({ ID }) => ID)).size < rules.length) {
    throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule');
  }
  return { rules };
}

/** The document of what is kept. */
export function rulesDocument({ rules }: LifecycleConfiguration): readonly LifecycleRule[] {
  return rules.map(({ Expiration, ...rule }) => {
    if (Expiration === undefined) return rule;
    const { Date: date, ...expiration } = Expiration;
    if (date === undefined) return { ...rule, Expiration: expiration };
    return { ...rule, Expiration: { ...expiration, Date: new Date(date) } };
  });
}

function keptRule(rule: LifecycleRule, index: number, makeId: MakeRuleId): KeptRule {
  assertNoTransitions(rule);
  const { ID: id = '', Expiration, ...rest } = rule;
  if (id.length > maxIdLength) {
    throw invalidArgument('ID length should not exceed allowed limit of 255');
  }
  assertScope(rule);
  assertActions(rule);
  const kept = { ...rest, ID: id === '' ? makeId(index) : id };
  if (Expiration === undefined) return kept;
  const { Date: date, ...expiration } = Expiration;
  return { ...kept, Expiration: { ...expiration, ...(date && { Date: date.getTime() }) } };
}

function assertNoTransitions({ Transitions, NoncurrentVersionTransitions }: LifecycleRule): void {
  for (const { Date: date } of Transitions ?? []) {
    if (date !== undefined) assertMidnight(date);
  }
  const name =
    Transitions !== undefined
      ? 'Transition'
      : NoncurrentVersionTransitions !== undefined
        ? 'NoncurrentVersionTransition'
        : undefined;
  if (name === undefined) return;
  throw new S3Error('NotImplemented', {
    message: `${name} is not implemented: there is no other storage class`,
  });
}

/** Which objects: the older `Prefix` or a `Filter`, never both. */
function assertScope(rule: LifecycleRule): void {
  const { Prefix, Filter } = rule;
  if ((Prefix === undefined) === (Filter === undefined)) throw new S3Error('MalformedXML');
  if (Prefix !== undefined) assertPrefix(Prefix);
  if (Filter === undefined) return;
  if (Object.values(Filter).filter((value) => value !== undefined).length > 1) {
    throw new S3Error('MalformedXML');
  }
  if (Filter.And !== undefined) assertAnd(Filter.And);
  if (Filter.Prefix !== undefined) assertPrefix(Filter.Prefix);
  if (Filter.Tag !== undefined) assertTags([Filter.Tag]);
  assertSizes(Filter);
  const { And, Tag, ObjectSizeGreaterThan, ObjectSizeLessThan } = Filter;
  if (Tag !== undefined || And?.Tags !== undefined) refuseNarrow(rule, 'Tags');
  if (
    (ObjectSizeGreaterThan ?? ObjectSizeLessThan) !== undefined ||
    (And?.ObjectSizeGreaterThan ?? And?.ObjectSizeLessThan) !== undefined
  ) {
    refuseNarrow(rule, 'Object Size');
  }
}

/** Uploads and delete markers have neither tags nor size. */
function refuseNarrow(rule: LifecycleRule, by: string): void {
  const action =
    rule.AbortIncompleteMultipartUpload !== undefined
      ? 'AbortIncompleteMultipartUpload'
      : rule.Expiration?.ExpiredObjectDeleteMarker === true
        ? 'ExpiredObjectDeleteMarker'
        : undefined;
  if (action === undefined) return;
  throw new S3Error('InvalidRequest', { message: `${action} cannot be specified with ${by}` });
}

function assertAnd(and: LifecycleRuleAndOperator): void {
  if (Object.values(and).every((value) => value === undefined)) throw new S3Error('MalformedXML');
  if (and.Prefix !== undefined) assertPrefix(and.Prefix);
  assertTags(and.Tags ?? []);
  assertSizes(and);
}

function assertPrefix(prefix: string): void {
  if (Buffer.byteLength(prefix) <= maxPrefixBytes) return;
  throw new S3Error('InvalidRequest', { message: 'The maximum size of a prefix is 1024.' });
}

function assertTags(tags: readonly Tag[]): void {
  for (const { Key, Value } of tags) {
    if (Key === '' || Key.length > maxTagKeyLength) {
      throw new S3Error('InvalidTag', {
        message: 'The TagKey you have provided is invalid',
        fields: { TagKey: Key },
      });
    }
    if (Value.length > maxTagValueLength) {
      throw new S3Error('InvalidTag', {
        message: 'The TagValue you have provided is invalid',
        fields: { TagKey: Key, TagValue: Value },
      });
    }
  }
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw new S3Error('InvalidRequest', { message: 'Duplicate Tag Keys are not allowed.' });
  }
}

function assertSizes({
  ObjectSizeGreaterThan: larger,
  ObjectSizeLessThan: smaller,
}: Pick<LifecycleRuleAndOperator, 'ObjectSizeGreaterThan' | 'ObjectSizeLessThan'>): void {
  if (larger !== undefined && larger < 0) {
    throw new S3Error('InvalidRequest', {
      message: "'ObjectSizeGreaterThan' should be greater than or equal to 0",
    });
  }
  if (smaller !== undefined && smaller <= 0) {
    throw new S3Error('InvalidRequest', {
      message: "'ObjectSizeLessThan' should be greater than 0",
    });
  }
  if (larger !== undefined && smaller !== undefined && smaller <= larger) {
    throw new S3Error('InvalidRequest', {
      message: "'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'",
    });
  }
}

function assertActions(rule: LifecycleRule): void {
  const { Expiration, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload: abort } = rule;
  if (Expiration !== undefined) assertExpiration(Expiration);
  if (NoncurrentVersionExpiration !== undefined) {
    const { NoncurrentDays, NewerNoncurrentVersions: kept } = NoncurrentVersionExpiration;
    if (NoncurrentDays === undefined) throw new S3Error('MalformedXML');
    assertDays(NoncurrentDays, 'NoncurrentDays', 'NoncurrentVersionExpiration');
    if (kept !== undefined) assertKept(kept, rule);
  }
  if (abort !== undefined) {
    if (abort.DaysAfterInitiation === undefined) throw new S3Error('MalformedXML');
    const name = 'AbortIncompleteMultipartUpload';
    assertDays(abort.DaysAfterInitiation, 'DaysAfterInitiation', name);
  }
  if (Expiration ?? NoncurrentVersionExpiration ?? abort) return;
  throw new S3Error('InvalidRequest', {
    message: 'At least one action needs to be specified in a rule',
  });
}

/** Exactly one of Days, Date and ExpiredObjectDeleteMarker. */
function assertExpiration(expiration: LifecycleExpiration): void {
  const { Date: date, Days } = expiration;
  if (Object.values(expiration).filter((value) => value !== undefined).length !== 1) {
    throw new S3Error('MalformedXML');
  }
  if (Days !== undefined) assertDays(Days, 'Days', 'Expiration');
  if (date !== undefined) assertMidnight(date);
}

function assertMidnight(date: Date): void {
  if (date.getTime() % dayMs !== 0) throw invalidArgument("'Date' must be at midnight GMT");
}

function assertDays(days: number, name: string, action: string): void {
  if (days > 0) return;
  throw invalidArgument(`'${name}' for ${action} action must be a positive integer`);
}

function assertKept(kept: number, { Filter }: LifecycleRule): void {
  if (kept < 1 || kept > maxKeptNoncurrent) {
    throw invalidArgument(
      `'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and ${maxKeptNoncurrent}`,
    );
  }
  if (Filter === undefined) {
    throw new S3Error('InvalidRequest', {
      message: "'NewerNoncurrentVersions' can only be specified in a rule with a Filter",
    });
  }
}

function invalidArgument(message: string): S3Error {
  return new S3Error('InvalidArgument', { message });
}
