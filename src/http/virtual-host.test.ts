import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { S3Error } from '../protocol/errors.ts';
import { requestTarget, type VirtualHostRules } from './virtual-host.ts';

const rules: VirtualHostRules = {
  domains: ['s3.example.com', 'eu.s3.example.com', 'localhost'],
  hasNamespace: (name) => name === 'acme' || name === 'default',
};

type Expected = readonly [
  namespace: string | undefined,
  bucket: string | undefined,
  key: string | undefined,
  bucketInHost: boolean,
];

function target(host: string | undefined, path: string): Expected {
  const { namespace, bucket, key, bucketInHost } = requestTarget(host, path, rules);
  return [namespace, bucket, key, bucketInHost];
}

const none = undefined;

describe('host and path', () => {
  it.each<[string | undefined, string, Expected]>([
    // the base domain itself, and everything that is none
    ['s3.example.com', '/', [none, none, none, false]],
    ['s3.example.com', '/bucket', [none, 'bucket', none, false]],
    ['s3.example.com', '/bucket/', [none, 'bucket', none, false]],
    ['s3.example.com', '/bucket/key', [none, 'bucket', 'key', false]],
    ['s3.example.com:9000', '/bucket/key', [none, 'bucket', 'key', false]],
    ['S3.Example.COM', '/bucket/key', [none, 'bucket', 'key', false]],
    ['s3.example.com.', '/bucket/key', [none, 'bucket', 'key', false]],
    ['s3.example.com.:9000', '/bucket/key', [none, 'bucket', 'key', false]],
    ['127.0.0.1:9000', '/bucket/key', [none, 'bucket', 'key', false]],
    ['127.0.0.1', '/', [none, none, none, false]],
    ['[::1]', '/bucket/key', [none, 'bucket', 'key', false]],
    ['[::1]:9000', '/bucket/key', [none, 'bucket', 'key', false]],
    ['storage.internal', '/bucket/key', [none, 'bucket', 'key', false]],
    ['acme.other.example', '/bucket', [none, 'bucket', none, false]],
    ['xs3.example.com', '/bucket', [none, 'bucket', none, false]],
    ['example.com', '/bucket', [none, 'bucket', none, false]],
    ['', '/bucket/key', [none, 'bucket', 'key', false]],
    [':9000', '/bucket', [none, 'bucket', none, false]],
    // what is no port makes it the name of another host, in a redirection too
    ['photos.s3.example.com:@example.org', '/bucket', [none, 'bucket', none, false]],
    ['photos.s3.example.com:', '/a', [none, 'photos', 'a', true]],
    [none, '/bucket/key', [none, 'bucket', 'key', false]],
    // a namespace
    ['acme.s3.example.com', '/', ['acme', none, none, false]],
    ['acme.s3.example.com', '/bucket/key', ['acme', 'bucket', 'key', false]],
    ['ACME.s3.example.com:443', '/bucket', ['acme', 'bucket', none, false]],
    ['acme.localhost:9000', '/bucket/key', ['acme', 'bucket', 'key', false]],
    ['default.s3.example.com', '/bucket', ['default', 'bucket', none, false]],
    // a bucket
    ['photos.s3.example.com', '/', [none, 'photos', none, true]],
    ['photos.s3.example.com', '/a/b', [none, 'photos', 'a/b', true]],
    ['my.photos.s3.example.com', '/a', [none, 'my.photos', 'a', true]],
    ['photos.localhost', '/a', [none, 'photos', 'a', true]],
    // a bucket of a namespace
    ['photos.acme.s3.example.com', '/a/b', ['acme', 'photos', 'a/b', true]],
    ['my.photos.acme.s3.example.com', '/', ['acme', 'my.photos', none, true]],
    ['acme.photos.s3.example.com', '/', [none, 'acme.photos', none, true]],
    ['acme.acme.s3.example.com', '/', ['acme', 'acme', none, true]],
    // one base domain below another
    ['photos.eu.s3.example.com', '/a', [none, 'photos', 'a', true]],
    ['eu.s3.example.com', '/photos/a', [none, 'photos', 'a', false]],
    ['us.s3.example.com', '/a', [none, 'us', 'a', true]],
  ])('%j with %j is %j', (host, path, expected) => {
    expect(target(host, path)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['/bucket//', '/'],
    ['/bucket//a', '/a'],
    ['/bucket/a//b', 'a//b'],
    ['/bucket/a/', 'a/'],
    ['/bucket/../x', '../x'],
    ['/bucket/./x', './x'],
    ['/bucket/a%2Fb', 'a/b'],
    ['/bucket/a%2fb%25', 'a/b%'],
    ['/bucket/a+b', 'a+b'],
    ['/bucket/%20', ' '],
    ['/bucket/%E2%82%AC', '€'],
    ['/bucket/%F0%9F%98%80', '😀'],
    ['/bucket/%00', '\0'],
    ['/bucket/%0D%0A', '\r\n'],
    ['/bucket/a;b=c:d@e', 'a;b=c:d@e'],
  ])('%j names exactly the key %j', (path, key) => {
    expect(target('s3.example.com', path)).toEqual([none, 'bucket', key, false]);
    const rest = path.slice('/bucket'.length);
    expect(target('bucket.s3.example.com', rest)).toEqual([none, 'bucket', key, true]);
  });

  it('an encoded slash in the first part belongs to the bucket, which then has a bad name', () => {
    expect(target('s3.example.com', '/buc%2Fket/key')).toEqual([none, 'buc/ket', 'key', false]);
  });

  it('an empty bucket before a key stays empty', () => {
    expect(target('s3.example.com', '//key')).toEqual([none, '', 'key', false]);
  });

  it.each(['/bucket/%', '/bucket/%zz', '/bucket/%ff', '/%c0%80', '*', ''])(
    'refuses the path %j',
    (path) => {
      expect(() => target('s3.example.com', path)).toThrow(
        expect.objectContaining({ code: 'InvalidURI' }),
      );
    },
  );

  it('without base domains every host is path style', () => {
    const bare = { ...rules, domains: [] };
    expect(requestTarget('acme.s3.example.com', '/b/k', bare)).toMatchObject({
      namespace: undefined,
      bucket: 'b',
      key: 'k',
    });
  });

  it('brings back any key that a client percent-encodes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (key) => {
        const path = key.split('/').map(encodeURIComponent).join('/');
        expect(target('s3.example.com', `/b/${path}`)).toEqual([none, 'b', key, false]);
        expect(target('b.s3.example.com', `/${path}`)).toEqual([none, 'b', key, true]);
      }),
    );
  });

  it('answers or refuses whatever host and path hold', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (host, path) => {
        try {
          requestTarget(`${host}.s3.example.com`, `/${path}`, rules);
        } catch (error) {
          expect(error).toBeInstanceOf(S3Error);
        }
      }),
    );
  });
});
