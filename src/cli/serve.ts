/**
 * Runs a server: claims its data directory, sees to root's credentials, starts the processes, and
 * tells the user where it is once it serves.
 */
import type { Config } from '../config/schema.ts';
import { serveInOneProcess } from '../http/single-process.ts';
import { runSupervised } from '../http/supervised-worker.ts';
import { type StartServer, supervise } from '../http/supervisor.ts';
import type { Address } from '../http/supervisor-messages.ts';
import {
  createRootCredentials,
  type GivenRootCredentials,
  loadOrCreateRootCredentials,
  type RootCredentials,
} from '../identity/root-credentials.ts';
import { createLog } from '../observe/log.ts';
import { createMetrics } from '../observe/metrics.ts';
import type { ServerConfig } from '../server.ts';
import { renderBanner } from './banner.ts';
import { claimDataDirectory, joinDataDirectory, prepareDataDirectory } from './data-directory.ts';

/** Late, so that the supervisor never loads the store. */
export type LoadServer = () => Promise<StartServer<ServerConfig>>;

/** What the supervisor hands to its processes. */
interface WorkerStart {
  readonly config: ServerConfig;
  /** The data directory's claim, under which they join. */
  readonly claim: string;
}

/** Until a signal ends it; resolves with the exit code. */
export function serve(config: Config, loadServer: LoadServer): Promise<number> {
  return config.memory ? serveFromMemory(config, loadServer) : serveFromDisk(config);
}

/** The body of a process that a supervisor started. */
export function serveAsWorker(loadServer: LoadServer): void {
  runSupervised<WorkerStart>(async ({ config, claim }, role) => {
    // Held to the end of the process, however that comes.
    await joinDataDirectory(config.dataDir, claim);
    const startServer = await loadServer();
    return startServer(config, role);
  });
}

/** The store is opened by the processes that use it, not here. */
async function serveFromDisk(config: Config): Promise<number> {
  const directory = await prepareDataDirectory(config.dataDir);
  const claim = await claimDataDirectory(directory);
  try {
    const root = await loadOrCreateRootCredentials(directory, givenRoot(config));
    return await supervise<WorkerStart>(
      { config: withRoot({ ...config, dataDir: directory }, root), claim: claim.name },
      {
        ...config,
        log: logOf(config),
        metrics: createMetrics('supervisor'),
        onReady: (addresses) => tell(config, root, addresses),
      },
    );
  } finally {
    await claim.release();
  }
}

async function serveFromMemory(config: Config, loadServer: LoadServer): Promise<number> {
  const root = createRootCredentials(givenRoot(config));
  return serveInOneProcess(withRoot(config, root), await loadServer(), {
    ...config,
    log: logOf(config),
    onReady: (addresses) => tell(config, root, addresses),
  });
}

function logOf(config: Config) {
  return createLog({ level: config.logLevel, format: config.logFormat });
}

function givenRoot(config: Config): GivenRootCredentials | undefined {
  const { rootAccessKeyId, rootSecretAccessKey } = config;
  if (rootAccessKeyId === undefined || rootSecretAccessKey === undefined) return undefined;
  return { accessKeyId: rootAccessKeyId, secretAccessKey: rootSecretAccessKey };
}

/** All processes have the keys from one place. */
function withRoot(config: Config, root: RootCredentials): ServerConfig {
  return {
    ...config,
    rootAccountId: root.accountId,
    rootAccessKeyId: root.accessKeyId,
    rootSecretAccessKey: root.secretAccessKey,
  };
}

function tell(
  config: Config,
  root: RootCredentials,
  addresses: { readonly s3: Address; readonly console: Address },
): void {
  if (config.logFormat === 'json') return;
  process.stdout.write(renderBanner({ ...addresses, root, config }));
}
