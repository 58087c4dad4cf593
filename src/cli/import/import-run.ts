/** An import as a whole: identities first, as policies of buckets name them; then buckets, objects, and the other settings. */
import { join } from 'node:path';
import { S3Error } from '../../client/s3-error.ts';
import { CommandError, usageError } from '../command-error.ts';
import { openIdentity } from '../identity/identity-session.ts';
import { parseRemote } from '../location.ts';
import { isSameServer } from '../object/items.ts';
import { stateDirectory } from '../object/transfer-state.ts';
import { createProgressLine } from '../progress-line.ts';
import { inSession, type Session } from '../session.ts';
import type { AccountNumbers } from './account-numbers.ts';
import { type BucketPair, makeBucket, readBucket, writeSettings } from './bucket-import.ts';
import type { Identities } from './identities.ts';
import { type ImportState, openState } from './import-state.ts';
import { createKeyMaker } from './new-keys.ts';
import type { ObjectCopy } from './object-copy.ts';
import { importObjects } from './object-import.ts';
import { readIam } from './read-iam.ts';
import { readMinioExport } from './read-minio-export.ts';
import { createReport, type Report } from './report.ts';
import { importVersions } from './version-import.ts';
import { writeIdentities } from './write-identities.ts';

export type SourceKind = 'minio' | 'aws';

export interface ImportFlags {
  /** Names, or false for none. */
  readonly bucket?: readonly string[];
  readonly buckets: boolean;
  readonly objects: boolean;
  readonly identities?: boolean;
  readonly versions?: boolean;
  readonly state?: string;
  readonly iamExport?: string;
  readonly createKeys?: string;
  readonly concurrency: number;
  readonly partSize?: number;
  readonly limitRate?: number;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

interface Import {
  readonly kind: SourceKind;
  readonly session: Session;
  readonly report: Report;
  readonly flags: ImportFlags;
  readonly source: string | undefined;
  readonly target: string | undefined;
}

const keysStay: Readonly<Record<SourceKind, string>> = {
  aws: "AWS tells no secrets, so that its keys can't come over",
  minio: 'the API of the target takes no keys that were made elsewhere',
};

/** Gives the exit code. */
export const importAll = (
  kind: SourceKind,
  from: string,
  to: string,
  flags: ImportFlags,
): Promise<number> =>
  inSession(flags, async (session) => {
    const [source, target] = [aliasIn(from), aliasIn(to)];
    checkFlags(kind, flags);
    if (isSameServer(session.connect(source), session.connect(target))) {
      throw usageError(`${from} and ${to} are the same server, with the same key.`);
    }
    const report = createReport(session.out, session.signal, flags);
    const run = { kind, session, report, flags, source, target };
    const line = createProgressLine(process.stderr);
    line.follow(report.progress);
    try {
      const numbers = await importIdentities(run);
      if (flags.buckets) await importBuckets(run, numbers);
    } finally {
      line.clear();
    }
    return report.end(kind);
  });

function aliasIn(text: string): string | undefined {
  const { alias, bucket } = parseRemote(text);
  if (bucket === '') return alias;
  throw usageError(`${JSON.stringify(text)} is more than an alias: --bucket names a bucket.`);
}

function checkFlags(kind: SourceKind, { buckets, bucket, versions, state, ...flags }: ImportFlags) {
  if (!buckets && bucket) throw usageError('--bucket and --no-buckets exclude each other.');
  if (state !== undefined && !versions) throw usageError('--state is for --versions.');
  const hasIdentities = kind === 'aws' ? flags.identities : flags.iamExport !== undefined;
  if (hasIdentities) return;
  if (!buckets) throw usageError('Nothing is left to import.');
  if (flags.createKeys !== undefined) {
    throw usageError(
      `--create-keys is for users${kind === 'minio' ? ': say --iam-export, too' : ''}.`,
    );
  }
}

/** Tells whose account numbers policies are to have. */
async function importIdentities(run: Import): Promise<AccountNumbers> {
  const { kind, session, report, flags } = run;
  const target = openIdentity(session, run.target);
  const source = kind === 'aws' ? openIdentity(session, run.source) : undefined;
  try {
    const takesIdentities = source ? flags.identities : flags.iamExport !== undefined;
    const numberOf = async (of: typeof target): Promise<string | undefined> => {
      try {
        return (await of.iam.call('GetCallerIdentity', {})).Account;
      } catch (error) {
        // A server of S3 alone: nothing needs its number then.
        if (!takesIdentities && error instanceof S3Error && error.status !== 0) return undefined;
        throw error;
      }
    };
    const numbers = { source: source && (await numberOf(source)), target: await numberOf(target) };
    if (!takesIdentities) return numbers;
    if (!numbers.target)
      throw new CommandError('The target tells no account number (GetCallerIdentity).');
    const found: Identities = source
      ? await readIam(source, report)
      : readMinioExport(flags.iamExport!, report);
    const keys = createKeyMaker(target, report, flags.createKeys, keysStay[kind]);
    try {
      await writeIdentities(
        { target, report, keys, numbers: { source: numbers.source, target: numbers.target } },
        found,
      );
    } finally {
      keys.close();
    }
    return numbers;
  } finally {
    target.iam.close();
    source?.iam.close();
  }
}

async function importBuckets(run: Import, numbers: AccountNumbers): Promise<void> {
  const { session, report, flags } = run;
  const context = { report, numbers };
  const pairs: BucketPair[] = [];
  for (const Bucket of await bucketNames(run)) {
    const at = { Bucket, signal: session.signal };
    try {
      const source = { ...at, client: session.connect(run.source) };
      const target = { ...at, client: session.connect(run.target) };
      const pair = await readBucket(source, target, report);
      if (pair === undefined || !(await makeBucket(pair, report))) continue;
      const instead = beforeVersions(pair, flags);
      if (await writeSettings(pair, 'before', context, instead)) pairs.push(pair);
    } catch (error) {
      report.failed('bucket', Bucket, error);
    }
  }
  const state = flags.versions && flags.objects ? openImportState(run) : undefined;
  try {
    for (const pair of pairs) {
      try {
        if (flags.objects) await importContent(run, pair, state);
        await writeSettings(pair, 'after', context, afterVersions(pair, flags));
      } catch (error) {
        report.failed('bucket', pair.source.Bucket, error);
      }
    }
  } finally {
    state?.close();
  }
}

async function bucketNames({ session, source, flags }: Import): Promise<readonly string[]> {
  if (flags.bucket) return flags.bucket;
  const names: string[] = [];
  const pages = session.connect(source).paginate.listBuckets({}, { signal: session.signal });
  for await (const { Name = '' } of pages.items()) names.push(Name);
  return names;
}

/** Where versioning is suspended, its versions come while it isn't. */
const isSuspended = ({ settings }: BucketPair, { versions, objects }: ImportFlags): boolean =>
  versions === true && objects && settings.get('versioning') === 'Suspended';

const beforeVersions = (pair: BucketPair, flags: ImportFlags) =>
  new Map(isSuspended(pair, flags) ? [['versioning', 'Enabled']] : []);

const afterVersions = (pair: BucketPair, flags: ImportFlags) =>
  new Map(isSuspended(pair, flags) ? [['versioning', 'Suspended']] : []);

function openImportState({ session, source, target, flags }: Import): ImportState {
  // One host may have several accounts.
  const nameOf = (alias: string | undefined): string => {
    const { host } = session.connect(alias).locate().origin;
    return `${session.aliasOf(alias).name}-${host}`.replaceAll(/[^\w.-]/g, '_');
  };
  const name = `${nameOf(source)}-to-${nameOf(target)}.jsonl`;
  return openState(flags.state ?? join(stateDirectory('imports'), name), flags.dryRun ?? false);
}

async function importContent(
  { kind, report, flags }: Import,
  pair: BucketPair,
  state: ImportState | undefined,
): Promise<void> {
  const { client, Bucket, signal } = pair.target;
  const isMade = pair.isThere || !report.dryRun;
  const { Owner } = isMade ? await client.getBucketAcl({ Bucket }, { signal }) : {};
  const copy: ObjectCopy = {
    pair,
    report,
    owner: Owner?.ID ?? '',
    // MinIO has none, and answers the same for each object.
    hasAcls: kind === 'aws' && pair.settings.get('ownership') !== 'BucketOwnerEnforced',
    partBytes: flags.partSize,
  };
  const hasVersions = state !== undefined && pair.settings.has('versioning');
  if (hasVersions) await importVersions(copy, flags.concurrency, state);
  else await importObjects(copy, flags.concurrency);
}
