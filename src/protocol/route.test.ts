import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { extraOperations } from '../model/extra-operations.ts';
import type { OperationRow } from '../model/operation.ts';
import { operations, refusedOperations } from '../model/operations.gen.ts';
import { S3Error } from './errors.ts';
import { parseQuery } from './query.ts';
import type { RequestTarget, WireRequest } from './request.ts';
import { route } from './route.ts';

type Level = 'service' | 'bucket' | 'object';

function target(level: string): RequestTarget {
  return {
    namespace: undefined,
    bucket: level === 'service' ? undefined : 'bucket',
    key: level === 'object' ? 'key' : undefined,
    bucketInHost: false,
  };
}

function request(
  method: string,
  rawQuery: string,
  headers: Record<string, string> = {},
): WireRequest {
  return { method, rawPath: '/', rawQuery, query: parseQuery(rawQuery), headers };
}

function minimalQuery({ query, requiredQuery }: OperationRow): string[] {
  return [...query, ...requiredQuery.map((name) => `${name}=1`)];
}

function minimalHeaders({ requiredHeaders }: OperationRow): Record<string, string> {
  return Object.fromEntries(requiredHeaders.map((name) => [name, 'a/b']));
}

function refusal(run: () => unknown): S3Error {
  try {
    run();
  } catch (error) {
    if (error instanceof S3Error) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const go = (method: string, level: Level, rawQuery = '', headers?: Record<string, string>) =>
  route(request(method, rawQuery, headers), target(level));

const rows: readonly [string, OperationRow][] = [
  ...Object.entries<OperationRow>(operations),
  ...Object.entries<OperationRow>(extraOperations),
];

describe('route', () => {
  it.each(rows)("sends %s's own minimal request to it", (name, row) => {
    const sent = request(row.method, minimalQuery(row).join('&'), minimalHeaders(row));
    expect(route(sent, target(row.level === 'any' ? 'bucket' : row.level))).toBe(name);
  });

  it.each(Object.entries<OperationRow>(refusedOperations))(
    'refuses %s by its name',
    (name, row) => {
      const error = refusal(() => go(row.method, row.level as Level, minimalQuery(row).join('&')));
      expect(error).toMatchObject({ code: 'NotImplemented', status: 501 });
      expect(error.message).toContain(name);
    },
  );

  it('has no two operations that the same request could mean', () => {
    const requests = [...rows, ...Object.entries<OperationRow>(refusedOperations)].map(
      ([, row]) =>
        `${row.method} ${row.level} ${minimalQuery(row).sort().join('&')} ${row.requiredHeaders}`,
    );
    expect(new Set(requests).size).toBe(requests.length);
  });

  it('finds the same operation whatever order the parameters come in, and among unknown ones', () => {
    const noise = fc.array(
      fc.constantFrom('x-id=Foo', 'cachebuster=1', 'prefix=a', 'X-Amz-Date=2'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...rows), noise, fc.integer(), ([name, row], extra, seed) => {
        const parts = [...minimalQuery(row), ...extra];
        const shift = parts.length === 0 ? 0 : Math.abs(seed % parts.length);
        const query = [...parts.slice(shift), ...parts.slice(0, shift)].join('&');
        const level = row.level === 'any' ? 'object' : row.level;
        expect(route(request(row.method, query, minimalHeaders(row)), target(level))).toBe(name);
      }),
    );
  });

  it('takes a subresource with any value', () => {
    expect(go('GET', 'bucket', 'acl')).toBe('GetBucketAcl');
    expect(go('GET', 'bucket', 'acl=')).toBe('GetBucketAcl');
    expect(go('GET', 'bucket', 'acl=yes')).toBe('GetBucketAcl');
  });

  it('takes list-type for the second version only if it is 2', () => {
    expect(go('GET', 'bucket', 'list-type=2&prefix=a')).toBe('ListObjectsV2');
    expect(go('GET', 'bucket', 'list-type=1')).toBe('ListObjects');
    expect(go('GET', 'bucket', 'prefix=a')).toBe('ListObjects');
  });

  it('tells a copy from an upload by the copy source, in a header or hoisted into the query', () => {
    const copy = { 'x-amz-copy-source': '/a/b' };
    expect(go('PUT', 'object')).toBe('PutObject');
    expect(go('PUT', 'object', '', copy)).toBe('CopyObject');
    expect(go('PUT', 'object', 'X-Amz-Copy-Source=%2Fa%2Fb')).toBe('CopyObject');
    expect(go('PUT', 'object', 'partNumber=1&uploadId=u')).toBe('UploadPart');
    expect(go('PUT', 'object', 'partNumber=1&uploadId=u', copy)).toBe('UploadPartCopy');
    expect(go('PUT', 'object', 'tagging', copy)).toBe('PutObjectTagging');
  });

  it('never takes half of an upload part for a whole object', () => {
    expect(go('PUT', 'object', 'partNumber=1')).toBe('UploadPart');
    expect(go('PUT', 'object', 'uploadId=u')).toBe('UploadPart');
  });

  it('reads one part of an object as a read of the object', () => {
    expect(go('GET', 'object', 'partNumber=1')).toBe('GetObject');
    expect(go('HEAD', 'object', 'partNumber=1&versionId=v')).toBe('HeadObject');
    expect(go('GET', 'object', 'uploadId=u')).toBe('ListParts');
  });

  it('tells one configuration from the list of them by the id', () => {
    expect(go('GET', 'bucket', 'analytics&id=a')).toBe('GetBucketAnalyticsConfiguration');
    expect(go('GET', 'bucket', 'analytics')).toBe('ListBucketAnalyticsConfigurations');
    expect(go('PUT', 'bucket', 'analytics')).toBe('PutBucketAnalyticsConfiguration');
  });

  it('answers preflight requests whatever they name', () => {
    expect(go('OPTIONS', 'service')).toBe('Preflight');
    expect(go('OPTIONS', 'bucket', 'acl')).toBe('Preflight');
    expect(go('OPTIONS', 'object', 'acl&tagging')).toBe('Preflight');
  });

  it('takes a POST to a bucket without subresource for a form upload', () => {
    expect(go('POST', 'bucket')).toBe('PostObject');
  });

  it('refuses a subresource that the method has no operation for, instead of ignoring it', () => {
    const error = refusal(() => go('DELETE', 'bucket', 'acl'));
    expect(error).toMatchObject({
      code: 'MethodNotAllowed',
      status: 405,
      fields: { Method: 'DELETE', ResourceType: 'ACL' },
      headers: { Allow: 'GET, PUT' },
    });
    expect(refusal(() => go('GET', 'object', 'uploads')).headers).toEqual({ Allow: 'POST' });
  });

  it('says which methods a resource takes when it refuses one', () => {
    expect(refusal(() => go('PATCH', 'object'))).toMatchObject({
      code: 'MethodNotAllowed',
      fields: { Method: 'PATCH', ResourceType: 'OBJECT' },
      headers: { Allow: 'DELETE, GET, HEAD, OPTIONS, PUT' },
    });
    expect(refusal(() => go('PUT', 'service'))).toMatchObject({
      fields: { Method: 'PUT', ResourceType: 'SERVICE' },
      headers: { Allow: 'GET, OPTIONS' },
    });
    expect(refusal(() => go('POST', 'object')).code).toBe('MethodNotAllowed');
  });

  it('refuses parameters of different operations in one request', () => {
    expect(refusal(() => go('GET', 'bucket', 'uploads&versioning'))).toMatchObject({
      code: 'InvalidArgument',
      message: 'Conflicting query string parameters: uploads, versioning',
      fields: { ArgumentName: 'ResourceType', ArgumentValue: 'uploads' },
    });
    expect(refusal(() => go('POST', 'object', 'uploads&uploadId=u')).code).toBe('InvalidArgument');
  });

  it('leaves alone what is a subresource on the other level only', () => {
    expect(go('GET', 'object', 'versions')).toBe('GetObject');
    expect(go('GET', 'bucket', 'torrent')).toBe('ListObjects');
  });
});
