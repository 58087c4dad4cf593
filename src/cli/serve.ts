/**
 * Runs a server: claims its data directory, sees to root's credentials, starts the processes, and
 * tells the user where it is once it serves.
 */
import type { Config, SettingName } from '../config/schema.ts';
import { dismissEarly } from '../http/early-process.ts';
import { serveInOneProcess } from '../http/single-process.ts';
import { supervise } from '../http/supervisor.ts';
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
import { claimDataDirectory, prepareDataDirectory } from './data-directory.ts';
import { codeInUse, type LoadServer, type WorkerStart } from './serve-worker.ts';

/** The configuration as its sources are now; throws `ConfigError`. */
export type ReloadConfig = () => Config;

/** What the supervisor itself has opened or counted: a change waits for a restart. */
const fixedSettings = [
  'dataDir',
  'host',
  'port',
  'consolePort',
  'workers',
  'memory',
] as const satisfies readonly SettingName[];

/** Until a signal ends it; resolves with the exit code. `reload` is for SIGHUP. */
export function serve(
  config: Config,
  loadServer: LoadServer,
  reload: ReloadConfig,
): Promise<number> {
  return config.memory ? serveFromMemory(config, loadServer) : serveFromDisk(config, reload);
}

/** The store is opened by the processes that use it, not here. */
async function serveFromDisk(config: Config, reload: ReloadConfig): Promise<number> {
  const directory = await prepareDataDirectory(config.dataDir);
  const claim = await claimDataDirectory(directory);
  const log = logOf(config);
  const code = codeInUse();
  const startOf = async (own: Config) => {
    const root = await loadOrCreateRootCredentials(directory, givenRoot(own));
    const full = withRoot({ ...own, dataDir: directory }, root);
    const start: WorkerStart = { config: full, claim: claim.name, code };
    return { root, start };
  };
  try {
    const { root, start } = await startOf(config);
    return await supervise<WorkerStart>(start, {
      ...config,
      log,
      metrics: createMetrics('supervisor'),
      reload: async () => {
        const next = reload();
        const waiting = fixedSettings.filter((name) => next[name] !== config[name]);
        if (waiting.length > 0) {
          log.warn('these settings change with a restart only', { settings: waiting.join(', ') });
        }
        const kept = Object.fromEntries(fixedSettings.map((name) => [name, config[name]]));
        return (await startOf({ ...next, ...kept })).start;
      },
      onReady: (addresses) => tell(config, root, addresses),
    });
  } finally {
    await claim.release();
  }
}

async function serveFromMemory(config: Config, loadServer: LoadServer): Promise<number> {
  dismissEarly();
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
