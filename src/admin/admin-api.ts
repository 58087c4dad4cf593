/**
 * The admin API, apart from HTTP: a request and what comes of it, always in the order of `answer` below. Who asks is
 * known before any field is looked at, and whoever may not do something learns nothing about it.
 */
import type { About, Signer } from '../iam/authorise.ts';
import type { IamApi } from '../iam/iam-api.ts';
import type { ManagedIdentityDirectory } from '../identity/directory.ts';
import { S3Error } from '../protocol/errors.ts';
import type { WireRequest } from '../protocol/request.ts';
import type { Ask, BucketActs, OpenAsk } from './ask.ts';
import { type Attempts, addressLimits, createAttempts, keyLimits } from './attempts.ts';
import { checked } from './check-fields.ts';
import { contract } from './contract.ts';
import { AdminError, toldError } from './errors.ts';
import { type FoundRoute, findRoute } from './find-route.ts';
import type { Handlers } from './handlers.ts';
import { openApi } from './openapi.ts';
import { checkHost, isForeign, isOwnPage } from './origin.ts';
import { type AccessDeps, accessResource } from './resources/access.ts';
import { auditResource } from './resources/audit.ts';
import { bucketsResource } from './resources/buckets.ts';
import { grantsResource } from './resources/grants.ts';
import { iamResource, iamRunner } from './resources/iam.ts';
import { keysResource } from './resources/keys.ts';
import { limitsResource } from './resources/limits.ts';
import { type ServerDeps, serverResource } from './resources/server.ts';
import { sessionResource } from './resources/session.ts';
import { type TenantsDeps, tenantsResource } from './resources/tenants.ts';
import { hasBody } from './routes.ts';
import { iamActionNames } from './schemas/iam.ts';
import { cookieHeader, cookieIn, createSessions, type OpenedSession, same } from './sessions.ts';

export interface AdminRequest {
  readonly requestId: string;
  readonly wire: WireRequest;
  readonly body: Buffer;
  /** It came over TLS. */
  readonly isSecure: boolean;
  readonly clientAddress: string;
  /** By the signature in its header, which is for service `kist`. @throws S3Error */
  authenticate(): { readonly signer: Signer; readonly isTemporary: boolean } | undefined;
  /** What policies are asked; without a signer, on behalf of nobody. */
  about(signer: Signer | undefined): About;
  acts(signer: Signer): BucketActs;
  /**
   * Once it is known what is asked for and by whom: whether it gets in, and whether it can be told of.
   * @throws S3Error AllAccessDisabled, AccessDenied, SlowDown, ServiceUnavailable
   */
  enter(operation: string, signer: Signer | undefined): void | Promise<void>;
}

export interface AdminAnswer {
  readonly status: number;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
  /** For log and metrics: `api:GetBucket`. */
  readonly operation?: string | undefined;
  readonly signer?: Signer | undefined;
  /** What was asked for, as it was understood. */
  readonly fields?: object | undefined;
  /** Of what was done. */
  readonly output?: object | undefined;
  /** Of an error. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  /** What was thrown, for failures in the server. */
  readonly error?: unknown;
}

export interface AdminApi {
  answer(request: AdminRequest): Promise<AdminAnswer>;
}

export interface AdminApiDeps extends ServerDeps, TenantsDeps, Pick<AccessDeps, 'explain'> {
  readonly directory: ManagedIdentityDirectory;
  readonly iam: IamApi;
  /** Names of this server beside those of the machine itself. */
  readonly hostNames: readonly string[];
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
}

interface Known {
  operation?: string;
  signer?: Signer;
  fields?: object;
}

const serverFault = 500;
const csrfHeader = 'x-kist-csrf';

/** Nothing of the API is kept by browsers, guessed at, or shown in a frame. */
const everyAnswer: readonly string[] = [
  ...['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'],
  ...['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
];

export function createAdminApi(deps: AdminApiDeps): AdminApi {
  const { directory, iam, now, monotonicNow } = deps;
  const sessions = createSessions({ identity: directory, sealer: directory.sessionSealer, now });
  const byAddress = createAttempts(addressLimits, monotonicNow);
  const byKey = createAttempts(keyLimits, monotonicNow);

  /** Whoever succeeds with a key of their own has proven nothing about the next one that they try. */
  function attempt<T>(by: readonly (readonly [Attempts, name: string])[], prove: () => T): T {
    const waitMs = Math.max(...by.map(([attempts, name]) => attempts.waitMs(name)));
    if (waitMs > 0) {
      const headers = ['Retry-After', String(Math.ceil(waitMs / 1000))];
      throw new AdminError('TooManyAttempts', undefined, { headers });
    }
    try {
      return prove();
    } catch (error) {
      if (isFailedProof(error)) for (const [attempts, name] of by) attempts.failed(name);
      throw error;
    }
  }

  const handlers: Handlers = {
    ...sessionResource({
      sessions,
      iam,
      attempt: ({ clientAddress, accessKeyId }, prove) =>
        attempt(
          [
            [byAddress, clientAddress],
            [byKey, accessKeyId],
          ],
          prove,
        ),
    }),
    ...serverResource(deps),
    ...tenantsResource(deps),
    ...bucketsResource(deps),
    ...limitsResource(deps),
    ...keysResource(deps),
    ...accessResource(deps),
    ...auditResource(deps),
    ...grantsResource(iamRunner({ iam })),
    ...iamResource({ iam, directory }),
    getOpenApi: () => openApi(deps.version),
  };

  function identify(request: AdminRequest, { route }: FoundRoute) {
    const { headers } = request.wire;
    if (isSigned(request)) {
      // Many programs may share an address, and none is to wait for another's mistakes.
      const who = `${request.clientAddress} ${keyIn(headers.authorization)}`;
      const proven = attempt([[byAddress, who]], () => request.authenticate());
      return proven && { ...proven, session: undefined };
    }
    // Who signs has no need of a browser; what a browser sends by itself has to come from its own page.
    checkHost(headers, deps.hostNames);
    if (route.method !== 'GET' && isForeign(headers)) {
      throw new AdminError('AccessDenied', 'Another page than one of this server asks for this.');
    }
    if (route.open) return undefined;
    const session = sessionIn(request);
    if (session === undefined) return undefined;
    checkPage(request, route.method, session);
    const { holder, accessKeyId, isTemporary } = session;
    const { account, principal } = holder;
    return {
      signer: { kind: 'account', account, accessKeyId, principal, rate: holder.rate } as const,
      isTemporary,
      session,
    };
  }

  function sessionIn({ wire, isSecure }: AdminRequest): OpenedSession | undefined {
    const cookie = cookieIn(wire.headers.cookie, isSecure);
    return cookie === undefined ? undefined : sessions.open(cookie);
  }

  async function run(request: AdminRequest, known: Known): Promise<AdminAnswer> {
    const { wire, isSecure, requestId, clientAddress } = request;
    const found = findRoute(wire.method, wire.rawPath);
    const { name, route } = found;
    known.operation = operationOf(found);
    const asker = identify(request, found);
    known.signer = asker?.signer;
    if (asker === undefined && !route.open) throw new AdminError('NotAuthenticated');
    await request.enter(known.operation, asker?.signer);

    const headers: string[] = [];
    const open: OpenAsk = {
      requestId,
      isSecure,
      clientAddress,
      header: (header, value) => void headers.push(header, value),
      aboutNobody: request.about(undefined),
    };
    const ask: Ask | undefined = asker && {
      ...open,
      signer: asker.signer,
      isTemporary: asker.isTemporary,
      about: request.about(asker.signer),
      s3: request.acts(asker.signer),
      cookie: asker.session,
    };
    const { session } = asker ?? {};
    if (session?.renewed !== undefined && name !== 'deleteSession') {
      open.header('Set-Cookie', cookieHeader(session.renewed, isSecure));
    }
    const fields = checked(contract[name].input, fieldsOf(request, found));
    known.fields = fields as object;
    const handle = handlers[name] as (given: unknown, by: OpenAsk) => unknown;
    const answer = await handle(fields, ask ?? open);
    const output = (answer ?? {}) as object;
    return { ...encoded(route.status ?? 200, answer, headers), ...known, output };
  }

  return {
    async answer(request) {
      const known: Known = {};
      try {
        return await run(request, known);
      } catch (thrown) {
        const { status, code, message, reason, headers } = toldError(thrown);
        const { requestId } = request;
        return {
          ...encoded(status, { code, message, requestId }, headers),
          ...known,
          code,
          reason,
          ...(status >= serverFault && { error: thrown }),
        };
      }
    },
  };
}

/** Only a signature in the header is looked at: a URL that was signed is good for no change. */
const isSigned = ({ wire }: AdminRequest): boolean =>
  wire.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false;

/** IAM's operations are those of the Query API. */
function operationOf({ name, fields }: FoundRoute): string {
  const isIam = name === 'callIam' || name === 'callIamForAccount';
  const action = iamActionNames.find((one) => isIam && one === fields.action);
  return action === undefined ? `api:${name[0]!.toUpperCase()}${name.slice(1)}` : `iam:${action}`;
}

const keyIn = (authorization = ''): string =>
  /Credential=([^,]{1,128})\/\d{8}\//.exec(authorization)?.[1] ?? '';

function checkPage(
  { wire: { headers } }: AdminRequest,
  method: string,
  { csrfToken }: OpenedSession,
): void {
  if (method === 'GET') {
    if (!isForeign(headers)) return;
    throw new AdminError('AccessDenied', 'Another page than one of this server asks for this.');
  }
  if (!isOwnPage(headers)) {
    throw new AdminError('AccessDenied', 'Nothing says that a page of this server asks for this.');
  }
  if (!same(headers[csrfHeader] ?? '', csrfToken)) {
    throw new AdminError(
      'AccessDenied',
      `The header ${csrfHeader} has to hold the session's token.`,
    );
  }
}

const failedProofs: ReadonlySet<string> = new Set([
  'InvalidAccessKeyId',
  'InvalidToken',
  'NotAuthenticated',
  'SignatureDoesNotMatch',
]);

const isFailedProof = (error: unknown): boolean =>
  (error instanceof S3Error || error instanceof AdminError) && failedProofs.has(error.code);

/** @throws AdminError for what is there twice, in the wrong place, or no JSON */
function fieldsOf({ wire, body }: AdminRequest, { route, fields }: FoundRoute): object {
  const all: Record<string, unknown> = Object.create(null);
  const add = (name: string, value: unknown): void => {
    if (name in all) throw new AdminError('InvalidRequest', `The field ${name} is there twice.`);
    all[name] = value;
  };
  if (hasBody(route)) {
    if (wire.query.length > 0) {
      throw new AdminError('InvalidRequest', 'Fields are in the body here, not in the URL.');
    }
    for (const [name, value] of Object.entries(jsonOf(wire, body))) add(name, value);
  } else {
    if (body.length > 0) throw new AdminError('InvalidRequest', 'There is no body here.');
    for (const [name, value] of wire.query) add(name, value);
  }
  for (const [name, value] of Object.entries(fields)) add(name, value);
  return all;
}

const jsonType = /^application\/json\s*(;\s*charset=utf-8\s*)?$/i;

function jsonOf({ headers }: WireRequest, body: Buffer): object {
  if (body.length === 0) return {};
  if (!jsonType.test(headers['content-type'] ?? '')) throw new AdminError('UnsupportedMediaType');
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    // Without the parser's words, which quote the body.
    throw new AdminError('InvalidRequest', 'The body is not valid JSON.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new AdminError('InvalidRequest', 'The body is a JSON object.');
}

function encoded(
  status: number,
  answer: unknown,
  headers: readonly string[],
): Pick<AdminAnswer, 'status' | 'headers' | 'body'> {
  if (answer === undefined) {
    return { status, headers: [...everyAnswer, ...headers], body: undefined };
  }
  return {
    status,
    headers: [...everyAnswer, 'Content-Type', 'application/json', ...headers],
    body: Buffer.from(`${JSON.stringify(answer)}\n`),
  };
}
