import { expect, it } from 'vitest';
import type { CORSRule } from '../../model/types.gen.ts';
import { corsRecordOf, maxCorsRules } from './configuration.ts';
import { corsAnswer, maxAskedHeaders } from './match.ts';

const get: CORSRule = { AllowedMethods: ['GET'], AllowedOrigins: ['http://*.example.com'] };

function headers(rules: readonly CORSRule[], origin: string, method = 'GET', asked?: string) {
  const found = corsAnswer(rules, { origin, method, requestHeaders: asked });
  if (found === undefined) return undefined;
  const pairs: Record<string, string> = {};
  for (let i = 0; i < found.headers.length; i += 2) {
    pairs[found.headers[i]!.toLowerCase()] = found.headers[i + 1]!;
  }
  return pairs;
}

it.each([
  ['http://a.example.com', true],
  ['http://.example.com', true],
  ['https://a.example.com', false],
  ['http://example.com', false],
  ['http://a.example.com.evil.net', false],
])('a wildcard in the origin stands for any text: %s', (origin, allowed) => {
  expect(headers([get], origin) !== undefined).toBe(allowed);
});

it('does not count what is before the wildcard again as what is after it', () => {
  const rule = { AllowedMethods: ['GET'], AllowedOrigins: ['aba*ba'] };
  expect(headers([rule], 'aba')).toBeUndefined();
  expect(headers([rule], 'ababa')).toBeDefined();
});

it('answers the origin and allows credentials, or the wildcard and does not', () => {
  expect(headers([get], 'http://a.example.com')).toMatchObject({
    'access-control-allow-origin': 'http://a.example.com',
    'access-control-allow-credentials': 'true',
  });
  const anyone = headers([{ ...get, AllowedOrigins: ['*'] }], 'http://a.net')!;
  expect(anyone['access-control-allow-origin']).toBe('*');
  expect(anyone['access-control-allow-credentials']).toBeUndefined();
});

it('takes the first rule that has origin, method and every header asked for', () => {
  const rules = [
    get,
    {
      AllowedMethods: ['PUT', 'POST'],
      AllowedOrigins: ['*'],
      AllowedHeaders: ['X-Amz-*', 'content-type'],
      ExposeHeaders: ['ETag', 'x-amz-version-id'],
      MaxAgeSeconds: 3000,
    },
  ];
  expect(headers(rules, 'http://b.net', 'PUT', 'x-amz-meta-A, Content-Type')).toEqual({
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'PUT, POST',
    'access-control-allow-headers': 'x-amz-meta-a, content-type',
    'access-control-expose-headers': 'ETag, x-amz-version-id',
    'access-control-max-age': '3000',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  });
  expect(headers(rules, 'http://b.net', 'PUT', 'authorization')).toBeUndefined();
  expect(headers(rules, 'http://b.net', 'GET')).toBeUndefined();
});

it.each<readonly [string, Partial<CORSRule>, string]>([
  ['an unknown method', { AllowedMethods: ['PATCH'] }, 'InvalidRequest'],
  ['two wildcards in an origin', { AllowedOrigins: ['http://*.*'] }, 'InvalidRequest'],
  ['two wildcards in a header', { AllowedHeaders: ['*-*'] }, 'InvalidRequest'],
  ['a wildcard in an exposed header', { ExposeHeaders: ['x-*'] }, 'InvalidRequest'],
  ['an exposed header with a line break', { ExposeHeaders: ['x\r\ny'] }, 'InvalidRequest'],
  ['an id that is too long', { ID: 'x'.repeat(256) }, 'InvalidRequest'],
  ['a negative age', { MaxAgeSeconds: -1 }, 'InvalidRequest'],
  ['an empty origin', { AllowedOrigins: [''] }, 'MalformedXML'],
  ['no method', { AllowedMethods: [] }, 'MalformedXML'],
])('refuses %s', (_, rule, code) => {
  expect(() => corsRecordOf({ CORSRules: [{ ...get, ...rule }] })).toThrow(
    expect.objectContaining({ code }),
  );
});

it('has between one rule and a hundred', () => {
  const rules = (count: number) => ({ CORSRules: Array.from({ length: count }, () => get) });
  expect(corsRecordOf(rules(maxCorsRules)).rules).toHaveLength(maxCorsRules);
  expect(() => corsRecordOf(rules(maxCorsRules + 1))).toThrow();
  expect(() => corsRecordOf(rules(0))).toThrow();
});

it('allows no request that asks for more headers than any page needs', () => {
  const rule = { ...get, AllowedOrigins: ['*'], AllowedHeaders: ['*'] };
  const names = (count: number) => Array.from({ length: count }, (_, n) => `x-${n}`).join(',');
  expect(headers([rule], 'http://a.net', 'GET', names(maxAskedHeaders))).toBeDefined();
  expect(headers([rule], 'http://a.net', 'GET', names(maxAskedHeaders + 1))).toBeUndefined();
});
