/** What a client is made with. */
import type { CredentialProvider, Credentials } from './credentials/credentials.ts';
import type { AddressingStyle } from './endpoint.ts';
import type { Runtime, Timeouts } from './runtime.ts';
import { S3Error } from './s3-error.ts';

export interface ClientConfig {
  /**
   * Such as `https://s3.example.com`; that of AWS in the region if undefined and the environment names none
   * (`AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`).
   */
  readonly endpoint?: string | undefined;
  /** `AWS_REGION`, the profile's, or `us-east-1` if undefined. */
  readonly region?: string | undefined;
  /** Keys, or what gives them before each request. Looked for where AWS's tools look if undefined; null: none. */
  readonly credentials?: Credentials | CredentialProvider | null | undefined;
  /** Version 4 (`s3v4`), or 2 (`s3`) as boto3's `signature_version` has it. */
  readonly signatureVersion?: 's3v4' | 's3' | undefined;
  readonly addressingStyle?: AddressingStyle | undefined;
  /** Attempts of a request, the first one included; 3 if undefined. */
  readonly maxAttempts?: number | undefined;
  /** Milliseconds; connecting 5,000, without a byte 60,000 if undefined. */
  readonly timeouts?: Partial<Timeouts> | undefined;
  /** Connections to each server; 64 if undefined. */
  readonly maxConnections?: number | undefined;
  /** Whether bodies are hashed for the signature; only where the connection isn't encrypted if undefined. */
  readonly signPayload?: boolean | undefined;
  /**
   * `whenSupported` if undefined. `whenRequired` with Version 2, whose servers may not know them: bytes at hand then
   * go with their Content-MD5.
   */
  readonly requestChecksums?: 'whenSupported' | 'whenRequired' | undefined;
  /** `whenSupported`: GetObject asks for the checksum, and the body is compared with it. */
  readonly responseChecksums?: 'whenSupported' | 'whenRequired' | undefined;
}

export interface ResolvedConfig {
  readonly endpoint: string | undefined;
  readonly region: string;
  readonly credentials: Credentials | CredentialProvider | null;
  readonly signatureVersion: 's3v4' | 's3';
  readonly addressingStyle: AddressingStyle;
  readonly maxAttempts: number;
  readonly timeouts: Timeouts;
  readonly maxConnections: number;
  readonly signPayload: boolean | undefined;
  readonly requestChecksums: 'whenSupported' | 'whenRequired';
  readonly responseChecksums: 'whenSupported' | 'whenRequired';
}

const defaultRegion = 'us-east-1';
const defaultTimeouts: Timeouts = { connectMs: 5_000, idleMs: 60_000 };
const defaultMaxAttempts = 3;
const defaultMaxConnections = 64;

const names: ReadonlySet<string> = new Set([
  'addressingStyle',
  'credentials',
  'endpoint',
  'maxAttempts',
  'maxConnections',
  'region',
  'requestChecksums',
  'responseChecksums',
  'signPayload',
  'signatureVersion',
  'timeouts',
]);

/** @throws S3Error InvalidInput for settings that are unknown or can't be */
export function resolveConfig(config: ClientConfig, runtime: Runtime): ResolvedConfig {
  for (const name of Object.keys(config)) {
    if (!names.has(name)) throw new S3Error('InvalidInput', `there is no setting ${name}`);
  }
  const environment = runtime.environment();
  const setting = { ...environment, ...withoutUndefined(config) };
  const { signatureVersion = 's3v4', addressingStyle = 'auto' } = setting;
  const { responseChecksums = 'whenSupported', maxAttempts = defaultMaxAttempts } = setting;
  const requestChecksums =
    setting.requestChecksums ?? (signatureVersion === 's3' ? 'whenRequired' : 'whenSupported');
  assertOneOf('signatureVersion', signatureVersion, signatureVersions);
  assertOneOf('addressingStyle', addressingStyle, addressingStyles);
  assertOneOf('requestChecksums', requestChecksums, checksumSettings);
  assertOneOf('responseChecksums', responseChecksums, checksumSettings);
  if (!Number.isInteger(maxAttempts) || maxAttempts < 1) {
    throw new S3Error('InvalidInput', 'maxAttempts must be 1 or more');
  }
  return {
    endpoint: setting.endpoint,
    region: setting.region ?? defaultRegion,
    credentials:
      config.credentials === undefined ? runtime.defaultCredentials() : config.credentials,
    signatureVersion,
    addressingStyle,
    maxAttempts,
    timeouts: { ...defaultTimeouts, ...config.timeouts },
    maxConnections: config.maxConnections ?? defaultMaxConnections,
    signPayload: config.signPayload,
    requestChecksums,
    responseChecksums,
  };
}

const signatureVersions = ['s3v4', 's3'] as const;
const addressingStyles = ['auto', 'path', 'virtual'] as const;
const checksumSettings = ['whenSupported', 'whenRequired'] as const;

function assertOneOf<Value extends string>(
  name: string,
  value: string,
  values: readonly Value[],
): asserts value is Value {
  if ((values as readonly string[]).includes(value)) return;
  throw new S3Error('InvalidInput', `${name} must be one of ${values.join(', ')}, not ${value}`);
}

const withoutUndefined = <Value extends object>(value: Value): Value =>
  Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as Value;
