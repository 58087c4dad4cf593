/** Values that several resources have: names, times, sizes, and what an error looks like. */
import { z } from 'zod';

/** A host label, as src/identity/names.ts has it. */
export const namespaceName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/)
  .describe('A namespace: a host label.');

export const accountId = z.string().min(1).max(256).describe('The canonical id of an account.');
export const displayName = z
  .string()
  .max(256)
  .regex(/^\P{Cc}+$/u)
  .describe('Without control characters.');
export const email = z.email().max(254);

/** Which names are allowed is S3's to say. */
export const bucketName = z.string().min(1).max(255).describe('The name of a bucket.');

export const time = z.iso.datetime().describe('ISO 8601, in UTC.');
export const bytes = z.int().min(0).describe('Bytes.');
export const count = z.int().min(0);

export const isoTime = (ms: number): string => new Date(ms).toISOString();

export const usage = z
  .strictObject({
    objects: count.describe('Current versions.'),
    bytes,
    noncurrentVersions: count,
    noncurrentBytes: bytes,
    deleteMarkers: count,
    uploads: count.describe('Multipart uploads that are under way.'),
    partBytes: bytes.describe('Bytes of their parts.'),
    annotationBytes: bytes.describe('Bytes of annotations.'),
  })
  .describe('Exact as of every change that was acknowledged before.');

export const errorShape = z
  .strictObject({
    code: z.string().describe('For programs: AccessDenied, NoSuchBucket, …'),
    message: z.string().describe('For people.'),
    requestId: z.string().optional(),
  })
  .describe('What every request is answered that is not answered as asked.');

/** For answers that are nothing but a status. */
export const nothing = z.undefined();
