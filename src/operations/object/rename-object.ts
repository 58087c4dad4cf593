/**
 * RenameObject: another key for an object in one commit. No bytes move; metadata, tags, ACL, encryption, checksum,
 * parts, ETag and last-modified time stay ("Renaming objects in directory buckets" in the user guide).
 *
 * S3 has it for directory buckets, which know no versions. Here it is for every bucket that was never versioned;
 * elsewhere it is refused, as a version can't leave the history of its key. `x-amz-rename-source` is the source's
 * key alone, percent-encoded. Keys that end in a slash, which directory buckets can't rename, are keys like others.
 *
 * It takes the rights to read and delete the source and to write the destination. A request that is sent again
 * with its client token within a day is answered as the first one was, and nothing is done.
 */
import { digestOf } from '../../digest/digest.ts';
import type { RenameObjectRequest } from '../../model/types.gen.ts';
import {
  checkRenameDestinationConditions,
  checkRenameSourceConditions,
  type Representation,
} from '../../protocol/conditions.ts';
import { S3Error } from '../../protocol/errors.ts';
import { assertKey } from '../../protocol/names.ts';
import { decodePath } from '../../protocol/query.ts';
import type { StoredObject } from '../../store/records.ts';
import type { RenameToken } from '../../store/store.ts';
import { callerId } from '../caller.ts';
import { defineOperation, type OperationContext } from '../operation.ts';

/** Times that a source may change while it is being renamed before that is given up. */
const maxSourceChanges = 10;

const deleting = { action: 's3:DeleteObject', permission: 'WRITE' } as const;

const conditionMembers = [
  'DestinationIfMatch',
  'DestinationIfModifiedSince',
  'DestinationIfNoneMatch',
  'DestinationIfUnmodifiedSince',
  'SourceIfMatch',
  'SourceIfModifiedSince',
  'SourceIfNoneMatch',
  'SourceIfUnmodifiedSince',
] as const satisfies readonly (keyof RenameObjectRequest)[];

export const RenameObject = defineOperation({
  name: 'RenameObject',
  access: { on: 'bucket', action: 's3:PutObject', permission: 'WRITE' },
  accepts: ['RenameSource', 'ClientToken', ...conditionMembers],
  async run(input, context) {
    const from = sourceKeyOf(input);
    assertConditions(input);
    if (context.bucket.versioning !== undefined) throw versioned();
    const token = await tokenOf(input, from, context);
    for (let attempt = 0; attempt < maxSourceChanges; attempt++) {
      const done = await renameOnce(from, input, token, context);
      if (done === 'renamed') return {};
      if (done === 'versioned') throw versioned();
      if (done === 'other-request') throw new S3Error('IdempotencyParameterMismatch');
    }
    throw new S3Error('OperationAborted');
  },
});

async function renameOnce(
  from: string,
  input: RenameObjectRequest,
  token: RenameToken | undefined,
  context: OperationContext,
) {
  const { bucket, store } = context;
  let source: StoredObject;
  try {
    source = (await context.openSource(bucket.name, from)).object;
  } catch (error) {
    // What is asked for again has left its old key.
    const before = token && (await store.objects.renamedBefore(bucket, token));
    if (before !== undefined) return before;
    throw error;
  }
  if (!(await context.may(deleting, from))) throw new S3Error('AccessDenied');
  return store.objects.rename(bucket, source, input.Key, {
    token,
    precondition: (current) => {
      checkRenameSourceConditions(input, representationOf(source));
      checkRenameDestinationConditions(input, current && representationOf(current));
    },
  });
}

function representationOf({ etag, lastModified }: StoredObject): Representation {
  return { etag, lastModified: new Date(lastModified) };
}

function sourceKeyOf({ RenameSource: given, Key }: RenameObjectRequest): string {
  let key: string;
  try {
    key = decodePath(given);
  } catch (cause) {
    throw invalid('Invalid rename source encoding.', 'x-amz-rename-source', given, cause);
  }
  if (key === '') throw invalid('Invalid rename source object key', 'x-amz-rename-source', given);
  assertKey(key);
  if (key !== Key) return key;
  throw new S3Error('InvalidRequest', {
    message: 'This rename request is illegal because it is trying to rename an object to itself.',
  });
}

function assertConditions({ DestinationIfNoneMatch: given }: RenameObjectRequest): void {
  if (given === undefined || given.trim() === '*') return;
  throw new S3Error('NotImplemented', {
    message: 'RenameObject takes If-None-Match: * and no other value of it.',
    fields: { Header: 'If-None-Match' },
  });
}

const clientToken = /^[\x21-\x7e]{1,64}$/;

/** The token, and what it stands for: the caller and all that the request says. */
async function tokenOf(
  input: RenameObjectRequest,
  from: string,
  context: OperationContext,
): Promise<RenameToken | undefined> {
  const { ClientToken: id, Key } = input;
  if (id === undefined) return undefined;
  if (!clientToken.test(id)) {
    const message = 'A client token has 1 to 64 ASCII characters from 33 to 126.';
    throw invalid(message, 'x-amz-client-token', id);
  }
  const conditions = conditionMembers.map((member) => input[member] ?? null);
  const said = JSON.stringify([callerId(context) ?? null, from, Key, conditions]);
  return { id, request: (await digestOf('SHA256', Buffer.from(said))).toString('base64') };
}

function invalid(message: string, name: string, value: string, cause?: unknown): S3Error {
  const fields = { ArgumentName: name, ArgumentValue: value };
  return new S3Error('InvalidArgument', { message, fields, cause });
}

function versioned(): S3Error {
  return new S3Error('NotImplemented', {
    message: 'RenameObject is not implemented for buckets with versioning',
  });
}
