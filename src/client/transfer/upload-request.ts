/** What an upload sends, told apart by request: PutObject, or CreateMultipartUpload, UploadPart and the rest. */
import type { ChecksumAlgorithm } from '../../digest/algorithms.ts';
import { type OperationName, PutObject } from '../../model/operations.gen.ts';
import type { BodyInput } from '../body.ts';
import { S3Error } from '../s3-error.ts';
import type { Sender } from '../sender.ts';
import type { ClientInput, ClientOutput, Operation } from '../types.ts';

/** Members of PutObject that an upload in parts has no use for: checksums are made on the way. */
type LeftOut = 'Body' | 'ContentMD5' | 'WriteOffsetBytes' | `Checksum${ChecksumAlgorithm}`;

/** As PutObject takes it, with a body of any size. */
export type UploadInput = Omit<ClientInput<'PutObject'>, LeftOut> & {
  /**
   * Files (`fromFile`), blobs and bytes are read in parts at once; a stream part after part, of which as many are
   * held in memory as are under way.
   */
  readonly Body: BodyInput;
};

type BothOutputs = ClientOutput<'PutObject'> & ClientOutput<'CompleteMultipartUpload'>;

/** What PutObject and CompleteMultipartUpload both answer. */
export type UploadOutput = Pick<
  BothOutputs,
  keyof ClientOutput<'PutObject'> & keyof ClientOutput<'CompleteMultipartUpload'>
> & {
  readonly $transfer: {
    readonly bytes: number;
    /** 0 if it went in one request. */
    readonly parts: number;
    /** Of these, what an earlier run had sent. */
    readonly resumedParts: number;
  };
};

export interface UploadRequest {
  readonly sender: Sender;
  /** Without the body and its length. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly bucket: string;
  readonly key: string;
  /** Undefined: Content-MD5 instead. */
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
}

const leftOut = (name: string): boolean =>
  name === 'ContentMD5' ||
  name === 'WriteOffsetBytes' ||
  (name.startsWith('Checksum') && name !== 'ChecksumAlgorithm');

export const isUploadMember = (name: string): boolean =>
  !leftOut(name) && PutObject.input.members.some((member) => member.name === name);

/** @throws S3Error InvalidInput for members that an upload doesn't know */
export function requestOf(
  sender: Sender,
  input: UploadInput,
  { concurrency, signal }: Pick<UploadRequest, 'concurrency' | 'signal'>,
): UploadRequest {
  for (const name of Object.keys(input)) {
    if (isUploadMember(name)) continue;
    throw new S3Error('InvalidInput', `upload: there is no ${name}`, { operation: 'upload' });
  }
  const { Body: _, ContentLength: __, ...members } = input;
  const { Bucket: bucket, Key: key, ChecksumAlgorithm: asked } = input;
  const always = sender.config.requestChecksums === 'whenSupported';
  const algorithm = asked ?? (always ? defaultAlgorithm : undefined);
  return { sender, members, bucket, key, algorithm, concurrency, signal };
}

/** A tenth of the time of CRC64NVME in Node, and known to more servers. Each part has its own beside the whole's. */
const defaultAlgorithm = 'CRC32';

/** What the operation takes of the members, too, but for the checksum's, which each sets for itself. */
export function membersFor<Name extends OperationName>(
  { members }: UploadRequest,
  { input }: Operation<Name>,
): ClientInput<Name> {
  const picked: Record<string, unknown> = {};
  for (const { name } of input.members) {
    if (name !== 'ChecksumAlgorithm' && members[name] !== undefined) picked[name] = members[name];
  }
  return picked as ClientInput<Name>;
}
