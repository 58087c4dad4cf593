/**
 * The admin API of a server, wired: in the process that runs the jobs, loaded with the first request for it, as most
 * servers start more often than they are administered.
 */
import { createHash } from 'node:crypto';
import { statfs } from 'node:fs/promises';
import { hostname } from 'node:os';
import { createAdminApi } from './admin/admin-api.ts';
import { packageVersion } from './admin/version.ts';
import type { SettingSource } from './config/load.ts';
import type { Config, SettingName } from './config/schema.ts';
import type { ApiHandler } from './http/api-listener.ts';
import { createApiRequests } from './http/api-requests.ts';
import { fetchJson } from './http/fetch-json.ts';
import type { FirstProcess } from './http/first-process.ts';
import type { ContextDeps } from './http/operation-context.ts';
import type { RequestObserver } from './http/pipeline.ts';
import { createRequestIds } from './http/request-id.ts';
import type { Rates } from './http/screen.ts';
import { createIamApi } from './iam/iam-api.ts';
import type { ManagedIdentityDirectory } from './identity/directory.ts';
import { createWebIdentities } from './identity/web-identity.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { Networks } from './limits/addresses.ts';

export interface ServerApiDeps extends ContextDeps {
  readonly identity: ManagedIdentityDirectory;
  readonly config: Config;
  readonly sources: Readonly<Record<SettingName, SettingSource>> | undefined;
  readonly first: FirstProcess;
  readonly jobs: Jobs;
  readonly observer: RequestObserver;
  readonly rates: Rates;
  readonly trustedProxies: Networks | undefined;
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

async function diskOf({ memory, dataDir }: Config) {
  if (memory) return undefined;
  const { bsize, blocks, bavail } = await statfs(dataDir);
  return { directory: dataDir, totalBytes: bsize * blocks, freeBytes: bsize * bavail };
}
