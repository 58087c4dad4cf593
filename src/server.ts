/**
 * The composition root: the one place where rooms meet and adapters are chosen.
 *
 * A process serves HTTP ('worker'), runs the background jobs ('jobs') or does both ('all'). All
 * processes of a server share one data directory; each has a slot of its own.
 */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LoadedConfig } from './config/load.ts';
import { loadMasterKeys, type MasterKeys } from './config/master-key.ts';
import type { Config } from './config/schema.ts';
import { speaksTls } from './config/speaks-tls.ts';
import { createEncryption, type Encryption } from './features/encryption/encryption.ts';
import { type KeyRing, openKeyRing } from './features/encryption/key-ring.ts';
import { listenForApi } from './http/api-listener.ts';
import { connectionLimit } from './http/connection-limit.ts';
import { fetchJson } from './http/fetch-json.ts';
import type { FirstProcess } from './http/first-process.ts';
import { createKeyGuard } from './http/key-guard.ts';
import { lateHandler } from './http/late-handler.ts';
import { listen } from './http/listener.ts';
import { createPipeline } from './http/pipeline.ts';
import { createRequestIds } from './http/request-id.ts';
import { createServerAccessLog } from './http/server-access-log.ts';
import { createSupervisedRates } from './http/supervised-rates.ts';
import type { RunningServer } from './http/supervisor.ts';
import type { ServerRole } from './http/supervisor-messages.ts';
import { createIamApi } from './iam/iam-api.ts';
import { createIdentityDirectory } from './identity/directory.ts';
import { defaultNamespace } from './identity/identity.ts';
import { type KeyUses, keyUseWriteIntervalMs } from './identity/key-uses.ts';
import { createWebIdentities } from './identity/web-identity.ts';
import { networksOf } from './limits/addresses.ts';
import { createRateKeeper } from './limits/rate-keeper.ts';
import { createAuditLog } from './observe/audit/audit-log.ts';
import { createLog, type Log } from './observe/log.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { operations } from './operations/index.ts';
import { closeEngine, type Engine, lookupCounter, openEngine } from './server-engine.ts';
import { startServerJobs, startServerLogDelivery, startServerSealing } from './server-jobs.ts';
import { observeRequests } from './server-observer.ts';
import { createStore } from './store/create-store.ts';
import { ensureFormat } from './store/format.ts';
import { openLmdbMetaStore } from './store/meta/lmdb.ts';
import type { MetaStore } from './store/meta/port.ts';
import { createSystemRecords } from './store/system-records.ts';
import { measureCertificates } from './tls/certificate-metrics.ts';
import type { TlsSource } from './tls/tls-source.ts';

/** Settings, and what the first process of a server has found out for all of them. */
export interface ServerConfig extends Config {
  /** Root's canonical id: made once for a data directory. */
  readonly rootAccountId: string;
  /** Where each setting comes from, for the admin API. */
  readonly sources?: LoadedConfig['sources'] | undefined;
}

const now = (): number => Date.now();

/**
 * Starts one process's share of a server, which speaks TLS if `tls` is there; throws if it cannot. Where there is a
 * first process with a console port, the process that runs the jobs serves the admin API.
 */
export async function startServer(
  config: ServerConfig,
  role: ServerRole,
  tls?: TlsSource,
  first?: FirstProcess,
): Promise<RunningServer> {
  if (role.kind !== 'jobs' && speaksTls(config) && tls === undefined) {
    // Never plain HTTP where somebody counts on TLS.
    throw new Error('The server was started without the certificates that it is configured with.');
  }
  const name = role.kind === 'worker' ? `worker-${role.slot}` : role.kind;
  const { logLevel: level, logFormat: format } = config;
  const log = createLog({ level, format, fields: role.kind === 'all' ? {} : { process: name } });
  const metrics = createMetrics(name);
  const engine = await openEngine(config, role.slot, metrics);
  try {
    return await startOn(engine, { config, role, log, metrics, tls, first });
  } catch (error) {
    await closeEngine(engine);
    metrics.close();
    throw error;
  }
}

interface Share {
  readonly config: ServerConfig;
  readonly role: ServerRole;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tls: TlsSource | undefined;
  readonly first: FirstProcess | undefined;
}

async function startOn(engine: Engine, share: Share): Promise<RunningServer> {
  const { config, role, log, metrics, tls, first } = share;
  const { meta, blobs, packs } = engine;
  const bucketLookup = lookupCounter(metrics, 'bucket');
  const configurationLookup = lookupCounter(metrics, 'configuration');
  const store = createStore({
    meta,
    blobs,
    now,
    randomBytes,
    writer: role.slot,
    limits: { inlineMaxBytes: config.inlineMaxBytes, gatherMaxBytes: config.packBlobMaxBytes },
    onLookup: (cache, hit) => (cache === 'bucket' ? bucketLookup : configurationLookup)(hit),
  });

  const { encryption, masterKey } = await openEncryption(meta, config);
  const audit = createAuditLog(config, { log, metrics });
  const background = { config, store, encryption, log, metrics, audit, now, randomBytes };
  const logDelivery = startServerLogDelivery(background);
  const jobs =
    role.kind === 'worker'
      ? undefined
      : startServerJobs({ ...background, meta, blobs, packs, logDelivery });

  const settings = {
    minPartBytes: config.minPartBytes,
    sseCOverHttp: config.sseCOverHttp ?? isLoopback(config.host),
    bucketDefaults: config.bucketDefaults,
  };
  const trustedProxies =
    config.trustedProxies.length === 0 ? undefined : networksOf(config.trustedProxies);
  const rates =
    role.kind === 'all'
      ? createRateKeeper(() => performance.now())
      : createSupervisedRates(process);
  const stopSealing = startServerSealing(packs, config, log);
  const guard = createKeyGuard({
    maxBadSignatures: config.maxBadSignatures,
    monotonicNow: () => performance.now(),
    limited: () => metrics.counter('limitedGuesses').add(),
  });
  const keyUses: KeyUses[] = [];
  const writeKeyUses = () =>
    Promise.all(keyUses.map((uses) => uses.write())).catch((error: unknown) =>
      log.error('last use of keys not written', { error }),
    );
  const keyUseTimer = setInterval(writeKeyUses, keyUseWriteIntervalMs).unref();
  const listener = role.kind === 'jobs' ? undefined : await listenForS3();
  // It waits for nothing, and fails with the store alone.
  if (role.kind !== 'worker') {
    finishTenants().catch((error: unknown) => log.error('quotas not finished', { error }));
  }
  // Of several processes the first one tells.
  if (role.kind === 'all' && tls !== undefined) measureCertificates(metrics, tls);

  const api =
    first === undefined || jobs === undefined
      ? undefined
      : lateHandler(async () => {
          const { createServerApi } = await import('./server-api.ts');
          const observer = observeRequests({ config, log, metrics });
          return createServerApi({
            ...{
              config,
              sources: config.sources,
              first,
              jobs,
              observer,
              store,
              encryption,
              now,
              settings,
            },
            region: config.region,
            identity: await openIdentity(),
            ...{ rates, trustedProxies, guard, audit },
          });
        }, log);
  const apiListener =
    api === undefined || role.kind !== 'jobs'
      ? undefined
      : await listenForApi(join(config.dataDir, 'api'), `jobs-${role.slot}.sock`, api);

  /** Goes on with what a crash broke off: quotas that are set, and tenants that were to be deleted and are still there. */
  async function finishTenants(): Promise<void> {
    await store.quotas.finish();
    const closed = await store.quotas.closed();
    if (closed.length === 0) return;
    const { accounts, namespaces } = await (await openIdentity()).current();
    for (const tenant of closed) {
      const isThere =
        'account' in tenant ? accounts.has(tenant.account) : namespaces.has(tenant.namespace);
      if (isThere) await store.quotas.open(tenant);
    }
  }

  async function openIdentity() {
    const identity = await createIdentityDirectory({
      meta,
      masterKeys: masterKey,
      now,
      monotonicNow: () => performance.now(),
    });
    keyUses.push(identity.keyUses);
    return identity;
  }

  async function listenForS3() {
    const identity = await openIdentity();
    await identity.ensureAccounts([rootAccount(config), ...config.accounts]);
    const connections = metrics.gauge('connections');
    const refusedConnections = metrics.counter('refusedConnections');
    const newRequestId = createRequestIds({ now, random: Math.random });
    const hostId = createHash('sha256').update(hostname()).digest('base64');
    const pipeline = createPipeline({
      ...config,
      ...{ rates, trustedProxies },
      log,
      audit,
      guard,
      operations,
      store,
      identity,
      iam: createIamApi({
        directory: identity,
        webIdentities: createWebIdentities({ fetchJson, now }),
        now,
      }),
      encryption,
      domains: config.domain,
      ports: [config.port],
      websiteDomains: config.websiteDomain,
      settings,
      now,
      monotonicNow: () => performance.now(),
      newRequestId,
      hostId,
      observer: observeRequests({ config, log, metrics }),
      serverAccessLog: createServerAccessLog({
        store,
        hostId,
        now,
        add: logDelivery.add,
        soon: logDelivery.soon,
      }),
    });
    const { host, port } = config;
    return listen({
      host,
      port,
      pipeline,
      limits: { ...config, maxConnections: maxConnections(config, log) },
      newRequestId,
      hostId,
      now,
      connections: {
        opened: () => connections.add(1),
        closed: () => connections.add(-1),
        refused: () => refusedConnections.add(),
        handshakeFailed: (reason) => metrics.counter('tlsHandshakeFailures', reason).add(),
      },
      tls: tls && {
        source: tls,
        minVersion: config.tlsMinVersion,
        handshakeTimeoutMs: config.tlsHandshakeTimeoutMs,
      },
    });
  }

  return {
    s3: listener && { host: listener.host, port: listener.port },
    api: api && { handle: api, socket: apiListener?.socket },
    async drain(rolling) {
      await Promise.all([listener?.drain(config.drainTimeoutMs, rolling), apiListener?.drain()]);
    },
    async close() {
      stopSealing();
      await listener?.close();
      await apiListener?.close();
      clearInterval(keyUseTimer);
      await writeKeyUses();
      await jobs?.stop();
      await logDelivery.stop();
      await audit?.close();
      await closeEngine(engine);
      metrics.close();
    },
    async health() {
      await meta.health();
      await blobs.health();
    },
    metrics: () => metrics.snapshot(),
  };
}

function maxConnections(config: Config, log: Log): number {
  const limit = connectionLimit(config.maxConnections, readIfThere('/proc/self/limits'));
  if (limit < config.maxConnections) {
    log.warn('fewer connections than configured, as the system limits open files', { limit });
  }
  return limit;
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

/** The key ring of a data directory, whether a server has it open or not. */
export async function useKeyRing<T>(
  config: Config,
  use: (keyRing: KeyRing) => Promise<T>,
): Promise<T> {
  const meta = await openLmdbMetaStore({ path: join(config.dataDir, 'meta') });
  try {
    await ensureFormat(meta, now);
    return await use((await openMasterKeyRing(meta, config)).keyRing);
  } finally {
    await meta.close();
  }
}

async function openMasterKeyRing(meta: MetaStore, config: Config) {
  const masterKey = await loadMasterKeys(config);
  const records = createSystemRecords(meta);
  return { masterKey, keyRing: await openKeyRing({ records, masterKey, randomBytes, now }) };
}

async function openEncryption(
  meta: MetaStore,
  config: ServerConfig,
): Promise<{ readonly encryption: Encryption; readonly masterKey: MasterKeys }> {
  const { masterKey, keyRing } = await openMasterKeyRing(meta, config);
  for (const id of config.kmsKeyIds) await keyRing.ensure(id);
  return { encryption: createEncryption({ masterKey, keyRing, randomBytes }), masterKey };
}

/** What is said to an address of the machine itself crosses no network. */
const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');

function rootAccount(config: ServerConfig) {
  const { rootAccessKeyId, rootSecretAccessKey } = config;
  if (rootAccessKeyId === undefined || rootSecretAccessKey === undefined) {
    throw new Error('The server was started without root credentials.');
  }
  return {
    namespace: defaultNamespace,
    accountId: config.rootAccountId,
    displayName: 'root',
    accessKeyId: rootAccessKeyId,
    secretAccessKey: rootSecretAccessKey,
    root: true,
  };
}
