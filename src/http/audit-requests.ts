/**
 * Which requests the audit log tells of, and what: every change of what an administrator would look after, everything
 * that takes data away, and whatever was denied. Plain reading and writing of objects is for the access log.
 */
import type { OperationName } from '../model/operations.gen.ts';
import type { AuditLog } from '../observe/audit/audit-log.ts';
import { type AuditRecord, type AuditWho, auditParameters } from '../observe/audit/audit-record.ts';
import { arnOf } from '../policy/language/parse.ts';
import { S3Error } from '../protocol/errors.ts';
import type { Exchange } from './exchange.ts';
import { namespaceOf } from './virtual-host.ts';

/** Of S3, beside what is denied. Of IAM, STS and the admin API, all that is not a Get, List or Simulate. */
export const auditedOperations: ReadonlySet<string> = new Set<OperationName>([
  'AbortMultipartUpload',
  'CreateBucket',
  'DeleteBucket',
  'DeleteBucketCors',
  'DeleteBucketEncryption',
  'DeleteBucketInventoryConfiguration',
  'DeleteBucketLifecycle',
  'DeleteBucketOwnershipControls',
  'DeleteBucketPolicy',
  'DeleteBucketTagging',
  'DeleteBucketWebsite',
  'DeleteObject',
  'DeleteObjectAnnotation',
  'DeleteObjects',
  'DeletePublicAccessBlock',
  'PutBucketAccelerateConfiguration',
  'PutBucketAcl',
  'PutBucketCors',
  'PutBucketEncryption',
  'PutBucketInventoryConfiguration',
  'PutBucketLifecycleConfiguration',
  'PutBucketLogging',
  'PutBucketNotificationConfiguration',
  'PutBucketOwnershipControls',
  'PutBucketPolicy',
  'PutBucketRequestPayment',
  'PutBucketTagging',
  'PutBucketVersioning',
  'PutBucketWebsite',
  'PutObjectAcl',
  'PutObjectLegalHold',
  'PutObjectLockConfiguration',
  'PutObjectRetention',
  'PutPublicAccessBlock',
  'RenameObject',
  'UpdateObjectEncryption',
]);

const queryOperation = /^(iam|sts|api):(.+)$/;
const readingQuery = /^(Get|List|Simulate|WhoAmI|Explain)/;

/** Sessions are issued by GetSessionToken and GetFederationToken. */
const issuing: ReadonlySet<string> = new Set(['GetSessionToken', 'GetFederationToken']);

/** @param operation as routed: `DeleteObject`, `iam:CreateUser`, `api:CreateBucket` */
export function isAudited(operation: string): boolean {
  const query = queryOperation.exec(operation)?.[2];
  if (query === undefined) return auditedOperations.has(operation);
  return !readingQuery.test(query) || issuing.has(query);
}

/** Refusals that have another status than 403. */
const deniedCodes: ReadonlySet<string> = new Set([
  'AuthorizationHeaderMalformed',
  'AuthorizationQueryParametersError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidIdentityToken',
  'InvalidToken',
  'NotAuthenticated',
  'RequestExpired',
]);

const forbidden = 403;
const firstError = 400;

const isDenied = (status: number, code: string | undefined): boolean =>
  status === forbidden || (code !== undefined && deniedCodes.has(code));

/** @throws S3Error ServiceUnavailable where the log is required and can't be written */
export function admitAudited(audit: AuditLog, operation: string): void {
  if (!audit.blocked || !isAudited(operation)) return;
  throw new S3Error('ServiceUnavailable', {
    message: 'The audit log cannot be written, and changes are refused without it.',
  });
}

/** Tells of a request whose answer is over, if it is one to be told of. @param now milliseconds since the epoch */
export function auditRequest(audit: AuditLog, exchange: Exchange, now: number): void {
  const { statusCode: status } = exchange.response;
  const { operation = 'none', code } = exchange;
  const denied = isDenied(status, code);
  if (!denied && !isAudited(operation)) return;
  audit.write(recordOf(exchange, operation, status, denied, now));
}

function recordOf(
  exchange: Exchange,
  operation: string,
  status: number,
  denied: boolean,
  now: number,
): AuditRecord {
  const { target, outcome, caller, headers } = exchange;
  const [, room = 's3', action = operation] = queryOperation.exec(operation) ?? [];
  const { bucket, key } = target;
  const made = outcome === undefined ? {} : madeBy(outcome.output);
  const parameters = {
    ...(outcome === undefined ? {} : auditParameters(outcome.input)),
    ...made,
  };
  return {
    time: now,
    requestId: exchange.requestId,
    who: whoOf(exchange),
    from: exchange.clientAddress,
    userAgent: headers?.['user-agent'],
    service: room === 'api' ? 'kist' : (room as AuditRecord['service']),
    action,
    resource: bucket === undefined ? undefined : arnOf(bucket, key),
    namespace: bucket === undefined ? undefined : namespaceOf(target, caller),
    parameters: Object.keys(parameters).length === 0 ? undefined : parameters,
    outcome: denied ? 'denied' : status < firstError ? 'done' : 'failed',
    status,
    code: exchange.code,
    reason: exchange.reason,
  };
}

function whoOf({ caller, refusal }: Exchange): AuditWho {
  if (caller?.kind === 'account') {
    const { account, accessKeyId, principal } = caller;
    const { accountId, namespace, number } = account;
    const arn = principal?.arn ?? `arn:aws:iam::${number}:root`;
    return { accessKeyId, arn, account: accountId, namespace };
  }
  // Whom it claims to be; nothing proves it.
  return { accessKeyId: refusal?.fields?.AWSAccessKeyId };
}

/** What an operation has made, by name: ids, and never secrets. */
function madeBy(output: object | undefined): Readonly<Record<string, unknown>> {
  const { AccessKey, User, Role, Policy, Credentials, Deleted, Errors, VersionId, ...admin } =
    (output ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;
  const deleted = Deleted as unknown as readonly object[] | undefined;
  const errors = Errors as unknown as readonly object[] | undefined;
  const made = {
    AccessKeyId: AccessKey?.AccessKeyId ?? Credentials?.AccessKeyId ?? admin.accessKey?.accessKeyId,
    Arn: User?.Arn ?? Role?.Arn ?? Policy?.Arn,
    VersionId,
    DeletedKeys: deleted?.length,
    FailedKeys: errors?.length,
  };
  return Object.fromEntries(Object.entries(made).filter(([, value]) => value !== undefined));
}
