/**
 * Forms that let browsers upload without keys of their own: a policy that says what they may, signed.
 *
 * API reference, "Browser-Based Uploads Using POST" and "POST Policy"; the parameters are those of boto3's
 * `generate_presigned_post`.
 */
import { toBase64 } from '../protocol/byte-string.ts';
import { invalid } from './codec/encode-input.ts';
import { urlOf } from './endpoint.ts';
import { assertExpiry, defaultExpirySeconds, missingCredentials } from './presign.ts';
import type { Sender } from './sender.ts';

/** `{ acl: 'public-read' }`, `['eq', '$acl', 'public-read']`, `['starts-with', '$Content-Type', 'image/']`, … */
export type PostCondition =
  | Readonly<Record<string, string>>
  | readonly ['eq' | 'starts-with', field: `$${string}`, value: string]
  | readonly ['content-length-range', minBytes: number, maxBytes: number];

export interface PresignedPostInput {
  readonly Bucket: string;
  /** `${filename}` in it stands for the name that the file has at the uploader's. */
  readonly Key: string;
  /** What a form may hold and the file must be, beside bucket and key. */
  readonly Conditions?: readonly PostCondition[] | undefined;
  /** Fields that the form is to have: the policy takes them with just this value, unless a condition is about them. */
  readonly Fields?: Readonly<Record<string, string>> | undefined;
  /** Seconds from now; 3,600 if undefined. */
  readonly expiresIn?: number | undefined;
}

export interface PresignedPost {
  /** Where the form goes, by POST as `multipart/form-data`. */
  readonly url: string;
  /** All of the form but its last field, `file`. */
  readonly fields: Readonly<Record<string, string>>;
}

const fileName = /\$\{filename\}/;

/** @throws S3Error InvalidInput, MissingCredentials */
export async function createPresignedPost(
  sender: Sender,
  input: PresignedPostInput,
): Promise<PresignedPost> {
  const { Bucket, Key, Conditions = [], Fields = {}, expiresIn = defaultExpirySeconds } = input;
  if (!Bucket || !Key) throw invalid('createPresignedPost', 'Bucket or Key is missing');
  if ('key' in Fields || 'bucket' in Fields) {
    throw invalid('createPresignedPost', 'Fields are those beside the key and the bucket');
  }
  assertExpiry(expiresIn, false);
  const scope = await sender.scope(Bucket);
  if (scope === undefined) throw missingCredentials('createPresignedPost');
  const { signer } = sender;
  const signing = signer.policyFields(scope);
  const policy = {
    expiration: new Date(scope.now + expiresIn * 1000).toISOString(),
    conditions: [
      { bucket: Bucket },
      keyCondition(Key),
      ...Conditions,
      ...exactConditions(Fields, Conditions),
      // The key of Version 2 is part of the signature, and no field that a policy speaks of.
      ...exactConditions(signing, []).filter((condition) => !('AWSAccessKeyId' in condition)),
    ],
  };
  const encoded = toBase64(utf8.encode(JSON.stringify(policy)));
  return {
    url: urlOf(sender.locate(Bucket)),
    fields: {
      key: Key,
      ...Fields,
      ...signing,
      policy: encoded,
      ...signer.signPolicy(encoded, scope),
    },
  };
}

const utf8 = new TextEncoder();

/** S3 puts the file's name in before it looks at the policy. */
function keyCondition(key: string): PostCondition {
  const at = key.search(fileName);
  return at < 0 ? { key } : ['starts-with', '$key', key.slice(0, at)];
}

function exactConditions(
  fields: Readonly<Record<string, string>>,
  given: readonly PostCondition[],
): Readonly<Record<string, string>>[] {
  const spokenOf = new Set(given.flatMap(fieldsOf).map((name) => name.toLowerCase()));
  return Object.entries(fields)
    .filter(([name]) => !spokenOf.has(name.toLowerCase()))
    .map(([name, value]) => ({ [name]: value }));
}

function fieldsOf(condition: PostCondition): readonly string[] {
  if (!isList(condition)) return Object.keys(condition);
  return condition[0] === 'content-length-range' ? [] : [condition[1].slice(1)];
}

const isList = (
  condition: PostCondition,
): condition is Extract<PostCondition, readonly unknown[]> => Array.isArray(condition);
