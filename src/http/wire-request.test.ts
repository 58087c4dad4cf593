import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { wireHeaders, wireRequest } from './wire-request.ts';

function request(url: string, rawHeaders: string[] = ['Host', 'x'], httpVersion = '1.1') {
  return wireRequest({ method: 'GET', url, rawHeaders, httpVersion } as unknown as IncomingMessage);
}

describe('wire request', () => {
  it('keeps path and query as they were sent', () => {
    const { rawPath, rawQuery, query } = request('/b/a%2Fb//c?prefix=%20x&acl&a=b=c?d');
    expect(rawPath).toBe('/b/a%2Fb//c');
    expect(rawQuery).toBe('prefix=%20x&acl&a=b=c?d');
    expect(query).toEqual([
      ['prefix', ' x'],
      ['acl', ''],
      ['a', 'b=c?d'],
    ]);
  });

  it('joins what was sent twice and keeps what was sent empty', () => {
    const headers = wireHeaders(['X-Amz-Meta-A', '1', 'x-amz-meta-a', '2', 'Content-Type', '']);
    expect({ ...headers }).toEqual({ 'x-amz-meta-a': '1,2', 'content-type': '' });
  });

  it('takes any header name', () => {
    const headers = wireHeaders(['__proto__', 'x', 'constructor', 'y']);
    expect(Object.keys(headers)).toEqual(['__proto__', 'constructor']);
    expect(wireHeaders([]).toString).toBeUndefined();
  });

  it.each([
    ['http://other.example:9000/b/k?acl', '/b/k', 'acl', 'other.example:9000'],
    ['http://other.example', '/', '', 'other.example'],
    ['http://other.example?acl', '/', 'acl', 'other.example'],
    ['*', '/', '', 'here.example'],
    ['/b?url=http://x/y', '/b', 'url=http://x/y', 'here.example'],
    ['//b//k', '//b//k', '', 'here.example'],
  ])('reads the request target %j', (url, rawPath, rawQuery, host) => {
    const wire = request(url, ['Host', 'here.example']);
    expect([wire.rawPath, wire.rawQuery, wire.headers.host]).toEqual([rawPath, rawQuery, host]);
  });

  it('wants one Host header, in HTTP/1.0 at most one', () => {
    const refused = expect.objectContaining({ code: 'BadRequest' });
    expect(() => request('/', [])).toThrow(refused);
    expect(() => request('/', ['Host', 'a', 'host', 'b'])).toThrow(refused);
    expect(request('/', [], '1.0').headers.host).toBeUndefined();
    expect(request('http://a/', []).headers.host).toBe('a');
  });

  it('refuses a query that is not UTF-8', () => {
    expect(() => request('/?a=%ff')).toThrow(expect.objectContaining({ code: 'InvalidURI' }));
  });
});
