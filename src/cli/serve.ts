/**
 * Runs a server: claims its data directory, sees to root's credentials, starts the processes, and
 * tells the user where it is once it serves.
 */
import { fixedSettings } from '../config/fixed-settings.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { Config, SettingName } from '../config/schema.ts';
import { speaksTls } from '../config/speaks-tls.ts';
import { dismissEarly } from '../http/early-process.ts';
import { serveInOneProcess } from '../http/single-process.ts';
import { type ServerAddresses, supervise } from '../http/supervisor.ts';
import {
  createRootCredentials,
  type GivenRootCredentials,
  loadOrCreateRootCredentials,
  type RootCredentials,
} from '../identity/root-credentials.ts';
import { createLog } from '../observe/log.ts';
import { createMetrics, type Metrics } from '../observe/metrics.ts';
import type { ServerConfig } from '../server.ts';
import type { Certificates } from '../tls/certificates.ts';
import { renderBanner } from './banner.ts';
import { claimDataDirectory, prepareDataDirectory } from './data-directory.ts';
import { codeInUse, type LoadServer, type WorkerStart } from './serve-worker.ts';
import { openServerAcme, type ServerAcme } from './server-acme.ts';
import { openServerCertificates } from './server-certificates.ts';

/** The configuration as its sources are now; throws `ConfigError`. */
export type ReloadConfig = () => LoadedConfig;

/** Until a signal ends it; resolves with the exit code. `reload` is for SIGHUP. */
export function serve(
  loaded: LoadedConfig,
  loadServer: LoadServer,
  reload: ReloadConfig,
): Promise<number> {
  return loaded.config.memory ? serveFromMemory(loaded, loadServer) : serveFromDisk(loaded, reload);
}

/** The store is opened by the processes that use it, not here. */
async function serveFromDisk(loaded: LoadedConfig, reload: ReloadConfig): Promise<number> {
  const { config } = loaded;
  const directory = await prepareDataDirectory(config.dataDir);
  const claim = await claimDataDirectory(directory);
  const log = logOf(config);
  const code = codeInUse();
  let tls: Certificates | undefined;
  let acme: ServerAcme | undefined;
  const startOf = async ({ config: own, sources }: LoadedConfig) => {
    const root = await loadOrCreateRootCredentials(directory, givenRoot(own));
    const full = { ...withRoot({ ...own, dataDir: directory }, root), sources };
    const start: WorkerStart = { config: full, claim: claim.name, code };
    return { root, start };
  };
  try {
    const metrics = createMetrics('supervisor');
    acme = await openServerAcme({ ...config, dataDir: directory }, log, metrics);
    tls = await openServerCertificates(config, log, acme?.certificateFile);
    if (tls !== undefined) await measure(metrics, tls);
    const { root, start } = await startOf(loaded);
    return await supervise<WorkerStart>(start, {
      ...config,
      tls,
      consoleTls: consoleTlsOf(config, tls),
      acmeAnswer: acme?.answer,
      log,
      metrics,
      reload: async () => {
        await tls?.look({ forget: true });
        acme?.hurry();
        const { config: next, sources } = reload();
        const isNew = (name: SettingName) =>
          JSON.stringify(next[name]) !== JSON.stringify(config[name]);
        const waiting = fixedSettings.filter(isNew);
        if (waiting.length > 0) {
          log.warn('these settings change with a restart only', { settings: waiting.join(', ') });
        }
        const kept = Object.fromEntries(fixedSettings.map((name) => [name, config[name]]));
        const cameFrom = Object.fromEntries(
          fixedSettings.map((name) => [name, loaded.sources[name]]),
        );
        const own = { config: { ...next, ...kept }, sources: { ...sources, ...cameFrom } };
        return (await startOf(own)).start;
      },
      onReady: (addresses) => {
        tell(config, root, addresses);
        acme?.start(async () => tls?.look());
      },
    });
  } finally {
    tls?.close();
    await acme?.release();
    await claim.release();
  }
}

async function serveFromMemory(
  { config, sources }: LoadedConfig,
  loadServer: LoadServer,
): Promise<number> {
  dismissEarly();
  const log = logOf(config);
  const tls = await openServerCertificates(config, log);
  const root = createRootCredentials(givenRoot(config));
  try {
    return await serveInOneProcess({ ...withRoot(config, root), sources }, await loadServer(), {
      ...config,
      tls,
      consoleTls: consoleTlsOf(config, tls),
      log,
      onReady: (addresses) => tell(config, root, addresses),
    });
  } finally {
    tls?.close();
  }
}

function consoleTlsOf(config: Config, tls: Certificates | undefined) {
  if (tls === undefined || config.consoleTls === false) return undefined;
  const { tlsMinVersion: minVersion, tlsHandshakeTimeoutMs: handshakeTimeoutMs } = config;
  return { source: tls, minVersion, handshakeTimeoutMs };
}

async function measure(metrics: Metrics, tls: Certificates): Promise<void> {
  const { measureCertificates } = await import('../tls/certificate-metrics.ts');
  measureCertificates(metrics, tls);
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

function tell(config: Config, root: RootCredentials, addresses: ServerAddresses): void {
  if (config.logFormat === 'json') return;
  const tls = speaksTls(config);
  const consoleTls = tls && config.consoleTls !== false;
  process.stdout.write(renderBanner({ ...addresses, tls, consoleTls, root, config }));
}
