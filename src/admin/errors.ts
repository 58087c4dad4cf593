/**
 * Errors of the admin API: one shape for all of them. Those of S3 and of IAM keep their codes, those of its own are in
 * the table.
 */
import { QueryError } from '../iam/query/errors.ts';
import { NamespaceError, type NamespaceErrorCode } from '../identity/namespaces.ts';
import { KeyRotationError } from '../identity/rotate-key.ts';
import { TenantError } from '../identity/tenants.ts';
import { InvalidLimitError } from '../limits/shapes.ts';
import { S3Error } from '../protocol/errors.ts';
import { BucketGoneError, ContentionError } from '../store/errors.ts';

/** code → HTTP status and default message. */
const adminErrors = {
  AccessDenied: [403, 'You may not do this.'],
  Conflict: [409, 'This contradicts what is there.'],
  InternalError: [500, 'Something went wrong in the server; its log has the request id.'],
  InvalidRequest: [400, 'The request is not as it has to be.'],
  MethodNotAllowed: [405, 'There is no such method here.'],
  MisdirectedRequest: [421, 'This server is not known under the name that the request has for it.'],
  NotAuthenticated: [401, 'Sign the request, or begin a session.'],
  NotFound: [404, 'There is no such thing.'],
  NotImplemented: [501, 'This is not implemented.'],
  TooManyAttempts: [429, 'Too many failed attempts: wait before the next one.'],
  UnsupportedMediaType: [415, 'A body is JSON: Content-Type: application/json.'],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

export type AdminErrorCode = keyof typeof adminErrors;

export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly code: AdminErrorCode;
  readonly status: number;
  /** In more words than the client gets, for the log. */
  readonly reason: string | undefined;
  /** Of the answer: names and values in turn. */
  readonly headers: readonly string[];

  constructor(
    code: AdminErrorCode,
    message?: string,
    options: {
      readonly cause?: unknown;
      readonly reason?: string;
      readonly headers?: readonly string[];
    } = {},
  ) {
    const [status, standard] = adminErrors[code];
    super(message ?? standard, { cause: options.cause });
    this.code = code;
    this.status = status;
    this.reason = options.reason;
    this.headers = options.headers ?? [];
  }
}

export interface ToldError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly reason?: string | undefined;
  readonly headers: readonly string[];
}

const serverFault = 500;
/** Faults that tell a client to come again, and others that are no secret. */
const toldFaults: ReadonlySet<number> = new Set([501, 503]);

/** What the client is told of whatever was thrown. */
export function toldError(thrown: unknown): ToldError {
  if (thrown instanceof AdminError) return thrown;
  const known = knownError(thrown);
  if (known !== undefined) return known;
  if (thrown instanceof S3Error || thrown instanceof QueryError) {
    const { status, code, message } = thrown;
    const reason = thrown instanceof QueryError ? thrown.reason : undefined;
    const headers = thrown instanceof S3Error ? Object.entries(thrown.headers).flat() : [];
    if (status < serverFault || toldFaults.has(status)) {
      return { status, code, message, reason, headers };
    }
  }
  return new AdminError('InternalError');
}

const namespaceCodes = {
  InvalidNamespace: 'InvalidRequest',
  NamespaceAlreadyExists: 'Conflict',
  NamespaceNotEmpty: 'Conflict',
  NoSuchNamespace: 'NotFound',
  TooManyNamespaces: 'Conflict',
} as const satisfies Record<NamespaceErrorCode, AdminErrorCode>;

const tenantCodes = {
  taken: 'Conflict',
  absent: 'NotFound',
  'in use': 'Conflict',
  'too many': 'Conflict',
} as const satisfies Record<TenantError['kind'], AdminErrorCode>;

const rotationCodes = {
  NoSuchKey: 'NotFound',
  ConfiguredKey: 'Conflict',
  RotationUnderWay: 'Conflict',
  InvalidGrace: 'InvalidRequest',
  OtherMasterKey: 'Conflict',
} as const satisfies Record<KeyRotationError['code'], AdminErrorCode>;

/** Of the rooms below, in their words. */
function knownError(thrown: unknown): AdminError | undefined {
  const as = (code: AdminErrorCode, cause: Error): AdminError =>
    new AdminError(code, cause.message, { cause });
  if (thrown instanceof NamespaceError) return as(namespaceCodes[thrown.code], thrown);
  if (thrown instanceof TenantError) return as(tenantCodes[thrown.kind], thrown);
  if (thrown instanceof KeyRotationError) return as(rotationCodes[thrown.code], thrown);
  if (thrown instanceof InvalidLimitError) return as('InvalidRequest', thrown);
  if (thrown instanceof BucketGoneError) return new AdminError('NotFound');
  if (thrown instanceof ContentionError) return as('Conflict', thrown);
  return undefined;
}

export const notFound = (what: string, name: string): AdminError =>
  new AdminError('NotFound', `There is no ${what} ${name}.`);
