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
import { loadMasterKeys, type MasterKeys } from './config/master-key.ts';
import type { Config } from './config/schema.ts';
import { speaksTls } from './config/speaks-tls.ts';
import { crc32cOf } from './digest/digest.ts';
import { createEncryption, type Encryption } from './features/encryption/encryption.ts';
import { type KeyRing, openKeyRing } from './features/encryption/key-ring.ts';
import { SealBrokenError } from './features/encryption/sealed-bytes.ts';
import { connectionLimit } from './http/connection-limit.ts';
import { fetchJson } from './http/fetch-json.ts';
import { createKeyGuard } from './http/key-guard.ts';
import { listen } from './http/listener.ts';
import { createPipeline } from './http/pipeline.ts';
import { createRequestIds } from './http/request-id.ts';
import { createServerAccessLog } from './http/server-access-log.ts';
import type { RunningServer } from './http/supervisor.ts';
import type { ServerRole } from './http/supervisor-messages.ts';
import { createIamApi } from './iam/iam-api.ts';
import { createIdentityDirectory } from './identity/directory.ts';
import { defaultNamespace } from './identity/identity.ts';
import { type KeyUses, keyUseWriteIntervalMs } from './identity/key-uses.ts';
import { createWebIdentities } from './identity/web-identity.ts';
import { createAuditLog } from './observe/audit/audit-log.ts';
import { createLog, type Log } from './observe/log.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { createRequestLog } from './observe/request-log.ts';
import { createRequestMeter } from './observe/request-meter.ts';
import { operations } from './operations/index.ts';
import { startServerJobs, startServerLogDelivery, startServerSealing } from './server-jobs.ts';
import type { OnSync } from './store/blob/durable-files.ts';
import { type FileBlobStore, openFileBlobStore } from './store/blob/files.ts';
import { createMemoryBlobStore } from './store/blob/memory.ts';
import { BlobCorruptError, type BlobStore } from './store/blob/port.ts';
import { createStore } from './store/create-store.ts';
import { RecordCorruptError } from './store/errors.ts';
import { storageFault } from './store/faults.ts';
import { ensureFormat } from './store/format.ts';
import type { OnBatch } from './store/meta/group-commit.ts';
import { openLmdbMetaStore } from './store/meta/lmdb.ts';
import { measureCommits, type OnCommit } from './store/meta/measured.ts';
import { createMemoryMetaStore } from './store/meta/memory.ts';
import type { MetaStore } from './store/meta/port.ts';
import { createSystemRecords } from './store/system-records.ts';
import { measureCertificates } from './tls/certificate-metrics.ts';
import type { TlsSource } from './tls/tls-source.ts';

/** Settings, and what the first process of a server has found out for all of them. */
export interface ServerConfig extends Config {
  /** Root's canonical id: made once for a data directory. */
  readonly rootAccountId: string;
}

interface Engine {
  readonly meta: MetaStore;
  readonly blobs: BlobStore;
  /** The same, where bytes are in packs. */
  readonly packs?: FileBlobStore;
}

const now = (): number => Date.now();

/** Starts one process's share of a server, which speaks TLS if `tls` is there; throws if it cannot. */
export async function startServer(
  config: ServerConfig,
  role: ServerRole,
  tls?: TlsSource,
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
    return await startOn(engine, { config, role, log, metrics, tls });
  } catch (error) {
    await closeEngine(engine);
    metrics.close();
    throw error;
  }
}

async function openEngine(config: ServerConfig, slot: number, metrics: Metrics): Promise<Engine> {
  const observed = observeEngine(metrics);
  if (config.memory) {
    const meta = measureCommits(createMemoryMetaStore(), observed.onCommit);
    return { meta, blobs: createMemoryBlobStore() };
  }
  const lmdb = await openLmdbMetaStore({
    path: join(config.dataDir, 'meta'),
    onBatch: observed.onBatch,
  });
  const meta = measureCommits(lmdb, observed.onCommit);
  try {
    await ensureFormat(meta, now);
    const blobs = await openFileBlobStore({
      dir: join(config.dataDir, 'blobs'),
      writerId: String(slot),
      packBlobMaxBytes: config.packBlobMaxBytes,
      deps: {
        crc32c: crc32cOf,
        onSync: observed.onSync,
        onFileLookup: lookupCounter(metrics, 'file'),
      },
    });
    return { meta, blobs, packs: blobs };
  } catch (error) {
    await meta.close();
    throw error;
  }
}

function observeEngine(metrics: Metrics): {
  readonly onCommit: OnCommit;
  readonly onBatch: OnBatch;
  readonly onSync: OnSync;
} {
  const commitSeconds = metrics.histogram('commitSeconds');
  const commitOps = metrics.histogram('commitOps');
  const conflicts = metrics.counter('commitConflicts');
  const batchSeconds = metrics.histogram('batchSeconds');
  const batchCommits = metrics.histogram('batchCommits');
  const syncSeconds = metrics.histogram('syncSeconds');
  const syncWrites = metrics.histogram('syncWrites');
  return {
    onCommit: (ms, ops, committed) => {
      commitSeconds.observe(ms / 1000);
      commitOps.observe(ops);
      if (!committed) conflicts.add();
    },
    onBatch: (ms, commits) => {
      batchSeconds.observe(ms / 1000);
      batchCommits.observe(commits);
    },
    onSync: (ms, bodies) => {
      syncSeconds.observe(ms / 1000);
      syncWrites.observe(bodies);
    },
  };
}

/** Counts hits and misses of a cache: on every request's way, so with instruments at hand. */
function lookupCounter(metrics: Metrics, cache: string): (hit: boolean) => void {
  const hits = metrics.counter('cacheLookups', cache, 'hit');
  const misses = metrics.counter('cacheLookups', cache, 'miss');
  return (hit) => (hit ? hits : misses).add();
}

async function closeEngine({ meta, blobs }: Engine): Promise<void> {
  await blobs.close();
  await meta.close();
}

interface Share {
  readonly config: ServerConfig;
  readonly role: ServerRole;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly tls: TlsSource | undefined;
}

async function startOn(engine: Engine, share: Share): Promise<RunningServer> {
  const { config, role, log, metrics, tls } = share;
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

  const stopSealing = startServerSealing(packs, config, log);
  let keyUses: KeyUses | undefined;
  let keyUseTimer: NodeJS.Timeout | undefined;
  const writeKeyUses = () =>
    keyUses
      ?.write()
      .catch((error: unknown) => log.error('last use of keys not written', { error }));
  const listener = role.kind === 'jobs' ? undefined : await listenForS3();
  // Of several processes the first one tells.
  if (role.kind === 'all' && tls !== undefined) measureCertificates(metrics, tls);

  async function listenForS3() {
    const identity = await createIdentityDirectory({
      meta,
      masterKeys: masterKey,
      now,
      monotonicNow: () => performance.now(),
    });
    await identity.ensureAccounts([rootAccount(config), ...config.accounts]);
    keyUses = identity.keyUses;
    keyUseTimer = setInterval(writeKeyUses, keyUseWriteIntervalMs).unref();
    const requestLog = createRequestLog(log, config.accessLog);
    const meter = createRequestMeter(metrics);
    const limitedGuesses = metrics.counter('limitedGuesses');
    const corruptReads = metrics.counter('corruptReads');
    const connections = metrics.gauge('connections');
    const refusedConnections = metrics.counter('refusedConnections');
    const newRequestId = createRequestIds({ now, random: Math.random });
    const hostId = createHash('sha256').update(hostname()).digest('base64');
    const pipeline = createPipeline({
      ...config,
      log,
      audit,
      guard: createKeyGuard({
        maxBadSignatures: config.maxBadSignatures,
        monotonicNow: () => performance.now(),
        limited: () => limitedGuesses.add(),
      }),
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
      settings: {
        minPartBytes: config.minPartBytes,
        sseCOverHttp: config.sseCOverHttp ?? isLoopback(config.host),
        bucketDefaults: config.bucketDefaults,
      },
      now,
      monotonicNow: () => performance.now(),
      newRequestId,
      hostId,
      observer: {
        started: meter.started,
        ended: (entry) => {
          meter.ended(entry);
          if (isCorruption(entry.error)) corruptReads.add();
          const fault = entry.error === undefined ? undefined : storageFault(entry.error);
          if (fault !== undefined) metrics.counter('storageFaults', fault).add();
          if (requestLog.wants(entry.status)) requestLog.write(entry);
        },
      },
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
    async drain(rolling) {
      await listener?.drain(config.drainTimeoutMs, rolling);
    },
    async close() {
      stopSealing();
      await listener?.close();
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

const isCorruption = (error: unknown): boolean =>
  error instanceof BlobCorruptError ||
  error instanceof RecordCorruptError ||
  error instanceof SealBrokenError;

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
