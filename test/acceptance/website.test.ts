import {
  CreateBucketCommand,
  DeleteBucketWebsiteCommand,
  GetBucketWebsiteCommand,
  PutBucketCorsCommand,
  PutBucketWebsiteCommand,
  type WebsiteConfiguration,
} from '@aws-sdk/client-s3';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { tenant } from '../support/accounts.ts';
import { put } from '../support/objects.ts';
import { exchange } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer({ websiteDomain: ['sites.example.com'] });
const Bucket = uniqueBucketName();
const host = `${Bucket}.sites.example.com`;

const plain: WebsiteConfiguration = {
  IndexDocument: { Suffix: 'index.html' },
  ErrorDocument: { Key: 'error.html' },
};

function configure(configuration: WebsiteConfiguration, client = server.main, bucket = Bucket) {
  return client.send(
    new PutBucketWebsiteCommand({ Bucket: bucket, WebsiteConfiguration: configuration }),
  );
}

interface Asked {
  readonly method?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function visit(path: string, asked: Asked = {}) {
  const { method = 'GET', headers = {} } = asked;
  const lines = Object.entries({ Host: asked.host ?? host, ...headers }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  const request = `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
  const answer = await exchange(server.port, request, { head: method === 'HEAD' });
  return { ...answer, text: answer.body.toString('utf8') };
}

async function locationOf(path: string, asked: Asked = {}): Promise<string> {
  const { status, headers } = await visit(path, asked);
  return `${status} ${headers.location}`;
}

const open = { ACL: 'public-read', ContentType: 'text/html' } as const;

beforeAll(async () => {
  await server.main.send(new CreateBucketCommand({ Bucket, ACL: 'public-read' }));
  await put(server.main, Bucket, 'index.html', 'home', open);
  await put(server.main, Bucket, 'docs/index.html', 'docs', open);
  await put(server.main, Bucket, 'page.html', 'page', open);
  await put(server.main, Bucket, 'error.html', 'lost', open);
  await put(server.main, Bucket, 'secret.html', 'secret');
  await put(server.main, Bucket, 'moved', '', { ...open, WebsiteRedirectLocation: '/page.html' });
});

beforeEach(() => configure(plain));

test('a configuration is given back as it was set, and is gone after its deletion', async () => {
  const full: WebsiteConfiguration = {
    ...plain,
    RoutingRules: [
      {
        Condition: { KeyPrefixEquals: 'a/', HttpErrorCodeReturnedEquals: '404' },
        Redirect: { HostName: 'example.com', Protocol: 'https', ReplaceKeyPrefixWith: 'b/' },
      },
    ],
  };
  await configure(full);
  const get = new GetBucketWebsiteCommand({ Bucket });
  expect(await server.main.send(get)).toMatchObject(full);
  expect(await codeOf(server.alt.send(get))).toBe('403 AccessDenied');
  expect(await codeOf(configure(plain, server.alt))).toBe('403 AccessDenied');
  expect(await codeOf(configure({}))).toBe('400 InvalidArgument');
  await server.main.send(new DeleteBucketWebsiteCommand({ Bucket }));
  expect(await codeOf(server.main.send(get))).toBe('404 NoSuchWebsiteConfiguration');
  const { status, text } = await visit('/');
  expect(status).toBe(404);
  expect(text).toContain('<li>Code: NoSuchWebsiteConfiguration</li>');
});

test('objects are pages, and the index document stands for its folder', async () => {
  const home = await visit('/');
  expect([home.status, home.text, home.headers['content-type']]).toEqual([
    200,
    'home',
    'text/html',
  ]);
  expect((await visit('/docs/')).text).toBe('docs');
  expect((await visit('/page.html?a=1&acl')).text).toBe('page');
  expect(await locationOf('/docs')).toBe(`302 http://${host}/docs/`);
  const head = await visit('/page.html', { method: 'HEAD' });
  expect([head.status, head.headers['content-length'], head.text]).toEqual([200, '4', '']);
  const range = await visit('/page.html', { headers: { Range: 'bytes=1-2' } });
  expect([range.status, range.text]).toEqual([206, 'ag']);
  const known = { 'If-None-Match': home.headers.etag! };
  expect((await visit('/', { headers: known })).status).toBe(304);
});

test('an error has its own status and the error document', async () => {
  const missing = await visit('/missing.html');
  expect([missing.status, missing.text]).toEqual([404, 'lost']);
  expect(missing.headers['x-amz-error-code']).toBe('NoSuchKey');
  const ranged = await visit('/missing.html', { headers: { Range: 'bytes=0-0' } });
  expect([ranged.status, ranged.text]).toEqual([404, 'lost']);
  expect([(await visit('/secret.html')).status, (await visit('/secret.html')).text]).toEqual([
    403,
    'lost',
  ]);
});

test('without an error document, an error is a page of HTML', async () => {
  await configure({ IndexDocument: { Suffix: 'index.html' } });
  const { status, text, headers } = await visit('/%3Cb%3E');
  expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  expect(text).toContain('<h1>404 Not Found</h1>');
  expect(text).toContain('<li>Code: NoSuchKey</li>');
  expect(text).toContain('<li>Key: &lt;b&gt;</li>');
  const nowhere = await visit('/', { host: `${uniqueBucketName()}.sites.example.com` });
  expect([nowhere.status, nowhere.headers['x-amz-error-code']]).toEqual([404, 'NoSuchBucket']);
});

test('a website is only read, whoever asks', async () => {
  const { status, headers, text } = await visit('/page.html', { method: 'DELETE' });
  expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
  expect(text).toContain('<h1>405 Method Not Allowed</h1>');
  expect((await visit('/page.html', { headers: { Authorization: 'AWS x:y' } })).text).toBe('page');
});

test('an object may redirect elsewhere', async () => {
  expect(await locationOf('/moved')).toBe('301 /page.html');
});

test('all requests may be redirected, with their query', async () => {
  await configure({ RedirectAllRequestsTo: { HostName: 'example.com', Protocol: 'https' } });
  expect(await locationOf('/a%20b?x=1')).toBe('301 https://example.com/a%20b?x=1');
  await configure({ RedirectAllRequestsTo: { HostName: 'example.com' } });
  expect(await locationOf('/')).toBe('301 http://example.com/');
});

test('routing rules redirect by prefix and by error', async () => {
  await configure({
    ...plain,
    RoutingRules: [
      {
        Condition: { KeyPrefixEquals: 'old/' },
        Redirect: { ReplaceKeyPrefixWith: 'new/', HttpRedirectCode: '302' },
      },
      {
        Condition: { HttpErrorCodeReturnedEquals: '404', KeyPrefixEquals: 'app/' },
        Redirect: { HostName: 'app.example.com', Protocol: 'https', ReplaceKeyPrefixWith: '' },
      },
    ],
  });
  expect(await locationOf('/old/a')).toBe(`302 http://${host}/new/a`);
  expect(await locationOf('/app/x')).toBe('301 https://app.example.com/x');
  expect((await visit('/other')).text).toBe('lost');
  expect((await visit('/page.html')).text).toBe('page');
});

test("a namespace's buckets are below its own name", async () => {
  const theirs = uniqueBucketName();
  await server.tenant.send(new CreateBucketCommand({ Bucket: theirs, ACL: 'public-read' }));
  await put(server.tenant, theirs, 'index.html', 'theirs', open);
  await configure(plain, server.tenant, theirs);
  expect((await visit('/', { host: `${theirs}.tenantx.sites.example.com` })).text).toBe('theirs');
  expect((await visit('/', { host: `${theirs}.sites.example.com` })).status).toBe(404);
});

test('pages of other origins may read it where CORS rules say so', async () => {
  await server.main.send(
    new PutBucketCorsCommand({
      Bucket,
      CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] },
    }),
  );
  const headers = { Origin: 'https://a.net', 'Access-Control-Request-Method': 'GET' };
  expect((await visit('/page.html', { method: 'OPTIONS', headers })).status).toBe(200);
  const page = await visit('/page.html', { headers: { Origin: 'https://a.net' } });
  expect(page.headers['access-control-allow-origin']).toBe('*');
});

test("the key that a visitor names brings no other namespace's CORS rules", async () => {
  const shared = uniqueBucketName();
  for (const client of [server.main, server.tenant]) {
    await client.send(new CreateBucketCommand({ Bucket: shared, ACL: 'public-read' }));
    await put(client, shared, 'index.html', 'page', open);
    await configure(plain, client, shared);
  }
  await server.tenant.send(
    new PutBucketCorsCommand({
      Bucket: shared,
      CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'] }] },
    }),
  );
  const page = await visit('/', {
    host: `${shared}.sites.example.com`,
    headers: { Origin: 'https://a.net', Authorization: `AWS ${tenant.accessKeyId}:x` },
  });
  expect([page.text, page.headers['access-control-allow-origin']]).toEqual(['page', undefined]);
});
