/**
 * Signatures are compared in constant time by construction: each way to sign goes through timingSafeEqual, and no code
 * of a signature compares one in any other way.
 */
import * as crypto from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { WireRequest } from './request.ts';
import { parseSignature, verifySignature } from './signature.ts';

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof crypto>();
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) };
});

const now = Date.UTC(2026, 0, 2, 3, 4, 5);
const compared = vi.mocked(crypto.timingSafeEqual);

const request = (headers: Record<string, string>): WireRequest => ({
  ...{ method: 'GET', rawPath: '/b/k', rawQuery: '', query: [] },
  headers: Object.assign(Object.create(null), { host: 'h', ...headers }),
});

const credential = 'KEY/20260102/us-east-1/s3/aws4_request';
const signedHeaders = 'host;x-amz-content-sha256;x-amz-date';

describe('the comparison of signatures', () => {
  it.each([
    [
      'version 4',
      request({
        'x-amz-date': '20260102T030405Z',
        'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
        authorization: `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${signedHeaders}, Signature=${'0'.repeat(64)}`,
      }),
      64,
    ],
    [
      'version 2',
      request({
        date: new Date(now).toUTCString(),
        authorization: `AWS KEY:${Buffer.alloc(20).toString('base64')}`,
      }),
      28,
    ],
  ])('of %s takes all of it', (_, sent, length) => {
    compared.mockClear();
    expect(() => verifySignature(parseSignature(sent)!, sent, 'secret', { now })).toThrow();
    expect(compared.mock.calls.map(([one]) => one.byteLength)).toEqual([length]);
  });

  it('is done in one place', () => {
    const folders = ['sigv2', 'sigv4', 'aws-chunked', 'form', 'diagnosis'];
    const wrong = folders.flatMap((folder) =>
      readdirSync(join(import.meta.dirname, folder))
        .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
        .filter((name) => {
          const code = readFileSync(join(import.meta.dirname, folder, name), 'utf8');
          return /\b\w*(?<!previous)[sS]ignature\w*\s*[!=]==\s*(?!\s|undefined|'|"|null)/.test(
            code,
          );
        })
        .map((name) => `${folder}/${name}`),
    );
    expect(wrong).toEqual([]);
  });
});
