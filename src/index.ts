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
import type { ConfiguredAccount } from './config/accounts.ts';
import { loadConfig } from './config/load.ts';
import type { Config, Settings } from './config/schema.ts';
import { createRootCredentials, loadOrCreateRootCredentials } from './identity/root-credentials.ts';
import { startServer } from './server.ts';

export type { ConfiguredAccount } from './config/accounts.ts';
export type { Settings } from './config/schema.ts';

/** The settings of `kist serve`, with defaults that suit an embedded server. */
export interface KistOptions
  extends Partial<
    Omit<
      Settings,
      'accounts' | 'rootAccessKeyId' | 'rootSecretAccessKey' | 'workers' | 'consolePort'
    >
  > {
  /** Root's key pair; made at random if left out. */
  readonly credentials?: KistCredentials;
  /** Further accounts, in the default or another namespace. */
  readonly accounts?: readonly ConfiguredAccount[];
}

export interface KistCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface Kist extends AsyncDisposable {
  /** `http://127.0.0.1:49152` */
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
  try {
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
    );
    const { host, port } = server.s3!;
    let closing: Promise<void> | undefined;
    const close = (): Promise<void> => {
      closing ??= (async () => {
        await server.drain();
        await server.close();
        await claim?.release();
      })();
      return closing;
    };
    return {
      endpoint: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
      host,
      port,
      region: config.region,
      credentials: { accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey },
      health: () => server.health(),
      close,
      [Symbol.asyncDispose]: close,
    };
  } catch (error) {
    await claim?.release();
    throw error;
  }
}

function embeddedConfig(settings: Omit<KistOptions, 'credentials'>): Config {
  const options: Partial<Settings> = {
    port: 0,
    logLevel: 'silent',
    memory: settings.dataDir === undefined,
    ...settings,
  };
  return loadConfig({ options, readFile: (path) => readFileSync(path, 'utf8') }).config;
}

async function claimed(dataDir: string) {
  const directory = await prepareDataDirectory(dataDir);
  const claim = await claimDataDirectory(directory);
  return { directory, release: () => claim.release() };
}
