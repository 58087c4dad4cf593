/**
 * Requests that S3 answers and AWS's model doesn't list: the browser's form upload and its question before
 * a cross-origin request.
 */
import type { OperationRow } from './operation.ts';

export const extraOperations = {
  /** "POST Object" in the API reference: multipart/form-data with a policy. */
  PostObject: {
    name: 'PostObject',
    method: 'POST',
    level: 'bucket',
    status: 204,
    query: [],
    requiredQuery: [],
    requiredHeaders: [],
  },
  /** "OPTIONS object" in the API reference. */
  Preflight: {
    name: 'Preflight',
    method: 'OPTIONS',
    level: 'any',
    status: 200,
    query: [],
    requiredQuery: [],
    requiredHeaders: [],
  },
} as const satisfies Readonly<Record<string, OperationRow>>;

export type ExtraOperationName = keyof typeof extraOperations;
