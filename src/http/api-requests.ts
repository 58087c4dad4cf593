/**
 * Requests of the console port in the process that serves them: those to `/api/` for the admin API, and forms that
 * are posted to `/` for IAM and STS, as on the port of S3. This is HTTP's part: bodies, signatures, what policies
 * may ask, answers, log and metrics.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { About, Signer } from '../iam/authorise.ts';
import type { Caller } from '../identity/identity.ts';
import type { Networks } from '../limits/addresses.ts';
import type { CreateBucketRequest, DeleteBucketRequest } from '../model/types.gen.ts';
import { CreateBucket } from '../operations/bucket/create-bucket.ts';
import { DeleteBucket } from '../operations/bucket/delete-bucket.ts';
import type { Operation } from '../operations/operation.ts';
import { S3Error } from '../protocol/errors.ts';
import type { WireRequest } from '../protocol/request.ts';
import { type AdmissionLimits, createAdmission } from './admission.ts';
import type { ApiHandler } from './api-listener.ts';
import { maxApiBodyBytes } from './api-proxy.ts';
import { admitAudited, auditRequest } from './audit-requests.ts';
import { authenticateForm } from './authenticate.ts';
import { type Asked, authorise, authoriseAccount, loadBucket } from './authorise.ts';
import { askedIn } from './authorise-request.ts';
import { readWhole } from './body.ts';
import { s3ErrorOf } from './error-of.ts';
import { Exchange } from './exchange.ts';
import { type ContextDeps, RequestContext } from './operation-context.ts';
import { noPayload } from './payload.ts';
import type { RequestObserver } from './pipeline.ts';
import { RequestFacts } from './policy-request.ts';
import { answerQueryApi, isQueryApi, type QueryApiDeps } from './query-api.ts';
import { type AnswerHeaders, respondAtOnce } from './respond.ts';
import { createScreen, type ScreenDeps } from './screen.ts';
import { wireRequest } from './wire-request.ts';

/** As src/admin has it. */
export interface ApiService {
  answer(request: ServiceRequest): Promise<ServiceAnswer>;
}

interface ServiceRequest {
  readonly requestId: string;
  readonly wire: WireRequest;
  readonly body: Buffer;
  readonly isSecure: boolean;
  readonly clientAddress: string;
  authenticate(): { readonly signer: Signer; readonly isTemporary: boolean } | undefined;
  about(signer: Signer | undefined): About;
  acts(signer: Signer): BucketActs;
  enter(operation: string, signer: Signer | undefined): void | Promise<void>;
}

interface BucketActs {
  create(
    namespace: string,
    name: string,
    options: { readonly owner: Signer; readonly objectLock: boolean },
  ): Promise<void>;
  remove(namespace: string, name: string): Promise<void>;
}

interface ServiceAnswer {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer | undefined;
  readonly operation?: string | undefined;
  readonly signer?: Signer | undefined;
  readonly fields?: object | undefined;
  readonly output?: object | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly error?: unknown;
}

export interface ApiRequestsDeps
  extends ContextDeps,
    AdmissionLimits,
    ScreenDeps,
    Omit<QueryApiDeps, 'admission' | 'screen'> {
  readonly service: ApiService;
  readonly observer: RequestObserver;
  /** Whose word for a client's address is taken; undefined: nobody's. */
  readonly trustedProxies: Networks | undefined;
  readonly newRequestId: () => string;
  readonly hostId: string;
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
}

/** In credential scopes. */
const serviceName = 'kist';
const tooLarge = (): S3Error => new S3Error('MaxMessageLengthExceeded');

export function createApiRequests(deps: ApiRequestsDeps): ApiHandler {
  const { observer, monotonicNow, identity, service, trustedProxies, audit } = deps;
  const admission = createAdmission(deps);
  const screen = createScreen(deps);
  const forms = { ...deps, admission, screen };
  const base: AnswerHeaders = { hostId: deps.hostId, draining: false, monotonicNow };

  async function answer(exchange: Exchange): Promise<void> {
    const wire = wireRequest(exchange.incoming);
    exchange.headers = wire.headers;
    if (isQueryApi(wire, exchange.target)) {
      respondAtOnce(exchange, await answerQueryApi(exchange, wire, forms), base);
      return;
    }
    admission.admitForm(exchange, maxApiBodyBytes);
    const body = await readWhole(exchange.openBody(), maxApiBodyBytes, tooLarge);
    const { socket } = exchange.incoming;
    const told = await service.answer({
      requestId: exchange.requestId,
      wire,
      body,
      isSecure: (socket as Partial<TLSSocket>).encrypted === true,
      clientAddress: exchange.clientAddress ?? '',
      authenticate() {
        try {
          const auth = authenticateForm(wire, body, serviceName, {
            ...{ identity, guard: deps.guard, client: exchange },
            now: deps.now(),
          });
          return auth && { signer: auth.caller, isTemporary: auth.isTemporary };
        } catch (error) {
          if (error instanceof S3Error) exchange.refusal = error;
          throw error;
        }
      },
      about: (signer) => aboutFor(signer ?? { kind: 'anonymous' }, wire, exchange),
      acts: (signer) => actsOf(exchange, signer, wire),
      enter(operation, signer) {
        exchange.caller = signer;
        if (audit !== undefined) admitAudited(audit, operation);
        if (signer === undefined) return;
        const { namespace } = signer.account;
        screen.enter(exchange, namespace, signer);
        return screen.admit(exchange, namespace, signer);
      },
    });
    exchange.operation = told.operation;
    exchange.caller = told.signer;
    exchange.code = told.code;
    exchange.reason = told.reason ?? exchange.reason;
    const { fields: input, output = {} } = told;
    if (audit !== undefined && input !== undefined) {
      exchange.outcome = { object: undefined, input, output };
    }
    exchange.error = told.error;
    const { status, headers, body: bytes } = told;
    respondAtOnce(exchange, { status, headers, body: bytes }, base);
  }

  const factsOf = (caller: Caller, wire: WireRequest, exchange: Exchange, operation = 'Api') =>
    new RequestFacts({
      caller,
      request: withoutMeaning(wire),
      operation,
      socket: exchange.incoming.socket,
      client: exchange,
      region: deps.region,
      now: deps.now,
    });

  const aboutFor = (caller: Caller, wire: WireRequest, exchange: Exchange): About => {
    const facts = factsOf(caller, wire, exchange);
    return (action, resource) => facts.aboutAccount(action, resource);
  };

  /** S3's operations as their requests would be decided about and run. */
  function actsOf(exchange: Exchange, signer: Signer, wire: WireRequest): BucketActs {
    const { store } = deps;
    const askedBy = (caller: Signer, operation: string): Asked =>
      askedIn(exchange, store, caller, factsOf(caller, wire, exchange, operation));
    const contextOf = (asked: Asked, namespace: string, bucket?: RequestContext['bucket']) =>
      new RequestContext(
        {
          ...{ exchange, request: withoutMeaning(wire), asked, namespace, payload: noPayload },
          ...{ bucket, object: undefined },
        },
        deps,
      );
    return {
      async create(namespace, name, { owner, objectLock }) {
        const asked = askedBy(owner, CreateBucket.name);
        authoriseAccount(actionOf(CreateBucket), { namespace, bucket: name }, asked);
        const input: CreateBucketRequest = { Bucket: name };
        await CreateBucket.run(
          objectLock ? { ...input, ObjectLockEnabledForBucket: true } : input,
          contextOf(asked, namespace),
        );
      },
      async remove(namespace, name) {
        const asked = askedBy(signer, DeleteBucket.name);
        const bucket = await loadBucket(store, namespace, name);
        authorise({ action: actionOf(DeleteBucket), permission: undefined }, { bucket }, asked);
        const input: DeleteBucketRequest = { Bucket: name };
        await DeleteBucket.run(input, contextOf(asked, namespace, bucket));
      },
    };
  }

  function fail(exchange: Exchange, thrown: unknown): void {
    const { status, code, message } = s3ErrorOf(thrown);
    exchange.code = code;
    if (status >= 500) exchange.error = thrown;
    void exchange.body?.return();
    if (exchange.response.headersSent) {
      exchange.response.destroy();
      return;
    }
    const { requestId } = exchange;
    const body = Buffer.from(`${JSON.stringify({ code, message, requestId })}\n`);
    respondAtOnce(exchange, { status, headers: ['Content-Type', 'application/json'], body }, base);
  }

  return (incoming: IncomingMessage, response: ServerResponse) => {
    const id = deps.newRequestId();
    const exchange = new Exchange(incoming, response, id, false, monotonicNow(), trustedProxies);
    observer.started();
    response.once('close', () => {
      exchange.closed = true;
      admission.ended(exchange);
      screen.ended(exchange);
      observer.ended(exchange.entry(monotonicNow()));
      if (audit !== undefined) auditRequest(audit, exchange, deps.now());
    });
    admission.began(exchange);
    const done = admission.isFull() ? Promise.reject(new S3Error('SlowDown')) : answer(exchange);
    done.catch((error: unknown) => fail(exchange, error));
  };
}

const actionOf = ({ access }: Pick<Operation, 'access'>): string => access.action;

/** What policies may ask of a request that is none of S3's: headers and query that mean something there are not there. */
function withoutMeaning({ headers, ...wire }: WireRequest): WireRequest {
  const { host, referer, 'user-agent': agent } = headers;
  return { ...wire, rawQuery: '', query: [], headers: { host, referer, 'user-agent': agent } };
}
