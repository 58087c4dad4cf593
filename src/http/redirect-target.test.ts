/** Where a request over plain HTTP should have gone. */
import { expect, it } from 'vitest';
import { redirectTarget } from './redirect-target.ts';

const ports = { plain: 9080, secure: 9000 };

it.each([
  ['s3.example.com:9080', ports, 'https://s3.example.com:9000/b/k?acl'],
  ['[::1]:9080', ports, 'https://[::1]:9000/b/k?acl'],
  ['127.0.0.1:9080', ports, 'https://127.0.0.1:9000/b/k?acl'],
  ['bucket_1.s3.example.com:9080', ports, 'https://bucket_1.s3.example.com:9000/b/k?acl'],
  // The ports of the web: neither is written.
  ['s3.example.com', { plain: 80, secure: 443 }, 'https://s3.example.com/b/k?acl'],
  ['s3.example.com:80', { plain: 80, secure: 443 }, 'https://s3.example.com/b/k?acl'],
  ['s3.example.com', { plain: 80, secure: 9000 }, 'https://s3.example.com:9000/b/k?acl'],
  // Something in front stands for port 80.
  ['s3.example.com', ports, 'https://s3.example.com/b/k?acl'],
  // It stands for another one, and what goes with that nobody knows.
  ['s3.example.com:8080', ports, 'https://s3.example.com:9000/b/k?acl'],
])('%s with %o goes to %s', (host, on, url) => {
  expect(redirectTarget(host, '/b/k?acl', on)?.url).toBe(url);
});

it.each(['', ':80', 'a b', 'a/b', 'a@b', 'a:b', 'a:123456', 'a\\b', '[x]', 'a,b', 'é'])(
  'no host is %j',
  (host) => {
    expect(redirectTarget(host, '/', ports)).toBeUndefined();
  },
);

it('names the endpoint without the path', () => {
  expect(redirectTarget('a.example:9080', '/b', ports)?.authority).toBe('a.example:9000');
});
