/** Condition keys whose values are in the request's document, by operation. */
import type {
  PutBucketOwnershipControlsRequest,
  PutObjectLegalHoldRequest,
  PutObjectRetentionRequest,
  PutObjectTaggingRequest,
} from '../model/types.gen.ts';
import type { ConditionKey } from '../policy/language/document.ts';

interface DocumentRow {
  readonly keys: readonly string[];
  values(input: object, key: ConditionKey, now: number): readonly string[] | undefined;
}

const dayMs = 86_400_000;

const rows: Readonly<Record<string, DocumentRow | undefined>> = {
  PutBucketOwnershipControls: {
    keys: ['s3:x-amz-object-ownership'],
    values: (input) =>
      (input as PutBucketOwnershipControlsRequest).OwnershipControls.Rules.map(
        (rule) => rule.ObjectOwnership,
      ),
  },
  PutObjectLegalHold: {
    keys: ['s3:object-lock-legal-hold'],
    values: (input) => oneOf((input as PutObjectLegalHoldRequest).LegalHold?.Status),
  },
  PutObjectRetention: {
    keys: [
      's3:object-lock-mode',
      's3:object-lock-retain-until-date',
      's3:object-lock-remaining-retention-days',
    ],
    values(input, { name }, now) {
      const { Mode, RetainUntilDate: until } = (input as PutObjectRetentionRequest).Retention ?? {};
      if (name === 's3:object-lock-mode') return oneOf(Mode);
      if (until === undefined) return undefined;
      return name === 's3:object-lock-retain-until-date'
        ? [until.toISOString()]
        : [String(Math.ceil((until.getTime() - now) / dayMs))];
    },
  },
  PutObjectTagging: {
    keys: ['s3:requestobjecttag', 's3:requestobjecttagkeys'],
    values(input, { name, suffix }) {
      const tags = (input as PutObjectTaggingRequest).Tagging.TagSet;
      if (name === 's3:requestobjecttagkeys') return tags.map((tag) => tag.Key);
      return oneOf(tags.find((tag) => tag.Key === suffix)?.Value);
    },
  },
};

const none: readonly string[] = [];

/** In lower case. */
export function documentKeys(operation: string): readonly string[] {
  return rows[operation]?.keys ?? none;
}

/** @param input as the operation gets it */
export function valuesOfDocument(
  operation: string,
  input: object,
  key: ConditionKey,
  now: number,
): readonly string[] | undefined {
  return rows[operation]?.values(input, key, now);
}

function oneOf(value: string | undefined): readonly string[] | undefined {
  return value === undefined ? undefined : [value];
}
