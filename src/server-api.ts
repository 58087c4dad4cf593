/**
 * The admin API of a server, wired: in the process that runs the jobs, loaded with the first request for it, as most
 * servers start more often than they are administered.
 */
import { createHash } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { createAdminApi } from './admin/admin-api.ts';
import { AdminError } from './admin/errors.ts';
import { packageVersion } from './admin/version.ts';
import type { SettingSource } from './config/load.ts';
import type { Config, SettingName } from './config/schema.ts';
import type { ApiHandler } from './http/api-listener.ts';
import { createApiRequests } from './http/api-requests.ts';
import {
  type AccessExplanation,
  AccessQuestionError,
  explainAccess,
} from './http/explain-access.ts';
import { fetchJson } from './http/fetch-json.ts';
import type { FirstProcess } from './http/first-process.ts';
import type { KeyGuard } from './http/key-guard.ts';
import type { ContextDeps } from './http/operation-context.ts';
import type { RequestObserver } from './http/pipeline.ts';
import { createRequestIds } from './http/request-id.ts';
import type { Rates } from './http/screen.ts';
import { createIamApi } from './iam/iam-api.ts';
import type { ManagedIdentityDirectory } from './identity/directory.ts';
import { createWebIdentities } from './identity/web-identity.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Networks } from './limits/addresses.ts';
import type { AuditLog } from './observe/audit/audit-log.ts';
import { operations } from './operations/index.ts';

export interface ServerApiDeps extends ContextDeps {
  readonly identity: ManagedIdentityDirectory;
  readonly config: Config;
  readonly sources: Readonly<Record<SettingName, SettingSource>> | undefined;
  readonly first: FirstProcess;
  readonly jobs: Jobs;
  readonly observer: RequestObserver;
  readonly rates: Rates;
  readonly trustedProxies: Networks | undefined;
  readonly guard: KeyGuard;
  /** Undefined where nothing is told. */
  readonly audit: AuditLog | undefined;
}

export function createServerApi(deps: ServerApiDeps): ApiHandler {
  const { config, identity, now } = deps;
  const monotonicNow = () => performance.now();
  const iam = createIamApi({
    directory: identity,
    webIdentities: createWebIdentities({ fetchJson, now }),
    now,
  });
  const service = createAdminApi({
    version: packageVersion(),
    config,
    sources: deps.sources,
    watch: deps.first,
    disk: () => diskOf(config),
    jobs: deps.jobs,
    directory: identity,
    store: deps.store,
    explain: ({ query, ...question }) =>
      explainAccess(
        { ...question, query: query && Object.entries(query) },
        { identity, operations, store: deps.store, region: deps.region, now },
      ).then(plainExplanation, toldQuestion),
    iam,
    hostNames: [...config.domain, ...config.consoleDomain, config.host.toLowerCase()],
    now,
    monotonicNow,
  });
  return createApiRequests({
    ...config,
    ...deps,
    iam,
    service,
    newRequestId: createRequestIds({ now, random: Math.random }),
    hostId: createHash('sha256').update(hostname()).digest('base64'),
    monotonicNow,
  });
}

/** As JSON has it. */
function plainExplanation({ code, caller, considered, decidedBy, ...told }: AccessExplanation) {
  return {
    ...told,
    ...(code !== undefined && { code }),
    ...(caller !== undefined && { caller }),
    considered: considered.map(({ kind, name, effect, because }) => ({
      ...{ kind, name, effect, because },
    })),
    decidedBy: [...decidedBy],
  };
}

function toldQuestion(error: unknown): never {
  if (!(error instanceof AccessQuestionError)) throw error;
  throw new AdminError('InvalidRequest', error.message, { cause: error });
}

async function diskOf({ memory, dataDir }: Config) {
  if (memory) return undefined;
  const { bsize, blocks, bavail } = await statfs(dataDir);
  return { directory: dataDir, totalBytes: bsize * blocks, freeBytes: bsize * bavail };
}
