/**
 * The settings of a server: one table for types, messages, documentation, environment names and flags.
 *
 * A setting is called the same everywhere: `dataDir` in YAML and in code, `--data-dir` as a flag,
 * `KIST_DATA_DIR` in the environment.
 */
import { availableParallelism } from 'node:os';
import {
  accessKeyIdAllowed,
  accessKeyIdPattern,
  accountList,
  type ConfiguredAccount,
  secretAccessKeyAllowed,
  secretAccessKeyPattern,
} from './accounts.ts';
import { acmeSettings } from './acme-settings.ts';
import { auditSettings } from './audit-settings.ts';
import { timeoutSettings } from './timeout-settings.ts';
import { tlsSettings } from './tls-settings.ts';
import {
  bytes,
  choice,
  domains,
  keyIds,
  listenHost,
  milliseconds,
  networks,
  onOff,
  text,
  type ValueKind,
  wholeNumber,
} from './value-kinds.ts';

const maxWorkers = 256;

/** Headings of help and documentation, in order. */
export const settingGroups = [
  'Addresses',
  'TLS',
  'ACME',
  'Credentials',
  'Encryption',
  'Processes',
  'Logs',
  'Storage',
  'Limits',
] as const;

export interface Setting {
  readonly group: (typeof settingGroups)[number];
  readonly kind: ValueKind<unknown>;
  /** A function where the machine decides. */
  readonly default: unknown;
  /** The default in words, where the value says too little. */
  readonly defaultText?: string;
  /** One or two sentences. */
  readonly doc: string;
  /** Never shown, neither in messages nor in logs. */
  readonly secret?: true;
  /** No flag, because other users of a machine can read command lines. */
  readonly flag?: false;
}

const KiB = 1024;
const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const hourMs = 3_600_000;

const absent: undefined = undefined;
const noAccounts: readonly ConfiguredAccount[] = [];
const noKeyIds: readonly string[] = [];
const noDomains: readonly string[] = [];
const noProxies: readonly string[] = [];
const localDomain: readonly string[] = ['localhost'];

const settings = {
  host: {
    group: 'Addresses',
    kind: listenHost(),
    default: '127.0.0.1',
    doc: 'Address to listen on. 0.0.0.0 or :: listens on all of them.',
  },
  port: {
    group: 'Addresses',
    kind: wholeNumber(0, 65_535, 'port'),
    default: 9000,
    doc: 'Port of the S3 API. 0 takes any free one.',
  },
  consolePort: {
    group: 'Addresses',
    kind: wholeNumber(0, 65_535, 'port'),
    default: 9001,
    doc: 'Port of health checks, metrics and the console. 0 takes any free one.',
  },
  consoleDomain: {
    group: 'Addresses',
    kind: domains(),
    default: noDomains,
    defaultText: 'none',
    doc: 'Host name under which browsers may reach the console port, or several separated by commas, beside those in domain; addresses and localhost always may.',
  },
  domain: {
    group: 'Addresses',
    kind: domains(),
    default: localDomain,
    doc: 'Base domain, or several separated by commas: BUCKET.DOMAIN names a bucket, NAMESPACE.DOMAIN a namespace, BUCKET.NAMESPACE.DOMAIN both. Path style works on every host name.',
  },
  websiteDomain: {
    group: 'Addresses',
    kind: domains(),
    default: noDomains,
    defaultText: 'none',
    doc: 'Base domain of websites, or several separated by commas: BUCKET.DOMAIN serves the bucket as the website that it is configured as. Another name than a base domain of the S3 API.',
  },
  trustedProxies: {
    group: 'Addresses',
    kind: networks(),
    default: noProxies,
    defaultText: 'none',
    doc: "Addresses and CIDR blocks of proxies in front of the server, separated by commas. Of a request from one of them, the client's address is the right-most in X-Forwarded-For that is no proxy's; policies, lists of addresses and logs go by it.",
  },
  region: {
    group: 'Addresses',
    kind: text(
      /^[a-z0-9][a-z0-9-]{0,62}$/,
      '1 to 63 lower-case letters, digits or hyphens',
      'name',
    ),
    default: 'us-east-1',
    defaultText: 'us-east-1; unless one is set, clients may sign for any region',
    doc: 'Region of the server. Once it is set, requests that are signed for another one are refused.',
  },
  ...tlsSettings,
  ...acmeSettings,
  rootAccessKeyId: {
    group: 'Credentials',
    kind: text(accessKeyIdPattern, accessKeyIdAllowed, 'id') as ValueKind<string | undefined>,
    default: absent,
    defaultText: 'made and stored in the data directory at the first start',
    doc: "Access key id of the server's own administrator. Set both root settings or neither.",
  },
  rootSecretAccessKey: {
    group: 'Credentials',
    kind: text(secretAccessKeyPattern, secretAccessKeyAllowed, 'secret') as ValueKind<
      string | undefined
    >,
    default: absent,
    defaultText: 'made and stored in the data directory at the first start',
    doc: "Secret access key of the server's own administrator. Set both root settings or neither.",
    secret: true,
    flag: false,
  },
  accounts: {
    group: 'Credentials',
    kind: accountList(),
    default: noAccounts,
    defaultText: 'none',
    doc: 'Accounts to create if they are missing: a YAML or JSON list of {namespace, accountId, displayName, email, accessKeyId, secretAccessKey}, written out or as the path of a file.',
    secret: true,
  },
  masterKey: {
    group: 'Encryption',
    kind: text(/^[A-Za-z0-9+/]{43}=$/, '32 bytes in base64', 'key') as ValueKind<
      string | undefined
    >,
    default: absent,
    defaultText: 'what masterKeyFile holds',
    doc: 'Key that wraps all keys which the server keeps for SSE-S3 and SSE-KMS. What is encrypted is lost without it.',
    secret: true,
    flag: false,
  },
  masterKeyFile: {
    group: 'Encryption',
    kind: text(/^[^\0]{1,4096}$/, 'the path of a file', 'file') as ValueKind<string | undefined>,
    default: absent,
    defaultText: 'master-key in the data directory, made at the first start',
    doc: 'File that holds the master key: 32 bytes in base64. Back it up apart from the data.',
  },
  kmsKeyIds: {
    group: 'Encryption',
    kind: keyIds(),
    default: noKeyIds,
    defaultText: 'none',
    doc: 'Ids of SSE-KMS keys to create in the local key ring if they are missing.',
  },
  sseCOverHttp: {
    group: 'Encryption',
    kind: onOff() as ValueKind<boolean | undefined>,
    default: absent,
    defaultText: 'true on 127.0.0.1, ::1 and localhost, false elsewhere',
    doc: "Whether requests may bring customers' keys (SSE-C) over plain HTTP, as behind a proxy that speaks HTTPS.",
  },
  workers: {
    group: 'Processes',
    kind: wholeNumber(1, maxWorkers, 'count'),
    default: () => Math.min(maxWorkers, availableParallelism()),
    defaultText: 'one for each processor core',
    doc: 'Processes that serve S3 requests.',
  },
  drainTimeoutMs: {
    group: 'Processes',
    kind: milliseconds(0, 24 * hourMs),
    default: 30_000,
    doc: 'How long requests in flight may go on after SIGTERM or SIGINT before they are cut.',
  },
  memory: {
    group: 'Processes',
    kind: onOff(),
    default: false,
    doc: 'Keep everything in memory, in one process, and nothing after the end. For tests.',
  },
  logLevel: {
    group: 'Logs',
    kind: choice(['debug', 'info', 'warn', 'error', 'silent']),
    default: 'info',
    doc: 'The least severe lines to log. Logs go to standard error.',
  },
  logFormat: {
    group: 'Logs',
    kind: choice(['text', 'json']),
    default: 'text',
    doc: 'Lines for people, or one JSON object a line. With json no banner is printed.',
  },
  accessLog: {
    group: 'Logs',
    kind: choice(['none', '5xx', '4xx', 'all']),
    default: '5xx',
    doc: 'Which requests get a line of their own: none, those that failed in the server (5xx, logged as errors), also those that were refused (4xx), or all. At tens of thousands of requests a second, all costs a noticeable part of the throughput.',
  },
  logDeliverySeconds: {
    group: 'Logs',
    kind: wholeNumber(1, 86_400, 'seconds'),
    default: 300,
    doc: 'How often each worker delivers what it has for the server access logs of buckets (PutBucketLogging).',
  },
  ...auditSettings,
  dataDir: {
    group: 'Storage',
    kind: text(/^[^\0]{1,4096}$/, 'the path of a directory', 'directory'),
    default: './kist-data',
    doc: 'Directory that holds everything. Made if it is missing; readable for its owner only.',
  },
  inlineMaxBytes: {
    group: 'Storage',
    kind: bytes(0, 16 * KiB),
    default: 2 * KiB,
    doc: 'Objects up to this size are kept as records, without a place in a pack or file.',
  },
  packBlobMaxBytes: {
    group: 'Storage',
    kind: bytes(0, 64 * MiB),
    default: MiB,
    doc: 'Bodies up to this size are appended to a pack; larger ones get a file each.',
  },
  garbageGraceSeconds: {
    group: 'Storage',
    kind: wholeNumber(0, 7 * 86_400, 'seconds'),
    default: 300,
    doc: 'How long the bytes of a deleted object stay on disk, so that running downloads can end.',
  },
  orphanSweepHours: {
    group: 'Storage',
    kind: wholeNumber(1, 8_760, 'hours'),
    default: 24,
    doc: 'How often to look for bytes that a crash left without an object. Also done a minute after the start.',
  },
  compactionLivePercent: {
    group: 'Storage',
    kind: wholeNumber(0, 95, 'percent'),
    default: 60,
    doc: 'Packs of which no more than this is still in use are rewritten, so that their space can be used again. More saves space and costs writes; 0 rewrites nothing.',
  },
  compactionIntervalSeconds: {
    group: 'Storage',
    kind: wholeNumber(1, 86_400, 'seconds'),
    default: 60,
    doc: 'How often to look for such packs.',
  },
  compactionMaxBytes: {
    group: 'Storage',
    kind: bytes(MiB, 1024 * GiB),
    default: 2 * GiB,
    doc: 'What is moved to another pack at most each time.',
  },
  scrubDays: {
    group: 'Storage',
    kind: wholeNumber(0, 3_650, 'days'),
    default: 7,
    doc: 'How long after the end of a scrub, which reads everything that is stored and verifies its checksums, the next one begins. 0 never begins one.',
  },
  scrubBytesPerSecond: {
    group: 'Storage',
    kind: bytes(64 * KiB, 1024 * GiB),
    default: 16 * MiB,
    doc: 'How much a scrub reads in a second at most.',
  },
  lifecycleDaySeconds: {
    group: 'Storage',
    kind: wholeNumber(1, 86_400, 'seconds'),
    default: 86_400,
    doc: 'How long the lifecycle and inventory jobs take a day to last. Less than 86400 is for tests: objects expire so many of these days after they were made, not at midnight. Dates in headers stay those that S3 would give.',
  },
  bucketDefaults: {
    group: 'Storage',
    kind: choice(['acl', 'aws']),
    default: 'acl',
    doc: 'What new buckets begin with: working ACLs (acl), or what AWS gives them, BucketOwnerEnforced and all of the public access block (aws).',
  },
  minPartBytes: {
    group: 'Limits',
    kind: bytes(1, 5 * GiB),
    default: 5 * MiB,
    doc: 'Smallest part of a multipart upload, the last one excepted. S3 has 5 MiB.',
  },
  maxConnections: {
    group: 'Limits',
    kind: wholeNumber(1, 1_000_000, 'count'),
    default: 10_000,
    doc: 'Open connections in each worker. Further ones are closed at once.',
  },
  maxInFlight: {
    group: 'Limits',
    kind: wholeNumber(1, 1_000_000, 'count'),
    default: 2_048,
    doc: 'Requests at work in each worker. Further ones are answered SlowDown.',
  },
  maxBufferedBytes: {
    group: 'Limits',
    kind: bytes(16 * MiB, 1024 * GiB),
    default: 512 * MiB,
    doc: 'Bytes of request bodies that each worker holds in memory: small bodies and documents whole, of large ones 768 KiB each. Further requests are answered SlowDown.',
  },
  maxSelectQueries: {
    group: 'Limits',
    kind: wholeNumber(1, 10_000, 'count'),
    default: 4,
    doc: 'SelectObjectContent queries at work in each worker; each may take some hundred MB. Further ones are answered Busy.',
  },
  anonymousRequestsPerSecond: {
    group: 'Limits',
    kind: wholeNumber(0, 1_000_000, 'count'),
    default: 0,
    defaultText: '0, which is no limit',
    doc: 'Requests without a key in a second, of each IPv4 address and each /64 network of IPv6, in all workers together. Further ones are answered SlowDown.',
  },
  maxBadSignatures: {
    group: 'Limits',
    kind: wholeNumber(0, 1_000_000, 'count'),
    default: 300,
    doc: 'Wrong signatures with one access key from one address in a minute, and requests with unknown keys from one address, that each worker verifies. Further ones are answered SlowDown; the key stays good elsewhere, and other keys at the same address. 0 for no limit.',
  },
  maxHeaderBytes: {
    group: 'Limits',
    kind: bytes(8 * KiB, MiB),
    default: 32 * KiB,
    doc: 'Request line and headers of one request together.',
  },
  ...timeoutSettings,
} as const satisfies Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof settings;

export const settingNames = Object.keys(settings) as readonly SettingName[];

type ValueOf<Name extends SettingName> =
  (typeof settings)[Name]['kind'] extends ValueKind<infer Value> ? Value : never;

/** The values of all settings. */
export type Settings = { readonly [Name in SettingName]: ValueOf<Name> };

/** What a server runs with. */
export interface Config extends Settings {
  /** A region was set: requests that are signed for another one are refused. */
  readonly regionEnforced: boolean;
}

/** The table's entry in its general form. */
export function settingOf(name: SettingName): Setting {
  return settings[name];
}

/** `dataDir` → `--data-dir`. */
export function flagOf(name: SettingName): string {
  return `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `dataDir` → `KIST_DATA_DIR`. */
export function variableOf(name: SettingName): string {
  return `KIST_${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
