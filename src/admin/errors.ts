/**
 * Errors of the admin API: one shape for all of them. Those of S3 and of IAM keep their codes, those of its own are in
 * the table.
 */
import { QueryError } from '../iam/query/errors.ts';
import { S3Error } from '../protocol/errors.ts';

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
const notImplemented = 501;

/** What the client is told of whatever was thrown. */
export function toldError(thrown: unknown): ToldError {
  if (thrown instanceof AdminError) return thrown;
  if (thrown instanceof S3Error || thrown instanceof QueryError) {
    const { status, code, message } = thrown;
    const reason = thrown instanceof QueryError ? thrown.reason : undefined;
    if (status < serverFault || status === notImplemented) {
      return { status, code, message, reason, headers: [] };
    }
  }
  return new AdminError('InternalError');
}

export const notFound = (what: string, name: string): AdminError =>
  new AdminError('NotFound', `There is no ${what} ${name}.`);
