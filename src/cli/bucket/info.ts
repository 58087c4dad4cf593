/** `kist bucket info`: what plain S3 tells of a bucket. What a server doesn't have, or the key may not ask, is told as such. */
import type { Client } from '../../client/create-client.ts';
import { S3Error } from '../../client/s3-error.ts';
import { inBytes } from '../byte-amounts.ts';
import { formatRemote, parseBucket } from '../location.ts';
import { tableOf } from '../output.ts';
import { inSession } from '../session.ts';
import { bucketDocuments } from './documents.ts';

export interface InfoFlags {
  readonly usage?: boolean;
  readonly json?: boolean;
}

interface Question {
  readonly name: string;
  readonly ask: (client: Client, Bucket: string, signal: AbortSignal) => Promise<unknown>;
  /** What is answered where nothing was set. */
  readonly absent?: string;
  readonly otherwise: string;
}

const questions: readonly Question[] = [
  {
    name: 'location',
    ask: async (client, Bucket, signal) =>
      (await client.getBucketLocation({ Bucket }, { signal })).LocationConstraint,
    otherwise: 'us-east-1',
  },
  {
    name: 'versioning',
    ask: async (client, Bucket, signal) =>
      (await client.getBucketVersioning({ Bucket }, { signal })).Status,
    otherwise: 'off',
  },
  {
    name: 'encryption',
    ask: async (client, Bucket, signal) => {
      const answer = await client.getBucketEncryption({ Bucket }, { signal });
      const [rule] = answer.ServerSideEncryptionConfiguration?.Rules ?? [];
      const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
      return [SSEAlgorithm, KMSMasterKeyID].filter(Boolean).join(' ') || undefined;
    },
    absent: 'ServerSideEncryptionConfigurationNotFoundError',
    otherwise: 'none',
  },
  {
    name: 'policy',
    ask: async (client, Bucket, signal) => {
      const { PolicyStatus } = await client.getBucketPolicyStatus({ Bucket }, { signal });
      return PolicyStatus?.IsPublic ? 'public' : 'not public';
    },
    absent: bucketDocuments.policy.absent,
    otherwise: 'none',
  },
  {
    name: 'acl',
    ask: async (client, Bucket, signal) => {
      const { Grants = [] } = await client.getBucketAcl({ Bucket }, { signal });
      const groups = Grants.flatMap(({ Grantee, Permission }) =>
        Grantee?.URI ? [`${Grantee.URI.split('/').at(-1)}: ${Permission}`] : [],
      );
      return groups.join(', ') || undefined;
    },
    otherwise: 'not public',
  },
  {
    name: 'publicAccessBlock',
    ask: async (client, Bucket, signal) => {
      const answer = await client.getPublicAccessBlock({ Bucket }, { signal });
      const held = Object.entries(answer.PublicAccessBlockConfiguration ?? {});
      return held.flatMap(([name, isOn]) => (isOn ? [name] : [])).join(', ') || undefined;
    },
    absent: 'NoSuchPublicAccessBlockConfiguration',
    otherwise: 'none',
  },
  {
    name: 'objectLock',
    ask: async (client, Bucket, signal) => {
      const answer = await client.getObjectLockConfiguration({ Bucket }, { signal });
      const { Mode, Days, Years } = answer.ObjectLockConfiguration?.Rule?.DefaultRetention ?? {};
      if (Mode === undefined) return 'on';
      return `on, ${Mode} for ${Days === undefined ? `${Years} years` : `${Days} days`}`;
    },
    absent: 'ObjectLockConfigurationNotFoundError',
    otherwise: 'off',
  },
  {
    name: 'lifecycle',
    ask: async (client, Bucket, signal) => {
      const { Rules = [] } = await client.getBucketLifecycleConfiguration({ Bucket }, { signal });
      return `${Rules.length} rules`;
    },
    absent: bucketDocuments.lifecycle.absent,
    otherwise: 'none',
  },
  {
    name: 'cors',
    ask: async (client, Bucket, signal) => {
      const { CORSRules = [] } = await client.getBucketCors({ Bucket }, { signal });
      return `${CORSRules.length} rules`;
    },
    absent: bucketDocuments.cors.absent,
    otherwise: 'none',
  },
  {
    name: 'tags',
    ask: async (client, Bucket, signal) => {
      const { TagSet = [] } = await client.getBucketTagging({ Bucket }, { signal });
      return TagSet.map(({ Key, Value }) => `${Key}=${Value}`).join(', ') || undefined;
    },
    absent: bucketDocuments.tags.absent,
    otherwise: 'none',
  },
  {
    name: 'uploadsUnderWay',
    ask: async (client, Bucket, signal) => {
      let count = 0;
      for await (const _ of client.paginate.listMultipartUploads({ Bucket }, { signal }).items()) {
        count += 1;
      }
      return String(count);
    },
    otherwise: '0',
  },
];

/** Gives the exit code. */
export const showInfo = (path: string, flags: InfoFlags): Promise<number> =>
  inSession(flags, async ({ out, connect, signal }) => {
    const place = parseBucket(path);
    const client = connect(place.alias);
    const { bucket: Bucket } = place;
    await client.headBucket({ Bucket }, { signal });
    const rows: [string, string][] = [];
    for (const question of questions) {
      rows.push([question.name, await answerTo(question, client, Bucket, signal)]);
    }
    if (flags.usage) {
      const { objects, bytes } = await usageOf(client, Bucket, signal);
      rows.push(['objects', String(objects)], ['bytes', out.json ? String(bytes) : inBytes(bytes)]);
    }
    if (out.json) {
      out.record({ type: 'bucket', bucket: Bucket, ...Object.fromEntries(rows) });
      return;
    }
    for (const line of tableOf([formatRemote(place), ''], rows)) out.record({ type: 'line' }, line);
  });

async function answerTo(
  { ask, absent, otherwise }: Question,
  client: Client,
  Bucket: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return String((await ask(client, Bucket, signal)) ?? otherwise);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof S3Error) || error.status === 0) throw error;
    return error.code === absent ? otherwise : `not told (${error.code})`;
  }
}

async function usageOf(client: Client, Bucket: string, signal: AbortSignal) {
  let [objects, bytes] = [0, 0];
  for await (const { Size = 0 } of client.paginate.listObjectsV2({ Bucket }, { signal }).items()) {
    objects += 1;
    bytes += Size;
  }
  return { objects, bytes };
}
