/**
 * Kist in a Node process of your own: the same server, with real signatures and access checks.
 *
 * ```ts
 * import { createKist } from 'kist';
 *
 * await using kist = await createKist({ memory: true });
 * const s3 = new S3Client({
 *   endpoint: kist.endpoint,
 *   credentials: kist.credentials,
 *   region: 'us-east-1',
 *   forcePathStyle: true,
 * });
 * ```
 */
import { readFileSync } from 'node:fs';
import { claimDataDirectory, prepareDataDirectory } from './cli/data-directory.ts';
import { openServerCertificates } from './cli/server-certificates.ts';
import type { ConfiguredAccount } from './config/accounts.ts';
import { ConfigError, loadConfig } from './config/load.ts';
import type { Config, Settings } from './config/schema.ts';
import { speaksTls } from './config/speaks-tls.ts';
import { createRootCredentials, loadOrCreateRootCredentials } from './identity/root-credentials.ts';
import { createLog } from './observe/log.ts';
import { startServer } from './server.ts';
import type { Certificates } from './tls/certificates.ts';

export type { ConfiguredAccount } from './config/accounts.ts';
export type { Settings } from './config/schema.ts';

/** The settings of `kist serve`, with defaults that suit an embedded server. */
export interface KistOptions
  extends Partial<
    Omit<
      Settings,
      | 'accounts'
      | 'rootAccessKeyId'
      | 'rootSecretAccessKey'
      | 'workers'
      | 'consoleDomain'
      | 'consolePort'
      | 'consoleTls'
      | 'httpRedirectPort'
      | 'tlsCert'
      | 'tlsKey'
      | 'tlsCertificates'
      | 'tlsReloadSeconds'
      | `acme${string}`
    >
  > {
  /** Certificates to speak TLS with; plain HTTP if left out. */
  readonly tls?: KistTls;
  /** Root's key pair; made at random if left out. */
  readonly credentials?: KistCredentials;
  /** Further accounts, in the default or another namespace. */
  readonly accounts?: readonly ConfiguredAccount[];
}

/** Paths; the same as the settings `tlsCert`, `tlsKey`, `tlsCertificates` and `tlsReloadSeconds`. */
export interface KistTls {
  /** PEM: the server's certificate, those that issued it after it. */
  readonly cert?: string;
  /** PEM, without a passphrase. */
  readonly key?: string;
  /** A directory of further certificates, each for its own names. */
  readonly certificates?: string;
  /** How often the files are read again. */
  readonly reloadSeconds?: number;
}

export interface KistCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Kist extends AsyncDisposable {
  /** `http://127.0.0.1:49152`, with TLS `https://127.0.0.1:49152` */
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  /** Root's key pair. */
  readonly credentials: KistCredentials;
  /** Throws if the storage engine cannot serve. */
  health(): Promise<void>;
  /** Lets requests in flight end, then closes; a second call waits for the first. */
  close(): Promise<void>;
}

/**
 * Starts a server in this process. Without `dataDir` it keeps everything in memory. It listens on a
 * free port of 127.0.0.1 unless told otherwise, logs nothing, and several can run at once.
 *
 * @throws ConfigError for bad options, DataDirectoryInUseError if another server has the directory
 */
export async function createKist(options: KistOptions = {}): Promise<Kist> {
  const { credentials, ...settings } = options;
  const config = embeddedConfig(settings);
  const claim = config.memory ? undefined : await claimed(config.dataDir);
  let tls: Certificates | undefined;
  try {
    const { logLevel: level, logFormat: format } = config;
    tls = await openServerCertificates(config, createLog({ level, format }));
    const root =
      claim === undefined
        ? createRootCredentials(credentials)
        : await loadOrCreateRootCredentials(claim.directory, credentials);
    const server = await startServer(
      {
        ...config,
        dataDir: claim?.directory ?? config.dataDir,
        rootAccountId: root.accountId,
        rootAccessKeyId: root.accessKeyId,
        rootSecretAccessKey: root.secretAccessKey,
      },
      { kind: 'all', slot: 0 },
      tls,
    );
    const { host, port } = server.s3!;
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closing ??= (async () => {
        await server.drain();
        await server.close();
        tls?.close();
        await claim?.release();
      })();
      return closing;
    };
    return {
      endpoint: `http${tls === undefined ? '' : 's'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
      host,
      port,
      region: config.region,
      credentials: { accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey },
      health: () => server.health(),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    tls?.close();
    await claim?.release();
    throw error;
  }
}

function embeddedConfig({ tls, ...settings }: Omit<KistOptions, 'credentials'>): Config {
  const { cert, key, certificates, reloadSeconds } = tls ?? {};
  const options: Partial<Settings> = {
    ...(cert !== undefined && { tlsCert: cert }),
    ...(key !== undefined && { tlsKey: key }),
    ...(certificates !== undefined && { tlsCertificates: certificates }),
    ...(reloadSeconds !== undefined && { tlsReloadSeconds: reloadSeconds }),
    port: 0,
    logLevel: 'silent',
    memory: settings.dataDir === undefined,
    ...settings,
  };
  const { config } = loadConfig({ options, readFile: (path) => readFileSync(path, 'utf8') });
  if (config.acmeDomains.length > 0) {
    throw new ConfigError([
      'acmeDomains: an embedded server orders no certificates: give it files with tls.',
    ]);
  }
  if (tls !== undefined && !speaksTls(config)) {
    throw new ConfigError([
      'tls is set, but it names no certificate: give cert and key, or certificates.',
    ]);
  }
  return config;
}

async function claimed(dataDir: string) {
  const directory = await prepareDataDirectory(dataDir);
  const claim = await claimDataDirectory(directory);
  return { directory, release: () => claim.release() };
}
