/**
 * The S3 error catalogue and the one error class that reaches the wire.
 *
 * Codes, statuses and default messages as in the API reference, "Error responses".
 */

/** code → HTTP status and default message. */
export const errorCatalogue = {
  AccessDenied: [403, 'Access Denied'],
  InternalError: [500, 'We encountered an internal error. Please try again.'],
  InvalidArgument: [400, 'Invalid Argument'],
  InvalidRequest: [400, 'Invalid Request'],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  NotImplemented: [501, 'A header you provided implies functionality that is not implemented.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface S3ErrorDetails {
  /** Replaces the catalogue's message. */
  readonly message?: string;
  /** Further elements of the error document, in order: ArgumentName, BucketName, StringToSign, ... */
  readonly fields?: Readonly<Record<string, string>>;
  /** Further response headers. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** An answer that is an error in S3's sense; anything else thrown is a bug and becomes InternalError. */
export class S3Error extends Error {
  override readonly name = 'S3Error';
  readonly code: ErrorCode;
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, details: S3ErrorDetails = {}) {
    const [status, message] = errorCatalogue[code];
    super(details.message ?? message, details.cause === undefined ? {} : { cause: details.cause });
    this.code = code;
    this.status = status;
    this.fields = details.fields ?? {};
    this.headers = details.headers ?? {};
  }
}
