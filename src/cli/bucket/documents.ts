/** What a bucket can be given as a document: policy, lifecycle, CORS, tags. Each is got, set and deleted. */
import type { Client } from '../../client/create-client.ts';
import { S3Error } from '../../client/s3-error.ts';
import { operations } from '../../model/operations.gen.ts';
import type { Member, Shape } from '../../model/shape.ts';
import { CommandError } from '../command-error.ts';
import { formatRemote, parseBucket } from '../location.ts';
import { fromJson, readJson } from '../read-document.ts';
import { inSession } from '../session.ts';

interface Asked {
  readonly client: Client;
  readonly Bucket: string;
  readonly signal: AbortSignal;
}

export interface BucketDocument {
  /** As JSON has it. */
  readonly get: (asked: Asked) => Promise<unknown>;
  readonly set: (asked: Asked, document: unknown) => Promise<unknown>;
  readonly delete: (asked: Asked) => Promise<unknown>;
  /** What servers answer where there is none. */
  readonly absent: string;
}

/** The shape of an operation's document. */
function shapeOf(name: keyof typeof operations, member: string): Shape {
  const members: readonly Member[] = operations[name].input.members;
  return members.find((one) => one.name === member)!.of as Shape;
}

export const bucketDocuments = {
  policy: {
    absent: 'NoSuchBucketPolicy',
    get: async ({ client, Bucket, signal }) => {
      const { Policy = '' } = await client.getBucketPolicy({ Bucket }, { signal });
      return JSON.parse(Policy) as unknown;
    },
    set: ({ client, Bucket, signal }, document) =>
      client.putBucketPolicy({ Bucket, Policy: JSON.stringify(document) }, { signal }),
    delete: ({ client, Bucket, signal }) => client.deleteBucketPolicy({ Bucket }, { signal }),
  },
  lifecycle: {
    absent: 'NoSuchLifecycleConfiguration',
    get: async ({ client, Bucket, signal }) => {
      const { Rules } = await client.getBucketLifecycleConfiguration({ Bucket }, { signal });
      return { Rules };
    },
    set: ({ client, Bucket, signal }, document) => {
      const shape = shapeOf('PutBucketLifecycleConfiguration', 'LifecycleConfiguration');
      const LifecycleConfiguration = fromJson(shape, document) as never;
      return client.putBucketLifecycleConfiguration({ Bucket, LifecycleConfiguration }, { signal });
    },
    delete: ({ client, Bucket, signal }) => client.deleteBucketLifecycle({ Bucket }, { signal }),
  },
  cors: {
    absent: 'NoSuchCORSConfiguration',
    get: async ({ client, Bucket, signal }) => {
      const { CORSRules } = await client.getBucketCors({ Bucket }, { signal });
      return { CORSRules };
    },
    set: ({ client, Bucket, signal }, document) => {
      const shape = shapeOf('PutBucketCors', 'CORSConfiguration');
      const CORSConfiguration = fromJson(shape, document) as never;
      return client.putBucketCors({ Bucket, CORSConfiguration }, { signal });
    },
    delete: ({ client, Bucket, signal }) => client.deleteBucketCors({ Bucket }, { signal }),
  },
  tags: {
    absent: 'NoSuchTagSet',
    get: async ({ client, Bucket, signal }) => {
      const { TagSet = [] } = await client.getBucketTagging({ Bucket }, { signal });
      return Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]));
    },
    set: ({ client, Bucket, signal }, document) =>
      client.putBucketTagging({ Bucket, Tagging: { TagSet: tagsFrom(document) } }, { signal }),
    delete: ({ client, Bucket, signal }) => client.deleteBucketTagging({ Bucket }, { signal }),
  },
} as const satisfies Readonly<Record<string, BucketDocument>>;

export type DocumentName = keyof typeof bucketDocuments;

function tagsFrom(document: unknown) {
  const entries = Object.entries((document ?? {}) as object);
  const areTags = typeof document === 'object' && !Array.isArray(document);
  if (!areTags || entries.some(([, value]) => typeof value !== 'string')) {
    throw new CommandError('Tags must be such as {"team": "blue", "stage": "test"}.');
  }
  return entries.map(([Key, Value]) => ({ Key, Value: Value as string }));
}

/** @param file of `set`. Gives the exit code */
export const useDocument = (
  name: DocumentName,
  act: 'get' | 'set' | 'delete',
  path: string,
  file: string | undefined,
): Promise<number> =>
  inSession({}, async ({ out, connect, signal }) => {
    const place = parseBucket(path);
    const document: BucketDocument = bucketDocuments[name];
    const asked = { client: connect(place.alias), Bucket: place.bucket, signal };
    if (act === 'get') {
      const found = await orAbsent(document, document.get(asked));
      if (found === undefined) {
        throw new CommandError(
          `${formatRemote(place)} has no ${name}; "kist bucket ${name} set" gives it one.`,
        );
      }
      out.document(JSON.stringify(found, null, 2));
      return;
    }
    if (act === 'set') await document.set(asked, await readJson(file!));
    else await document.delete(asked);
    out.note(`${act === 'set' ? 'set' : 'deleted'} the ${name} of ${formatRemote(place)}.`);
  });

/** Undefined where there is none. */
export async function orAbsent<Value>(
  { absent }: Pick<BucketDocument, 'absent'>,
  asked: Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof S3Error && error.code === absent) return undefined;
    throw error;
  }
}
