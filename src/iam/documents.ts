/** Policy documents as they are given and shown: checked before they are stored, percent-encoded in answers. */
import type { Policy } from '../policy/language/document.ts';
import { parseIdentityPolicy, parseTrustPolicy } from '../policy/language/parse.ts';
import { S3Error } from '../protocol/errors.ts';
import { maxPolicyChars } from './limits.ts';
import { QueryError } from './query/errors.ts';

/** White space is free. */
export const documentChars = (text: string): number => text.replaceAll(/\s/g, '').length;

/**
 * @returns the document as it is stored: without white space around it
 * @throws QueryError MalformedPolicyDocument, LimitExceeded
 */
export function policyDocument(given: string, mostChars: number = maxPolicyChars.managed): string {
  const text = given.trim();
  checkChars(documentChars(text), mostChars);
  parsed(text, parseIdentityPolicy);
  return text;
}

export function checkChars(chars: number, most: number): void {
  if (chars <= most) return;
  throw new QueryError('LimitExceeded', `Maximum policy size of ${most} bytes exceeded`);
}

/** The same of a role's trust policy. */
export function trustDocument(given: string): string {
  const text = given.trim();
  checkChars(documentChars(text), maxPolicyChars.trust);
  parsed(text, parseTrustPolicy);
  const { Statement: statements } = JSON.parse(text) as { Statement: unknown };
  for (const { Action: actions, NotAction: others } of [statements].flat() as Statement[]) {
    const isOfSts = [actions].flat().every((action) => /^sts:/i.test(String(action)));
    if (others !== undefined || !isOfSts) {
      throw new QueryError(
        'MalformedPolicyDocument',
        'AssumeRole policy may only specify STS AssumeRole actions.',
      );
    }
  }
  return text;
}

interface Statement {
  readonly Action?: unknown;
  readonly NotAction?: unknown;
}

function parsed(text: string, parse: (text: string) => Policy): Policy {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof S3Error)) throw cause;
    throw new QueryError('MalformedPolicyDocument', cause.message, { cause });
  }
}

/** RFC 3986, as IAM does: what JavaScript leaves as it is, too. */
export const shownDocument = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
