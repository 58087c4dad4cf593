import { createHash, createHmac } from 'node:crypto';
import {
  CreateBucketCommand,
  GetObjectAclCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
} from '@aws-sdk/client-s3';
import { beforeAll, expect, test } from 'vitest';
import { allUsers, alt, main, type TestAccount, tenant } from '../support/accounts.ts';
import { bytesOf, read, readText } from '../support/objects.ts';
import { exchange, outcome, RawConnection } from '../support/raw-http.ts';
import { codeOf } from '../support/s3-client.ts';
import { startTestServer, uniqueBucketName } from '../support/test-server.ts';

const server = await startTestServer();
const Bucket = await server.createBucket();
const open = uniqueBucketName();

beforeAll(async () => {
  await server.main.send(new CreateBucketCommand({ Bucket: open, ACL: 'public-read-write' }));
});

type Fields = Readonly<Record<string, string>>;

interface Upload {
  readonly fields: Fields;
  /** Conditions beside those for the fields themselves; undefined for a form that nobody signs. */
  readonly conditions?: readonly unknown[];
  readonly file?: Buffer | string;
  readonly fileName?: string;
  readonly version?: 2 | 4;
  readonly account?: TestAccount;
  readonly bucket?: string;
  readonly expiration?: string;
  /** After the signature was made. */
  readonly change?: (form: Map<string, string>) => void;
  readonly headers?: Fields;
}

const tomorrow = () => new Date(Date.now() + 86_400_000).toISOString();

function signed(upload: Upload): Map<string, string> {
  const { fields, conditions, bucket = Bucket, account = main, version = 4 } = upload;
  const form = new Map(Object.entries(fields));
  if (conditions === undefined) return form;
  const date = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  if (version === 4) {
    form.set('X-Amz-Algorithm', 'AWS4-HMAC-SHA256');
    form.set('X-Amz-Credential', `${account.accessKeyId}/${date}/eu-west-3/s3/aws4_request`);
    form.set('X-Amz-Date', `${date}T000000Z`);
  }
  const covered = conditions.flatMap((condition) =>
    Array.isArray(condition) ? String(condition[1]).slice(1) : Object.keys(condition as object),
  );
  const own = [...form].filter(([name]) => !covered.includes(name) && !name.startsWith('x-ignore'));
  const document = {
    expiration: upload.expiration ?? tomorrow(),
    conditions: [{ bucket }, ...own.map(([name, value]) => ({ [name]: value })), ...conditions],
  };
  const policy = Buffer.from(JSON.stringify(document)).toString('base64');
  form.set('policy', policy);
  if (version === 2) {
    form.set('AWSAccessKeyId', account.accessKeyId);
    const hmac = createHmac('sha1', account.secretAccessKey);
    form.set('signature', hmac.update(policy).digest('base64'));
  } else {
    const key = [date, 'eu-west-3', 's3', 'aws4_request'].reduce<string | Buffer>(
      (secret, step) => createHmac('sha256', secret).update(step).digest(),
      `AWS4${account.secretAccessKey}`,
    );
    form.set('X-Amz-Signature', createHmac('sha256', key).update(policy).digest('hex'));
  }
  upload.change?.(form);
  return form;
}

async function post(upload: Upload) {
  const form = new FormData();
  for (const [name, value] of signed(upload)) form.append(name, value);
  const file = upload.file ?? 'bytes';
  form.append(
    'file',
    new Blob([typeof file === 'string' ? file : new Uint8Array(file)]),
    upload.fileName ?? 'f',
  );
  const answer = await fetch(`${server.endpoint}/${upload.bucket ?? Bucket}`, {
    method: 'POST',
    body: form,
    redirect: 'manual',
    headers: upload.headers ?? {},
  });
  const body = await answer.text();
  const code = /<Code>(\w+)<\/Code>/.exec(body)?.[1];
  return { status: answer.status, headers: answer.headers, body, code };
}

test.each([2, 4] as const)(
  'a form with a policy of signature version %d is taken',
  async (version) => {
    const file = bytesOf(300_000, version);
    const { status, headers, body } = await post({
      version,
      file,
      fields: { key: 'signed', 'Content-Type': 'image/png', 'x-ignore-me': 'x' },
      conditions: [
        ['starts-with', '$key', 'sig'],
        ['content-length-range', 0, 300_000],
      ],
    });
    expect([status, body]).toEqual([204, '']);
    expect(headers.get('location')).toBe(`${server.endpoint}/${Bucket}/signed`);
    expect(headers.get('etag')).toBe(`"${createHash('md5').update(file).digest('hex')}"`);
    expect((await read(server.main, Bucket, 'signed')).equals(file)).toBe(true);
  },
);

test('its fields are the headers, metadata, tags and ACL of the object', async () => {
  const { status } = await post({
    fields: {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: the form's own variable
      key: 'described/${filename}',
      acl: 'public-read',
      'Cache-Control': 'max-age=5',
      'Content-Type': 'text/plain',
      'Content-Disposition': 'inline',
      'Content-Encoding': 'x-own',
      Expires: 'Wed, 01 Jan 2031 00:00:00 GMT',
      'x-amz-meta-Who': 'мы',
      tagging: '<Tagging><TagSet><Tag><Key>a+b=c</Key><Value>1 2</Value></Tag></TagSet></Tagging>',
    },
    fileName: 'C:\\own files\\ü.txt',
    conditions: [['starts-with', '$key', 'described/']],
  });
  expect(status).toBe(204);
  const at = { Bucket, Key: 'described/ü.txt' };
  expect(await server.main.send(new HeadObjectCommand(at))).toMatchObject({
    CacheControl: 'max-age=5',
    ContentType: 'text/plain',
    ContentDisposition: 'inline',
    ContentEncoding: 'x-own',
    ExpiresString: 'Wed, 01 Jan 2031 00:00:00 GMT',
    Metadata: { who: '=?UTF-8?B?0LzRiw==?=' },
  });
  const { TagSet } = await server.main.send(new GetObjectTaggingCommand(at));
  expect(TagSet).toEqual([{ Key: 'a+b=c', Value: '1 2' }]);
  const { Grants } = await server.main.send(new GetObjectAclCommand(at));
  expect(Grants?.some(({ Grantee }) => Grantee?.URI === allUsers)).toBe(true);
});

test('anybody may post where anybody may write, and nowhere else', async () => {
  expect(await post({ bucket: open, fields: { key: 'anonymous' } })).toMatchObject({ status: 204 });
  expect(await readText(server.main, open, 'anonymous')).toBe('bytes');
  expect(await post({ fields: { key: 'anonymous' } })).toMatchObject({
    status: 403,
    code: 'AccessDenied',
  });
  const other = { account: alt, fields: { key: 'theirs' }, conditions: [] };
  expect(await post(other)).toMatchObject({ status: 403, code: 'AccessDenied' });
});

test('a form acts in the namespace of the key that signed it', async () => {
  const bucket = await server.createBucket(server.tenant);
  await server.tenant.send(
    new PutBucketCorsCommand({
      Bucket: bucket,
      CORSConfiguration: {
        CORSRules: [{ AllowedMethods: ['POST'], AllowedOrigins: ['https://form.example.com'] }],
      },
    }),
  );
  const { status, headers } = await post({
    bucket,
    account: tenant,
    fields: { key: 'k' },
    conditions: [],
    headers: { Origin: 'https://form.example.com' },
  });
  expect(status).toBe(204);
  expect(headers.get('access-control-allow-origin')).toBe('https://form.example.com');
  expect(await readText(server.tenant, bucket, 'k')).toBe('bytes');
});

test('the answer is what the form asks for', async () => {
  const fields = { key: 'asked/a b' };
  const at = (success_action_status: string) =>
    post({ bucket: open, fields: { ...fields, success_action_status } });
  expect(await at('200')).toMatchObject({ status: 200, body: '' });
  expect(await at('204')).toMatchObject({ status: 204 });
  expect(await at('404')).toMatchObject({ status: 204 });
  const created = await at('201');
  expect(created.status).toBe(201);
  const etag = created.headers.get('etag')!;
  expect(created.body).toContain(
    `<PostResponse><Location>${server.endpoint}/${open}/asked/a%20b</Location><Bucket>${open}</Bucket><Key>asked/a b</Key><ETag>${etag.replaceAll('"', '&quot;')}</ETag></PostResponse>`,
  );

  const redirect = (to: string, name = 'success_action_redirect') =>
    post({ bucket: open, fields: { ...fields, [name]: to } });
  const query = `bucket=${open}&key=asked%2Fa%20b&etag=${encodeURIComponent(etag)}`;
  const plain = await redirect('https://example.com/done');
  expect([plain.status, plain.headers.get('location')]).toEqual([
    303,
    `https://example.com/done?${query}`,
  ]);
  const more = await redirect('https://example.com/?x=1', 'redirect');
  expect(more.headers.get('location')).toBe(`https://example.com/?x=1&${query}`);
  expect(await redirect('not a URL')).toMatchObject({ status: 204 });
  expect(await redirect('javascript:alert(1)')).toMatchObject({ status: 204 });
});

test.each<readonly [string, Partial<Upload>, string]>([
  ['a condition that is not met', { conditions: [['eq', '$key', 'other']] }, '403 AccessDenied'],
  [
    'a field without a condition',
    { change: (form) => form.set('acl', 'private') },
    '403 AccessDenied',
  ],
  ['an expired policy', { expiration: '2020-01-01T00:00:00Z' }, '403 AccessDenied'],
  ['an expiration in no form', { expiration: 'tomorrow' }, '400 InvalidPolicyDocument'],
  ['a malformed condition', { conditions: [{}] }, '400 InvalidPolicyDocument'],
  ['too large a file', { conditions: [['content-length-range', 0, 4]] }, '400 EntityTooLarge'],
  ['too small a file', { conditions: [['content-length-range', 6, 9]] }, '400 EntityTooSmall'],
  [
    'a changed policy',
    { change: (form) => form.set('policy', `${form.get('policy')!}AAAA`) },
    '403 SignatureDoesNotMatch',
  ],
  ['no key', { fields: {} }, '400 InvalidArgument'],
  ['an empty key', { fields: { key: '' } }, '400 InvalidArgument'],
  ['a canned ACL that there is not', { fields: { key: 'k', acl: 'all' } }, '400 InvalidArgument'],
  ['tags that are no document', { fields: { key: 'k', tagging: 'a=b' } }, '400 MalformedXML'],
  [
    'a session token',
    { fields: { key: 'k', 'x-amz-security-token': 'token' } },
    '400 InvalidToken',
  ],
  [
    'the wrong checksum',
    { change: (form) => form.set('x-amz-checksum-crc32', 'AAAAAA==') },
    '400 BadDigest',
  ],
  ['another bucket in its policy', { conditions: [{ bucket: 'another' }] }, '403 AccessDenied'],
])('a form with %s is refused', async (_, upload, expected) => {
  for (const version of [2, 4] as const) {
    const answer = await post({ version, fields: { key: 'refused' }, conditions: [], ...upload });
    expect(`${answer.status} ${answer.code}`).toBe(expected);
  }
  const head = new HeadObjectCommand({ Bucket, Key: 'refused' });
  expect(await codeOf(server.main.send(head))).toMatch(/^404/);
});

test.each([
  ['an unknown access key', 'AWSAccessKeyId', 'UNKNOWN', '403 InvalidAccessKeyId'],
  ['no signature', 'signature', undefined, '400 InvalidArgument'],
  ['no access key', 'AWSAccessKeyId', undefined, '400 InvalidArgument'],
  ['no policy', 'policy', undefined, '400 InvalidArgument'],
] as const)('a form with %s is refused', async (_, name, value, expected) => {
  const answer = await post({
    bucket: open,
    version: 2,
    fields: { key: 'refused' },
    conditions: [],
    change: (form) => (value === undefined ? form.delete(name) : form.set(name, value)),
  });
  expect(`${answer.status} ${answer.code}`).toBe(expected);
});

test('a checksum that fits is kept', async () => {
  const sha256 = createHash('sha256').update('bytes').digest('base64');
  const { status } = await post({
    fields: { key: 'summed' },
    conditions: [],
    change: (form) => form.set('x-amz-checksum-sha256', sha256),
  });
  expect(status).toBe(204);
  const head = new HeadObjectCommand({ Bucket, Key: 'summed', ChecksumMode: 'ENABLED' });
  expect((await server.main.send(head)).ChecksumSHA256).toBe(sha256);
});

async function raw(body: string, headers = 'Content-Type: multipart/form-data; boundary=b\r\n') {
  const head = `POST /${open} HTTP/1.1\r\nHost: localhost\r\n${headers}Content-Length: ${body.length}\r\n\r\n`;
  return outcome(await exchange(server.port, Buffer.from(head + body)));
}
const field = (name: string, value: string) =>
  `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

test('what is no form, or breaks off, is refused', async () => {
  expect(await raw('key=k', 'Content-Type: application/x-www-form-urlencoded\r\n')).toBe(
    '412 RequestIsNotMultiPartContent',
  );
  expect(await raw('', '')).toBe('412 RequestIsNotMultiPartContent');
  expect(await raw(field('key', 'k'))).toBe('400 MalformedPOSTRequest');
  expect(await raw(`${field('key', 'broken')}${field('file', 'x')}`)).toBe(
    '400 MalformedPOSTRequest',
  );
  expect(await raw(`${field('key', 'k')}--b--`)).toBe('400 InvalidArgument');
  expect(await raw(`${field('file', 'x')}${field('key', 'k')}--b--`)).toBe('400 InvalidArgument');
  const head = new HeadObjectCommand({ Bucket: open, Key: 'broken' });
  expect(await codeOf(server.main.send(head))).toMatch(/^404/);
});

test('fields after the file have no effect', async () => {
  const form = `${field('key', 'last')}${field('file', 'x')}${field('acl', 'nonsense')}--b--`;
  expect(await raw(form)).toBe('204');
  expect(await readText(server.main, open, 'last')).toBe('x');
});

test('a refused form leaves its connection good for the next request', async () => {
  const form = `${field('key', 'large')}${field('acl', 'nonsense')}${field('file', 'x'.repeat(900_000))}--b--`;
  const head = `POST /${open} HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${form.length}\r\n\r\n`;
  const connection = await RawConnection.open(server.port);
  try {
    const written = connection.write(head + form);
    expect(outcome(await connection.response())).toBe('400 InvalidArgument');
    await written;
    await connection.write(`GET /${open}/anonymous HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(outcome(await connection.response())).toBe('403 AccessDenied');
  } finally {
    connection.close();
  }
});
