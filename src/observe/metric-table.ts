/** Every metric of the server: its name on `/metrics`, what it means, its labels and buckets. */

export interface MetricDefinition {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds, ascending, of a histogram. */
  readonly buckets?: readonly number[];
  /** How the values of several processes become one; counters and histograms always add up. */
  readonly aggregate?: 'sum' | 'max';
  /** Label values that are known beforehand: told as 0 until they count. Without labels, counters always are. */
  readonly fromStart?: readonly (readonly string[])[];
}

const seconds = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300,
] as const;
const sizes = [0, 1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 5242880].map(
  (kibibytes) => kibibytes * 1024,
);
const counts = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024] as const;

export const metricTable = {
  requests: {
    name: 'kist_http_requests_total',
    type: 'counter',
    help: 'Requests answered, by S3 operation and HTTP status.',
    labels: ['operation', 'status'],
  },
  requestSeconds: {
    name: 'kist_http_request_duration_seconds',
    type: 'histogram',
    help: 'Time from the headers of a request to the end of its answer.',
    labels: ['operation'],
    buckets: seconds,
  },
  firstByteSeconds: {
    name: 'kist_http_first_byte_seconds',
    type: 'histogram',
    help: 'Time from the headers of a request to the first byte of its answer.',
    labels: ['operation'],
    buckets: seconds,
  },
  requestBytes: {
    name: 'kist_http_request_body_bytes',
    type: 'histogram',
    help: 'Body bytes received with a request.',
    labels: ['operation'],
    buckets: sizes,
  },
  responseBytes: {
    name: 'kist_http_response_body_bytes',
    type: 'histogram',
    help: 'Body bytes sent in an answer.',
    labels: ['operation'],
    buckets: sizes,
  },
  abortedRequests: {
    name: 'kist_http_aborted_requests_total',
    type: 'counter',
    help: 'Requests whose client was gone before the end of the answer.',
    labels: ['operation'],
  },
  requestsInFlight: {
    name: 'kist_http_requests_in_flight',
    type: 'gauge',
    help: 'Requests that are being answered.',
    labels: [],
  },
  connections: {
    name: 'kist_http_connections',
    type: 'gauge',
    help: 'Open client connections.',
    labels: [],
  },
  refusedConnections: {
    name: 'kist_http_refused_connections_total',
    type: 'counter',
    help: 'Connections closed because there were too many.',
    labels: [],
  },
  limitedGuesses: {
    name: 'kist_limited_signatures_total',
    type: 'counter',
    help: 'Signed requests answered SlowDown after too many wrong signatures or unknown keys from their address (maxBadSignatures).',
    labels: [],
  },
  tlsHandshakeFailures: {
    name: 'kist_tls_handshake_failures_total',
    type: 'counter',
    help: 'Connections that ended before TLS was agreed on: timeout, plain-http (HTTP sent to a TLS port), closed by the client, or refused (no common version or cipher, a certificate that the client does not trust, no TLS at all).',
    labels: ['reason'],
    fromStart: [['timeout'], ['plain-http'], ['closed'], ['refused']],
  },
  tlsCertificateExpiry: {
    name: 'kist_tls_certificate_expiry_timestamp_seconds',
    type: 'gauge',
    help: 'When a certificate that is in use expires, in seconds since the epoch; by tlsCert, acmeDomains, or its name in tlsCertificates.',
    labels: ['name'],
    aggregate: 'max',
  },
  tlsCertificatesRefused: {
    name: 'kist_tls_certificates_refused',
    type: 'gauge',
    help: 'Certificates whose files are not usable now; what was in use before them stays so.',
    labels: [],
  },
  acmeOrders: {
    name: 'kist_acme_orders_total',
    type: 'counter',
    help: 'Certificates ordered from the ACME authority: issued, or failed, after which the one before stays in use.',
    labels: ['result'],
    fromStart: [['issued'], ['failed']],
  },
  commitSeconds: {
    name: 'kist_meta_commit_duration_seconds',
    type: 'histogram',
    help: 'Time from asking for a commit of records to its being durable.',
    labels: [],
    buckets: seconds,
  },
  commitOps: {
    name: 'kist_meta_commit_operations',
    type: 'histogram',
    help: 'Record operations in one commit.',
    labels: [],
    buckets: counts,
  },
  commitConflicts: {
    name: 'kist_meta_commit_conflicts_total',
    type: 'counter',
    help: 'Commits that changed nothing because a guard failed.',
    labels: [],
  },
  batchCommits: {
    name: 'kist_meta_batch_commits',
    type: 'histogram',
    help: 'Commits that one flush of records made durable.',
    labels: [],
    buckets: counts,
  },
  batchSeconds: {
    name: 'kist_meta_batch_duration_seconds',
    type: 'histogram',
    help: 'Time of writing and flushing one batch of commits.',
    labels: [],
    buckets: seconds,
  },
  syncSeconds: {
    name: 'kist_blob_sync_duration_seconds',
    type: 'histogram',
    help: 'Time of one fdatasync of a pack or file.',
    labels: [],
    buckets: seconds,
  },
  syncWrites: {
    name: 'kist_blob_sync_writes',
    type: 'histogram',
    help: 'Writes that one fdatasync of a pack made durable.',
    labels: [],
    buckets: counts,
  },
  cacheLookups: {
    name: 'kist_cache_lookups_total',
    type: 'counter',
    help: 'Lookups of decoded buckets, their configurations, and open files, by result: hit or miss.',
    labels: ['cache', 'result'],
  },
  corruptReads: {
    name: 'kist_blob_corrupt_reads_total',
    type: 'counter',
    help: 'Reads that found bytes missing or different from their checksum.',
    labels: [],
  },
  packBytes: {
    name: 'kist_pack_bytes',
    type: 'gauge',
    help: 'Bytes in packs, by state: live, or dead and waiting for compaction.',
    labels: ['state'],
  },
  packLiveRatio: {
    name: 'kist_pack_live_ratio',
    type: 'gauge',
    help: 'Live part of the bytes in packs, 0 to 1.',
    labels: [],
  },
  compactedBytes: {
    name: 'kist_compacted_bytes_total',
    type: 'counter',
    help: 'Bytes moved out of packs that were mostly dead.',
    labels: [],
  },
  scrubProgress: {
    name: 'kist_scrub_progress_ratio',
    type: 'gauge',
    help: 'How far the scrub has come, 0 to 1, by the age of what is stored.',
    labels: [],
  },
  scrubbedBytes: {
    name: 'kist_scrubbed_bytes_total',
    type: 'counter',
    help: 'Bytes that the scrub read and verified.',
    labels: [],
  },
  scrubDamage: {
    name: 'kist_scrub_damage_total',
    type: 'counter',
    help: 'Records and bodies that a background job found missing or different from their checksum.',
    labels: [],
  },
  jobRuns: {
    name: 'kist_job_runs_total',
    type: 'counter',
    help: 'Runs of background jobs, by result: done or failed.',
    labels: ['job', 'result'],
  },
  lifecycleActions: {
    name: 'kist_lifecycle_actions_total',
    type: 'counter',
    help: 'What the lifecycle job did: expire, remove-marker, remove-noncurrent, abort-upload.',
    labels: ['action'],
    fromStart: [['expire'], ['remove-marker'], ['remove-noncurrent'], ['abort-upload']],
  },
  accessLogRecords: {
    name: 'kist_access_log_records_total',
    type: 'counter',
    help: 'Records of the server access logs of buckets, by result: delivered or dropped.',
    labels: ['result'],
  },
  auditRecords: {
    name: 'kist_audit_records_total',
    type: 'counter',
    help: 'Records of the audit log, by target (file or webhook) and result: delivered or dropped.',
    labels: ['target', 'result'],
    fromStart: [
      ['file', 'dropped'],
      ['webhook', 'dropped'],
    ],
  },
  inventoryReports: {
    name: 'kist_inventory_reports_total',
    type: 'counter',
    help: 'Inventory reports, by result: delivered or failed.',
    labels: ['result'],
    fromStart: [['delivered'], ['failed']],
  },
  workersReady: {
    name: 'kist_workers_ready',
    type: 'gauge',
    help: 'Processes that serve or run jobs and are ready.',
    labels: [],
  },
  workerRestarts: {
    name: 'kist_worker_restarts_total',
    type: 'counter',
    help: 'Processes that ended without being told to and were started again.',
    labels: ['process'],
  },
  reloads: {
    name: 'kist_reloads_total',
    type: 'counter',
    help: 'Rolling restarts at SIGHUP, by result: done or failed.',
    labels: ['result'],
  },
  storageFaults: {
    name: 'kist_storage_faults_total',
    type: 'counter',
    help: 'Requests that failed because of the disk or the system: full, read-only, io, or descriptors.',
    labels: ['fault'],
    fromStart: [['full'], ['read-only'], ['io'], ['descriptors']],
  },
  eventLoopDelay: {
    name: 'kist_event_loop_delay_seconds',
    type: 'gauge',
    help: 'Delay of the event loop since the last scrape.',
    labels: ['process', 'quantile'],
    aggregate: 'max',
  },
  residentMemory: {
    name: 'kist_process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory of a process.',
    labels: ['process'],
  },
  heapUsed: {
    name: 'kist_process_heap_used_bytes',
    type: 'gauge',
    help: 'JavaScript heap in use in a process.',
    labels: ['process'],
  },
  cpuSeconds: {
    name: 'kist_process_cpu_seconds_total',
    type: 'counter',
    help: 'Processor time of a process, user and system.',
    labels: ['process'],
  },
} as const satisfies Readonly<Record<string, MetricDefinition>>;

export type MetricName = keyof typeof metricTable;

type NameOfType<Type extends MetricDefinition['type']> = {
  [Name in MetricName]: (typeof metricTable)[Name]['type'] extends Type ? Name : never;
}[MetricName];

export type CounterName = NameOfType<'counter'>;
export type GaugeName = NameOfType<'gauge'>;
export type HistogramName = NameOfType<'histogram'>;

type TextFor<Labels extends readonly string[]> = { readonly [Index in keyof Labels]: string };

/** One value for each label, in the table's order. */
export type LabelValues<Name extends MetricName> = TextFor<(typeof metricTable)[Name]['labels']>;
