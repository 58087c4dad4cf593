/** What each operation's request body is, and how much of it is read into memory. */

import { type OperationName, operations } from '../model/operations.gen.ts';
import type { Member } from '../model/shape.ts';
import { bindingsOf } from './bindings.ts';

/** `text` is a document that isn't XML: a bucket policy. */
export type PayloadKind = 'none' | 'xml' | 'text' | 'stream';

function kindOf(payload: Member | undefined, hasElements: boolean): PayloadKind {
  if (payload === undefined) return hasElements ? 'xml' : 'none';
  if (payload.kind === 'stream') return 'stream';
  return payload.kind === 'string' ? 'text' : 'xml';
}

const kinds = new Map<OperationName, PayloadKind>();
for (const name of Object.keys(operations) as OperationName[]) {
  const { payload, elements } = bindingsOf(operations[name].input);
  kinds.set(name, kindOf(payload, elements.length > 0));
}

export function payloadOf(name: OperationName): PayloadKind {
  return kinds.get(name)!;
}

/** Largest object or part that one request may bring: 5 GiB. */
export const maxUploadBytes = 5 * 1024 ** 3;

export const defaultXmlPayloadBytes = 1024 * 1024;

/** 1,000 keys of up to 1,024 bytes. */
const deleteObjectsBytes = 2 * 1024 * 1024;
/** 10,000 parts with ETag and a checksum each. */
const completeMultipartUploadBytes = 4 * 1024 * 1024;
/** The user guide's limit for a replication configuration. */
const replicationBytes = 2 * 1024 * 1024;
/** The API reference's limits for a CORS configuration and a website's. */
const corsBytes = 64 * 1024;
const websiteBytes = 128 * 1024;
/** A policy may have 20 KiB, which its operation checks so that the answer says so. */
const policyBytes = 64 * 1024;

const limits: Partial<Record<OperationName, number>> = {
  CompleteMultipartUpload: completeMultipartUploadBytes,
  DeleteObjects: deleteObjectsBytes,
  PutBucketCors: corsBytes,
  PutBucketPolicy: policyBytes,
  PutBucketReplication: replicationBytes,
  PutBucketWebsite: websiteBytes,
};

/** Largest body in bytes of an operation whose payload is XML or text. */
export function maxXmlPayloadBytes(name: OperationName): number {
  return limits[name] ?? defaultXmlPayloadBytes;
}
