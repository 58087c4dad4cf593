/**
 * Which CORS rule a request from another origin falls under, and what the browser is told ("How does
 * Amazon S3 evaluate the CORS configuration on a bucket?" in the S3 user guide): the first rule that has the
 * origin, the method, and every header that is asked for.
 */
import type { CORSRule } from '../../model/types.gen.ts';

export interface CorsQuestion {
  readonly origin: string;
  /** `Access-Control-Request-Method` where it is there, else the method itself. */
  readonly method: string;
  /** `Access-Control-Request-Headers` as sent. */
  readonly requestHeaders: string | undefined;
}

export interface CorsAnswer {
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

/** An answer depends on these, whether a rule allows the request or not. */
export const corsVary: readonly string[] = [
  'Vary',
  'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
];

/** Header names that a request may ask for; more than any page needs, as each is held against each rule. */
export const maxAskedHeaders = 1000;

/** Undefined where no rule allows the request. */
export function corsAnswer(
  rules: readonly CORSRule[],
  question: CorsQuestion,
): CorsAnswer | undefined {
  const asked = headerNames(question.requestHeaders);
  if (asked.length > maxAskedHeaders) return undefined;
  for (const rule of rules) {
    const origin = rule.AllowedOrigins.find((pattern) => fits(pattern, question.origin));
    if (origin === undefined || !rule.AllowedMethods.includes(question.method)) continue;
    if (!asked.every((name) => allowsHeader(rule, name))) continue;
    return { headers: headersOf(rule, origin === '*' ? '*' : question.origin, asked) };
  }
  return undefined;
}

function headersOf(rule: CORSRule, origin: string, asked: readonly string[]): readonly string[] {
  const headers = [
    'Access-Control-Allow-Origin',
    origin,
    'Access-Control-Allow-Methods',
    rule.AllowedMethods.join(', '),
  ];
  if (asked.length > 0) headers.push('Access-Control-Allow-Headers', asked.join(', '));
  if (rule.ExposeHeaders !== undefined && rule.ExposeHeaders.length > 0) {
    headers.push('Access-Control-Expose-Headers', rule.ExposeHeaders.join(', '));
  }
  if (rule.MaxAgeSeconds !== undefined) {
    headers.push('Access-Control-Max-Age', String(rule.MaxAgeSeconds));
  }
  // Browsers take no credentials together with a wildcard.
  if (origin !== '*') headers.push('Access-Control-Allow-Credentials', 'true');
  return [...headers, ...corsVary];
}

/** In lower case. */
function headerNames(list: string | undefined): readonly string[] {
  if (list === undefined) return [];
  return list
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
}

function allowsHeader({ AllowedHeaders }: CORSRule, name: string): boolean {
  return AllowedHeaders?.some((pattern) => fits(pattern.toLowerCase(), name)) ?? false;
}

/** The pattern has at most one `*`, for any text, none too. */
function fits(pattern: string, text: string): boolean {
  const star = pattern.indexOf('*');
  if (star < 0) return pattern === text;
  return (
    text.length >= pattern.length - 1 &&
    text.startsWith(pattern.slice(0, star)) &&
    text.endsWith(pattern.slice(star + 1))
  );
}
