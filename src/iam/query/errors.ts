/**
 * The errors of IAM and STS, by code ("Common error types" and each operation's own in their API references), and the
 * one class that they are thrown as.
 */

/** code → HTTP status and default message. */
export const queryErrors = {
  AccessDenied: [403, 'User is not authorized to perform this action'],
  DeleteConflict: [409, 'Cannot delete entity, must remove what belongs to it first.'],
  EntityAlreadyExists: [409, 'The entity exists already.'],
  ExpiredToken: [403, 'The security token included in the request is expired'],
  ExpiredTokenException: [400, 'The web identity token that was passed is expired'],
  IDPCommunicationError: [
    400,
    'The request could not be fulfilled because the identity provider could not be reached',
  ],
  IDPRejectedClaim: [403, 'The identity provider reported that authentication failed'],
  IncompleteSignature: [400, 'The request signature does not conform to AWS standards.'],
  InternalFailure: [500, 'The request processing has failed because of an unknown error.'],
  InvalidAction: [400, 'The action or operation requested is invalid.'],
  InvalidClientTokenId: [403, 'The security token included in the request is invalid.'],
  InvalidIdentityToken: [400, 'The web identity token that was passed could not be validated'],
  InvalidInput: [400, 'An invalid value was supplied for an input parameter.'],
  LimitExceeded: [409, 'The request would exceed a limit of the account.'],
  MalformedPolicyDocument: [400, 'Syntax errors in policy.'],
  MalformedQueryString: [400, 'The request could not be read.'],
  MissingAction: [400, 'The request is missing an action or a required parameter.'],
  MissingAuthenticationToken: [403, 'Request is missing Authentication Token'],
  NoSuchEntity: [404, 'The entity cannot be found.'],
  NotImplemented: [501, 'This is not implemented.'],
  PackedPolicyTooLarge: [400, 'The session policies and tags are too large.'],
  RequestEntityTooLarge: [413, 'The request is too large.'],
  RequestExpired: [400, 'The request is not within the validity time range.'],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.',
  ],
  Throttling: [400, 'Rate exceeded'],
  UnmodifiableEntity: [400, 'The entity cannot be changed this way.'],
  ValidationError: [400, 'The input fails to satisfy the constraints of the service.'],
} as const satisfies Readonly<Record<string, readonly [status: number, message: string]>>;

export type QueryErrorCode = keyof typeof queryErrors;

export class QueryError extends Error {
  override readonly name = 'QueryError';
  readonly code: QueryErrorCode;
  readonly status: number;
  /** In more words than the client gets, for the log. */
  readonly reason: string | undefined;

  constructor(
    code: QueryErrorCode,
    message?: string,
    { cause, reason }: { readonly cause?: unknown; readonly reason?: string } = {},
  ) {
    const [status, standard] = queryErrors[code];
    super(message ?? standard, { cause });
    this.code = code;
    this.status = status;
    this.reason = reason;
  }
}

export const noSuchEntity = (what: string, name: string): QueryError =>
  new QueryError('NoSuchEntity', `The ${what} with name ${name} cannot be found.`);

export const invalid = (message: string): QueryError => new QueryError('ValidationError', message);
