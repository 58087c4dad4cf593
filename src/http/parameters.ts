/**
 * The parameters of a request against those that its operation takes: one that would have no effect is
 * refused by name, never ignored.
 */
import { type OperationName, operations } from '../model/operations.gen.ts';
import type { Operation } from '../operations/operation.ts';
import { S3Error } from '../protocol/errors.ts';
import { headersOf } from '../protocol/hoisted-headers.ts';
import { type PayloadKind, payloadOf } from '../protocol/payload.ts';
import type { WireRequest } from '../protocol/request.ts';

/** Members that the pipeline itself gives their effect, or that mean nothing here. */
const pipelineMembers = [
  'Bucket',
  'Key',
  'Body',
  'ContentLength',
  'RequestPayer',
  'ExpectedBucketOwner',
  'ExpectedSourceBucketOwner',
] as const;

/** Of documents, which the pipeline reads and verifies. */
const documentMembers = ['ContentMD5', 'ChecksumAlgorithm'] as const;

const isDocument: Readonly<Record<PayloadKind, boolean>> = {
  none: false,
  stream: false,
  xml: true,
  text: true,
};

/** What the pipeline has to know of an operation, looked up once. */
export interface OperationParameters {
  readonly accepted: ReadonlySet<string>;
  readonly payload: PayloadKind;
  readonly hasVersionId: boolean;
  /** `x-amz-checksum-*` headers are about an object that is not this request's body. */
  readonly checksumsOfObject: boolean;
}

export function parametersOf(operation: Operation): OperationParameters {
  const payload = payloadOf(operation.name);
  const members = membersOf(operation.name);
  return {
    accepted: new Set<string>([
      ...pipelineMembers,
      ...operation.accepts,
      ...(isDocument[payload] ? documentMembers : []),
    ]),
    payload,
    hasVersionId: members.some(({ name }) => name === 'VersionId'),
    checksumsOfObject: payload !== 'stream' && members.some(({ name }) => name === 'ChecksumCRC32'),
  };
}

/** @throws S3Error NotImplemented naming the first parameter that the operation does not take. */
export function refuseUnknown(
  name: OperationName,
  input: object,
  { accepted }: OperationParameters,
): void {
  const members = input as Readonly<Record<string, unknown>>;
  for (const member in members) {
    if (accepted.has(member) || members[member] === undefined) continue;
    throw new S3Error('NotImplemented', { fields: { Header: wireNameOf(name, member) } });
  }
}

/** Say how an object is to be encrypted, not how it is: refused on reading, as the reference of GetObject has it. */
const encryptionHeaders = [
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-server-side-encryption-context',
];
const readOperations: ReadonlySet<OperationName> = new Set(['GetObject', 'HeadObject']);

/** @throws S3Error InvalidArgument */
export function refuseMisplaced(name: OperationName, request: WireRequest): void {
  if (!readOperations.has(name)) return;
  const headers = headersOf(request);
  for (const header of encryptionHeaders) {
    const value = headers.get(header);
    if (value === undefined) continue;
    throw new S3Error('InvalidArgument', {
      message: `${header} header is not supported for this operation.`,
      fields: { ArgumentName: header, ArgumentValue: value },
    });
  }
}

function membersOf(name: OperationName) {
  return operations[name].input.members;
}

function wireNameOf(operation: OperationName, member: string): string {
  return membersOf(operation).find(({ name }) => name === member)?.wire ?? member;
}
