/** Everything that can go wrong with a request, as one class. */

export interface S3ErrorDetails {
  /** HTTP status; 0 if there was no answer. */
  readonly status?: number;
  /** `x-amz-request-id` of the answer. */
  readonly requestId?: string | undefined;
  /** `x-amz-id-2` of the answer. */
  readonly extendedRequestId?: string | undefined;
  /** Bucket or path that the server named. */
  readonly resource?: string | undefined;
  /** The operation that failed. */
  readonly operation?: string | undefined;
  /** Elements of the error document beyond code, message, resource and request id. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Headers of the answer, lower-case names. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly cause?: unknown;
}

/**
 * Codes of the client itself, beside those that S3 answers (`NoSuchKey`, `AccessDenied`, …): what was wrong before
 * a request was sent, on the way, or with an answer.
 */
export type ClientErrorCode =
  | 'InvalidInput'
  | 'MissingCredentials'
  | 'NetworkError'
  | 'TimeoutError'
  | 'ServerUnreachable'
  | 'MalformedResponse'
  | 'ChecksumMismatch'
  | 'TooManyRedirects'
  | 'UnsupportedHere'
  | 'WaiterFailed'
  | 'WaiterTimedOut'
  | 'TransferFailed';

export class S3Error extends Error {
  override readonly name = 'S3Error';
  /** S3's code, such as `NoSuchKey`, or one of the client's own. */
  readonly code: string;
  readonly status: number;
  readonly requestId: string | undefined;
  readonly extendedRequestId: string | undefined;
  readonly resource: string | undefined;
  readonly operation: string | undefined;
  readonly fields: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | undefined>>;

  constructor(
    code: ClientErrorCode | (string & {}),
    message: string,
    details: S3ErrorDetails = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.status = details.status ?? 0;
    this.requestId = details.requestId;
    this.extendedRequestId = details.extendedRequestId;
    this.resource = details.resource;
    this.operation = details.operation;
    this.fields = details.fields ?? {};
    this.headers = details.headers ?? {};
  }
}

/** In a line: what the server refused by code and status, the rest in its own words. */
export const errorText = (error: unknown): string => {
  if (!(error instanceof S3Error)) return error instanceof Error ? error.message : String(error);
  const { code, status, message } = error;
  if (status === 0) return message;
  return `${code} (${status})${message === '' || message === code ? '' : `: ${message}`}`;
};
