/**
 * A bucket's CORS configuration as it is kept, and what S3 takes into one ("Using cross-origin resource
 * sharing (CORS)" in the S3 user guide).
 */
import type { CORSConfiguration, CORSRule } from '../../model/types.gen.ts';
import { S3Error } from '../../protocol/errors.ts';

/** Name of the configuration subresource. */
export const corsConfig = 'cors';

/** As configured, in S3's words. */
export interface CorsRecord {
  readonly rules: readonly CORSRule[];
}

export const maxCorsRules = 100;
export const maxRuleIdLength = 255;

const methods: ReadonlySet<string> = new Set(['GET', 'PUT', 'POST', 'DELETE', 'HEAD']);

/** RFC 9110, section 5.6.2; `*` is one of its characters. */
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/** @throws S3Error MalformedXML, InvalidRequest */
export function corsRecordOf({ CORSRules: rules }: CORSConfiguration): CorsRecord {
  if (rules.length === 0 || rules.length > maxCorsRules) throw new S3Error('MalformedXML');
  for (const rule of rules) assertRule(rule);
  return { rules };
}

function assertRule(rule: CORSRule): void {
  const { ID: id, AllowedMethods, AllowedOrigins, AllowedHeaders, ExposeHeaders } = rule;
  if (AllowedMethods.length === 0 || AllowedOrigins.length === 0) throw new S3Error('MalformedXML');
  if (id !== undefined && id.length > maxRuleIdLength) {
    throw invalid(`ID length should not exceed allowed limit of ${maxRuleIdLength}`);
  }
  for (const method of AllowedMethods) {
    if (!methods.has(method)) {
      throw invalid(
        `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
      );
    }
  }
  for (const origin of AllowedOrigins) assertWildcard('AllowedOrigin', origin);
  for (const header of AllowedHeaders ?? []) {
    assertWildcard('AllowedHeader', header);
    if (!token.test(header)) throw invalid(`AllowedHeader "${header}" is not a header name.`);
  }
  for (const header of ExposeHeaders ?? []) {
    if (header.includes('*')) {
      throw invalid(
        `ExposeHeader "${header}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
      );
    }
    if (!token.test(header)) throw invalid(`ExposeHeader "${header}" is not a header name.`);
  }
  if (rule.MaxAgeSeconds !== undefined && rule.MaxAgeSeconds < 0) {
    throw invalid('MaxAgeSeconds must not be negative.');
  }
}

function assertWildcard(element: string, value: string): void {
  if (value === '') throw new S3Error('MalformedXML');
  if (value.indexOf('*') === value.lastIndexOf('*')) return;
  throw invalid(`${element} "${value}" can not have more than one wildcard.`);
}

function invalid(message: string): S3Error {
  return new S3Error('InvalidRequest', { message });
}
