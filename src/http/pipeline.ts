/**
 * One request's way from the socket to its operation and back: the same steps for every operation, in
 * the order of `answer` below.
 *
 * The body stays unread until the request is allowed. Whatever is thrown on the way becomes an S3 error
 * document; what S3 has no words for is InternalError, with the request id in the log.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isLogged } from '../features/logging/configuration.ts';
import type { Networks } from '../limits/addresses.ts';
import type { OperationName } from '../model/operations.gen.ts';
import type { Log } from '../observe/log.ts';
import type { RequestEntry } from '../observe/request-log.ts';
import type { Operation } from '../operations/operation.ts';
import { decodeInput } from '../protocol/decode.ts';
import { encodeOutput } from '../protocol/encode.ts';
import { S3Error } from '../protocol/errors.ts';
import type { RequestTarget, WireRequest } from '../protocol/request.ts';
import { route } from '../protocol/route.ts';
import { type AdmissionLimits, createAdmission } from './admission.ts';
import { admitAudited, auditRequest } from './audit-requests.ts';
import { authenticate } from './authenticate.ts';
import { expectOwner, loadBucket } from './authorise.ts';
import { askedIn, authoriseRequest, nameResource } from './authorise-request.ts';
import { answerPreflight, corsHeaders } from './cors.ts';
import { errorDocument, s3ErrorOf } from './error-of.ts';
import { Exchange } from './exchange.ts';
import { type ContextDeps, RequestContext } from './operation-context.ts';
import {
  type OperationParameters,
  parametersOf,
  refuseMisplaced,
  refuseUnknown,
} from './parameters.ts';
import { noPayload, readPayload } from './payload.ts';
import { mayWait, whenConnected } from './pipelined-answers.ts';
import { RequestFacts } from './policy-request.ts';
import { openPostedObject } from './post-object.ts';
import { answerQueryApi, isQueryApi, type QueryApiDeps } from './query-api.ts';
import { requestCharged, requesterPays } from './request-payment.ts';
import { type AnswerHeaders, respond, respondAtOnce } from './respond.ts';
import { createScreen, enterBucket, type ScreenDeps } from './screen.ts';
import type { ServerAccessLog } from './server-access-log.ts';
import { createDiagnoser } from './signature-diagnosis.ts';
import { createTurns } from './turns.ts';
import { namespaceOf, requestTarget, type VirtualHostRules } from './virtual-host.ts';
import { answerWebsite } from './website.ts';
import { wireRequest } from './wire-request.ts';

/** The operations there are; one that is missing is refused by name. */
export type OperationTable = { readonly [Name in OperationName]?: Operation<Name> };

/** Told of every request, for log and metrics. */
export interface RequestObserver {
  started(): void;
  /** Once for every `started`, when the answer is over. */
  ended(entry: RequestEntry): void;
}

export interface PipelineDeps
  extends ContextDeps,
    AdmissionLimits,
    ScreenDeps,
    Omit<QueryApiDeps, 'admission' | 'screen'> {
  readonly operations: OperationTable;
  /** Base domains of virtual-host style, in lower case. */
  readonly domains: readonly string[];
  /** Base domains of websites, in lower case: `BUCKET.DOMAIN` serves the bucket as one. */
  readonly websiteDomains: readonly string[];
  /** Requests signed for another region are refused. */
  readonly regionEnforced: boolean;
  readonly newRequestId: () => string;
  /** `x-amz-id-2`: names this server. */
  readonly hostId: string;
  /** Milliseconds, never going back. */
  readonly monotonicNow: () => number;
  readonly observer: RequestObserver;
  /** That clients may have signed for. */
  readonly ports?: readonly number[];
  readonly serverAccessLog?: ServerAccessLog;
  /** Whose word on clients' addresses is taken; nobody's if undefined. */
  readonly trustedProxies: Networks | undefined;
  /** For failures after an answer has begun, which its status does not show. */
  readonly log: Pick<Log, 'error'>;
}

export interface Pipeline {
  /** Starts on a request and sees it through; reports its end to the observer. */
  handle(incoming: IncomingMessage, response: ServerResponse, awaitsContinue?: boolean): Exchange;
  /** From now on every answer closes its connection. */
  drain(): void;
}

export function createPipeline(deps: PipelineDeps): Pipeline {
  const { observer, monotonicNow } = deps;
  const rules: VirtualHostRules = {
    domains: deps.domains,
    hasNamespace: (name) => deps.identity.hasNamespace(name),
  };
  const websiteRules: VirtualHostRules = { ...rules, domains: deps.websiteDomains };
  const parameters = new Map<string, OperationParameters>();
  for (const operation of Object.values(deps.operations)) {
    parameters.set(operation.name, parametersOf(operation as Operation));
  }
  const base: AnswerHeaders & { draining: boolean } = {
    hostId: deps.hostId,
    draining: false,
    monotonicNow,
  };
  const admission = createAdmission(deps);
  const screen = createScreen(deps);
  const beside = { ...deps, admission, screen };
  const diagnose = createDiagnoser({ ...deps, ports: deps.ports ?? [] });
  const turns = createTurns<Exchange>({
    start: (exchange) => {
      // Its client may have gone while it waited.
      if (exchange.closed) return;
      answer(exchange).catch((error: unknown) => fail(exchange, error));
    },
    monotonicNow,
  });

  async function answer(exchange: Exchange): Promise<void> {
    const received = wireRequest(exchange.incoming);
    exchange.headers = received.headers;
    if (websiteRules.domains.length > 0) {
      const site = requestTarget(received.headers.host, received.rawPath, websiteRules);
      if (site.bucketInHost) {
        // Visitors are anonymous, whatever key they may name.
        const namespace = namespaceOf(site, undefined);
        return answerSite(exchange, received, { ...site, namespace });
      }
    }
    const addressed = requestTarget(received.headers.host, received.rawPath, rules);
    exchange.target = addressed;
    if (isQueryApi(received, addressed)) {
      respondAtOnce(exchange, await answerQueryApi(exchange, received, beside), base);
      return;
    }

    const routed = route(received, addressed);
    exchange.operation = routed;
    if (routed === 'Preflight') {
      respondAtOnce(exchange, await answerPreflight(received, addressed, deps), base);
      return;
    }
    if (received.headers.origin !== undefined) {
      exchange.edgeHeaders = await corsHeaders(received, addressed, deps);
    }

    const signing = {
      identity: deps.identity,
      guard: deps.guard,
      client: exchange,
      now: deps.now(),
      region: deps.regionEnforced ? deps.region : undefined,
    };
    const form =
      routed === 'PostObject'
        ? await openPostedObject(exchange, received, addressed, signing)
        : undefined;
    const name = routed === 'PostObject' ? 'PutObject' : routed;
    const { request, target } = form ?? { request: received, target: addressed };
    exchange.target = target;
    if (form !== undefined && received.headers.origin !== undefined) {
      // Now that it is known whose key the form is signed with, its namespace is too.
      exchange.edgeHeaders = await corsHeaders(request, target, deps);
    }
    const auth = form?.auth ?? authenticate(request, target, signing);
    exchange.caller = auth.caller;
    const operation = deps.operations[name] as Operation | undefined;
    if (operation === undefined) throw notBuilt(name);
    const known = parameters.get(name)!;

    const namespace = namespaceOf(target, auth.caller);
    screen.enter(exchange, namespace, auth.caller);
    const facts = new RequestFacts({
      caller: auth.caller,
      signature: auth.signature,
      request,
      operation: routed,
      socket: exchange.incoming.socket,
      client: exchange,
      region: deps.region,
      now: deps.now,
    });
    const asked = askedIn(exchange, deps.store, auth.caller, facts);
    const named = nameResource(operation, target, request, known);
    const loaded =
      named === undefined ? undefined : loadBucket(deps.store, namespace, named.bucket);
    const bucket = loaded instanceof Promise ? await loaded : loaded;
    if (bucket !== undefined) {
      exchange.enter(bucket, monotonicNow);
      enterBucket(exchange, bucket);
      expectOwner(bucket, 'x-amz-expected-bucket-owner', asked);
    }
    const isCharged = bucket !== undefined && requesterPays(bucket, request, asked);
    const authorised = authoriseRequest(operation, { ...target, namespace }, bucket, named, asked);
    const object = authorised instanceof Promise ? await authorised : authorised;
    const admitted = screen.admit(exchange, namespace, auth.caller, bucket);
    if (admitted instanceof Promise) await admitted;

    // What is taken for a client that has gone would never be given back.
    if (exchange.closed) return;
    admission.admit(exchange, name, known.payload);
    if (deps.audit !== undefined) admitAudited(deps.audit, name);
    const reading = form
      ? { bytes: form.body, declaration: noPayload }
      : readPayload(exchange, request, name, known, auth);
    const { bytes, declaration } = reading instanceof Promise ? await reading : reading;
    const input = decodeInput(name, request, target, bytes);
    refuseUnknown(name, input, known);
    refuseMisplaced(name, request);
    if (asked.facts.awaitsDocument) {
      asked.facts.document = input;
      await authoriseRequest(operation, { ...target, namespace }, bucket, named, asked);
    }

    const context = new RequestContext(
      { exchange, request, asked, namespace, payload: declaration, bucket, object },
      deps,
    );
    const ran = operation.run(input as never, context);
    const output = ran instanceof Promise ? await ran : ran;
    if (deps.audit !== undefined || (bucket !== undefined && isLogged(bucket))) {
      exchange.outcome = { object, input, output };
    }

    if (isCharged) exchange.edgeHeaders = [...exchange.edgeHeaders, ...requestCharged];
    const encoded = encodeOutput(name, output as never);
    const sent = respond(exchange, form?.answer(encoded, context.endpoint) ?? encoded, base);
    if (sent !== undefined) await sent;
  }

  /** On the host names of websites there is no S3 API. */
  async function answerSite(
    exchange: Exchange,
    request: WireRequest,
    target: RequestTarget,
  ): Promise<void> {
    exchange.target = target;
    exchange.operation = 'Website';
    if (request.method === 'OPTIONS') {
      respondAtOnce(exchange, await answerPreflight(request, target, deps), base);
      return;
    }
    if (request.headers.origin !== undefined) {
      exchange.edgeHeaders = await corsHeaders(request, target, deps);
    }
    const sent = respond(exchange, await answerWebsite(exchange, request, target, beside), base);
    if (sent !== undefined) await sent;
  }

  /** What every error on the way becomes. */
  function answerError(exchange: Exchange, thrown: unknown): void {
    const error = s3ErrorOf(thrown);
    exchange.code = error.code;
    if (error.status >= 500) exchange.error = thrown;
    if (error.status === 403) exchange.refusal = error;
    // A form is read before it is known what it asks for; from here on nobody reads.
    void exchange.body?.return();
    if (exchange.response.headersSent) {
      // Too late to say so: the client must see that the answer is not whole.
      const { requestId, operation, target } = exchange;
      const { bucket, key } = target;
      deps.log.error('answer broken off', { requestId, operation, bucket, key, error: thrown });
      exchange.response.destroy();
      return;
    }
    respondAtOnce(exchange, errorDocument(error, exchange, deps.hostId), base);
  }

  function begin(
    incoming: IncomingMessage,
    response: ServerResponse,
    awaitsContinue: boolean,
  ): Exchange {
    const exchange = new Exchange(
      incoming,
      response,
      deps.newRequestId(),
      awaitsContinue,
      monotonicNow(),
      deps.trustedProxies,
    );
    observer.started();
    response.once('close', () => {
      exchange.closed = true;
      admission.ended(exchange);
      screen.ended(exchange);
      if (exchange.refusal !== undefined) {
        exchange.reason ??= diagnose(exchange.refusal)?.says;
      }
      const endedAt = monotonicNow();
      observer.ended(exchange.entry(endedAt));
      if (deps.audit !== undefined) auditRequest(deps.audit, exchange, deps.now());
      deps.serverAccessLog?.ended(exchange, endedAt);
    });
    return exchange;
  }

  /** Its turn on its connection has come. */
  function start(exchange: Exchange): void {
    if (exchange.closed) return;
    admission.began(exchange);
    if (admission.isFull()) fail(exchange, new S3Error('SlowDown'));
    else turns.take(exchange, monotonicNow());
  }

  function fail(exchange: Exchange, thrown: unknown): void {
    try {
      answerError(exchange, thrown);
    } catch (error) {
      // An answer that cannot even be written: nothing is left but to end the connection.
      exchange.error = error;
      exchange.response.destroy();
    }
  }

  return {
    handle(incoming, response, awaitsContinue = false) {
      const exchange = begin(incoming, response, awaitsContinue);
      if (mayWait(incoming, response)) whenConnected(response, () => start(exchange));
      else fail(exchange, new S3Error('SlowDown'));
      return exchange;
    },
    drain() {
      base.draining = true;
    },
  };
}

function notBuilt(name: string): S3Error {
  return new S3Error('NotImplemented', { message: `${name} is not implemented` });
}
