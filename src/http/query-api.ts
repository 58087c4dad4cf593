/**
 * IAM and STS on the port of S3: a form that is posted to `/` is a request of theirs, as aws-cli and the SDKs make it
 * (AWS's Query protocol). The form is read before anything is known of it, since its hash is part of what is signed.
 */

import { type IamApi, isUnsigned } from '../iam/iam-api.ts';
import { encodeQueryError, encodeQueryOutput, type QueryAnswer } from '../iam/query/encode.ts';
import { QueryError, type QueryErrorCode } from '../iam/query/errors.ts';
import { parseForm } from '../iam/query/form.ts';
import { findOperation, type QueryService, queryServices } from '../iam/query/service.ts';
import { type Caller, defaultNamespace, type IdentityDirectory } from '../identity/identity.ts';
import type { AuditLog } from '../observe/audit/audit-log.ts';
import { S3Error } from '../protocol/errors.ts';
import { queryValue } from '../protocol/query.ts';
import type { RequestTarget, WireRequest } from '../protocol/request.ts';
import type { Admission } from './admission.ts';
import { admitAudited } from './audit-requests.ts';
import { authenticateForm } from './authenticate.ts';
import { readWhole } from './body.ts';
import { s3ErrorOf } from './error-of.ts';
import type { Exchange } from './exchange.ts';
import type { KeyGuard } from './key-guard.ts';
import { RequestFacts } from './policy-request.ts';
import type { Screen } from './screen.ts';

export interface QueryApiDeps {
  readonly iam: IamApi;
  readonly identity: IdentityDirectory;
  readonly guard?: KeyGuard | undefined;
  /** Undefined where nothing is told. */
  readonly audit?: AuditLog | undefined;
  readonly region: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly admission: Admission;
  readonly screen: Screen;
}

const formType = /^application\/x-www-form-urlencoded\s*(;|$)/i;
const maxFormBytes = 1024 * 1024;

/** A posted form; or what AWS takes in a URL too, to be refused by name. */
export function isQueryApi(
  { method, rawPath, headers, query }: WireRequest,
  { bucket }: RequestTarget,
): boolean {
  if (bucket !== undefined || rawPath !== '/') return false;
  if (method === 'POST') return formType.test(headers['content-type'] ?? '');
  return method === 'GET' && query.length > 0 && queryValue(query, 'Action') !== undefined;
}

interface Response {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

export async function answerQueryApi(
  exchange: Exchange,
  request: WireRequest,
  deps: QueryApiDeps,
): Promise<Response> {
  const { requestId } = exchange;
  const answering = { service: queryServices.iam };
  let answer: QueryAnswer;
  let more: readonly string[] = [];
  try {
    answer = await answerForm(exchange, request, deps, answering);
  } catch (thrown) {
    const error = queryErrorOf(thrown);
    exchange.code = error.code;
    exchange.reason = error.reason;
    if (thrown instanceof S3Error) exchange.refusal = thrown;
    if (error.code === 'InternalFailure') exchange.error = thrown;
    void exchange.body?.return();
    if (thrown instanceof S3Error) more = Object.entries(thrown.headers).flat();
    answer = encodeQueryError(answering.service, error, requestId);
  }
  return {
    ...answer,
    headers: ['Content-Type', 'text/xml', 'x-amzn-RequestId', requestId, ...more],
  };
}

/** @param answering the service whose documents are answered, once it is known */
async function answerForm(
  exchange: Exchange,
  request: WireRequest,
  { iam, identity, guard, audit, region, now, admission, screen }: QueryApiDeps,
  answering: { service: QueryService },
): Promise<QueryAnswer> {
  if (request.query.length > 0) {
    const action = queryValue(request.query, 'Action') ?? 'A request';
    throw new QueryError(
      'NotImplemented',
      `${action} with parameters in the URL is not implemented: post them as a form.`,
    );
  }
  admission.admitForm(exchange, maxFormBytes);
  const body = await readWhole(exchange.openBody(), maxFormBytes, tooLarge);
  const form = parseForm(body);
  const named = findOperation(form.get('Action'), form.get('Version'));
  const { service, operation } = named;
  answering.service = service;
  exchange.operation = `${service.name}:${operation.name}`;
  const auth = isUnsigned(named)
    ? undefined
    : authenticateForm(request, body, service.name, {
        identity,
        guard,
        client: exchange,
        now: now(),
      });
  const caller: Caller = auth?.caller ?? { kind: 'anonymous' };
  exchange.caller = caller;
  // Whoever has no key gets one that is for a namespace, and is asked there where it comes from.
  const namespace = auth?.caller.account.namespace ?? defaultNamespace;
  if (auth !== undefined) screen.enter(exchange, namespace, caller);
  await screen.admit(exchange, namespace, caller);
  const facts = new RequestFacts({
    caller,
    signature: auth?.signature,
    request,
    operation: exchange.operation,
    socket: exchange.incoming.socket,
    client: exchange,
    region,
    now,
  });
  if (audit !== undefined) admitAudited(audit, exchange.operation);
  const output = await iam.run({
    ...named,
    parameters: { form },
    signer: auth?.caller,
    isTemporary: auth?.isTemporary ?? false,
    about: (action, resource) => facts.aboutAccount(action, resource),
  });
  if (audit !== undefined) {
    const { Action: _, Version: __, ...input } = Object.fromEntries(form);
    exchange.outcome = { object: undefined, input, output: output ?? {} };
  }
  return encodeQueryOutput(service, operation, output, exchange.requestId);
}

const tooLarge = (): S3Error => new S3Error('MaxMessageLengthExceeded');

/** What IAM and STS call what S3 has another name for. */
const codes: Readonly<Partial<Record<string, QueryErrorCode>>> = {
  AccessDenied: 'AccessDenied',
  AccountProblem: 'AccessDenied',
  AllAccessDisabled: 'AccessDenied',
  AuthorizationHeaderMalformed: 'IncompleteSignature',
  ExpiredToken: 'ExpiredToken',
  IncompleteBody: 'MalformedQueryString',
  InvalidAccessKeyId: 'InvalidClientTokenId',
  InvalidArgument: 'IncompleteSignature',
  InvalidToken: 'InvalidClientTokenId',
  MaxMessageLengthExceeded: 'RequestEntityTooLarge',
  NotImplemented: 'NotImplemented',
  RequestTimeTooSkewed: 'RequestExpired',
  SignatureDoesNotMatch: 'SignatureDoesNotMatch',
  SlowDown: 'Throttling',
  XAmzContentSHA256Mismatch: 'SignatureDoesNotMatch',
};

const serverFault = 500;

/** In IAM's own words where it has some. */
const ownWords: ReadonlySet<QueryErrorCode> = new Set([
  'ExpiredToken',
  'InternalFailure',
  'InvalidClientTokenId',
  'RequestEntityTooLarge',
  'SignatureDoesNotMatch',
  'Throttling',
]);

function queryErrorOf(thrown: unknown): QueryError {
  if (thrown instanceof QueryError) return thrown;
  const { code: known, status, message } = s3ErrorOf(thrown);
  const code = codes[known] ?? (status >= serverFault ? 'InternalFailure' : 'ValidationError');
  return new QueryError(code, ownWords.has(code) ? undefined : message, { cause: thrown });
}
