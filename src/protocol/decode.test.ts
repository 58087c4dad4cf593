import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationName } from '../model/operations.gen.ts';
import { operations } from '../model/operations.gen.ts';
import type { Member } from '../model/shape.ts';
import { bindingsOf, structureOf, wireName } from './bindings.ts';
import { shapeValue } from './contract/shape-values.ts';
import { decodeInput } from './decode.ts';
import { encodeDocument } from './encode-xml.ts';
import { formatScalar } from './format-scalar.ts';
import { encodeHeaderText, encodeMetadataValue } from './header-text.ts';
import { parseQuery } from './query.ts';
import type { RequestTarget, WireRequest } from './request.ts';

const names = Object.keys(operations) as OperationName[];
const target: RequestTarget = {
  namespace: undefined,
  bucket: 'bucket',
  key: 'key',
  bucketInHost: false,
};

function wire(rawQuery = '', headers: Record<string, string> = {}): WireRequest {
  return { method: 'GET', rawPath: '/bucket/key', rawQuery, query: parseQuery(rawQuery), headers };
}

const xml = (text: string) => Buffer.from(text, 'utf8');
const failure = (code: string, fields?: Record<string, string>) =>
  expect.objectContaining(fields === undefined ? { code } : { code, fields });

/** What a client does: the other direction of the same tables. */
function encodeInput(name: OperationName, input: Readonly<Record<string, unknown>>) {
  const bindings = bindingsOf(operations[name].input);
  const headers: Record<string, string> = Object.create(null);
  const text = (member: Member, value: unknown) =>
    member.kind === 'list'
      ? (value as string[]).join(', ')
      : encodeHeaderText(formatScalar(member.kind, value));
  for (const { member, lowerCase } of bindings.headers) {
    const value = input[member.name];
    if (value !== undefined) headers[lowerCase] = text(member, value);
  }
  if (bindings.prefixed !== undefined) {
    const { member, lowerCase } = bindings.prefixed;
    for (const [entry, value] of Object.entries((input[member.name] ?? {}) as object)) {
      headers[lowerCase + entry] = encodeMetadataValue(value as string);
    }
  }
  const query = bindings.queries
    .filter((member) => input[member.name] !== undefined)
    .map((member) => {
      const value = formatScalar(member.kind, input[member.name]);
      return `${wireName(member)}=${encodeURIComponent(value)}`;
    });
  return { request: wire(query.join('&'), headers), payload: encodePayload(name, input) };
}

function encodePayload(
  name: OperationName,
  input: Readonly<Record<string, unknown>>,
): Buffer | undefined {
  const { payload: member, elements, root } = bindingsOf(operations[name].input);
  if (member === undefined) {
    return elements.length === 0
      ? undefined
      : xml(encodeDocument(operations[name].input, root, input));
  }
  const value = input[member.name];
  if (value === undefined || member.kind === 'stream') return value as Buffer | undefined;
  if (member.kind === 'string') return xml(value as string);
  const rootName = member.wire ?? bindingsOf(structureOf(member)).root;
  return xml(encodeDocument(structureOf(member), rootName, value as Record<string, unknown>));
}

describe('decodeInput', () => {
  it.each(names)('reads back every input of %s that the tables can write', (name) => {
    const input = shapeValue(operations[name].input, ({ in: place }) => place === 'label');
    fc.assert(
      fc.property(input, (value) => {
        const { request, payload } = encodeInput(name, value);
        const decoded = decodeInput(name, request, target, payload);
        const { labels } = bindingsOf(operations[name].input);
        const expected = Object.fromEntries(
          labels.map((member) => [member.name, member.name === 'Bucket' ? 'bucket' : 'key']),
        );
        expect(decoded).toEqual({ ...expected, ...value });
      }),
      { numRuns: 30 },
    );
  });

  it('takes bucket and key from what host and path name', () => {
    expect(decodeInput('GetObject', wire(), target, undefined)).toEqual({
      Bucket: 'bucket',
      Key: 'key',
    });
  });

  it('keeps Expires as it came', () => {
    const { ExpiresString } = decodeInput(
      'PutObject',
      wire('', { expires: 'whenever' }),
      target,
      undefined,
    );
    expect(ExpiresString).toBe('whenever');
  });

  it('reads metadata with lower-case names, decoded, and safe from special names', () => {
    const headers: Record<string, string> = Object.create(null);
    headers['x-amz-meta-a'] = Buffer.from('größe', 'utf8').toString('latin1');
    headers['x-amz-meta-b'] = '=?UTF-8?B?Z3LDtsOfZQ==?=';
    headers['x-amz-meta-__proto__'] = 'x';
    headers['x-amz-meta-'] = 'no name';
    const { Metadata } = decodeInput('PutObject', wire('', headers), target, undefined);
    expect(Object.entries(Metadata!)).toEqual([
      ['a', 'größe'],
      ['b', 'größe'],
      ['__proto__', 'x'],
    ]);
  });

  it('refuses metadata over the limit', () => {
    const headers = { 'x-amz-meta-a': 'x'.repeat(2048) };
    expect(() => decodeInput('PutObject', wire('', headers), target, undefined)).toThrow(
      failure('MetadataTooLarge'),
    );
  });

  it('takes x-amz headers that a presigned URL carries as parameters', () => {
    const query = 'X-Amz-Signature=0&x-amz-acl=public-read&x-amz-meta-a=1';
    expect(decodeInput('PutObject', wire(query), target, undefined)).toMatchObject({
      ACL: 'public-read',
      Metadata: { a: '1' },
    });
    expect(() =>
      decodeInput('PutObject', wire(query, { 'x-amz-acl': 'private' }), target, undefined),
    ).toThrow(failure('InvalidRequest'));
  });

  it('reads any text of a header that a presigned URL carries', () => {
    const redirect = '/gr\u00f6\u00dfe \u0700\u{1f600}';
    const query = `X-Amz-Signature=0&x-amz-website-redirect-location=${encodeURIComponent(redirect)}`;
    expect(decodeInput('PutObject', wire(query), target, undefined)).toMatchObject({
      WebsiteRedirectLocation: redirect,
    });
  });

  it('takes no headers from the query of a request that is not presigned', () => {
    const input = decodeInput('PutObject', wire('x-amz-acl=public-read'), target, undefined);
    expect(input).not.toHaveProperty('ACL');
  });

  it('takes a presigned checksum unless it is that of no bytes, which SDKs sign before they have any', () => {
    const presigned = (value: string) =>
      decodeInput(
        'PutObject',
        wire(`X-Amz-Signature=0&x-amz-checksum-crc32=${value}&x-amz-sdk-checksum-algorithm=CRC32`),
        target,
        undefined,
      );
    expect(presigned('OncRQw%3D%3D')).toMatchObject({
      ChecksumCRC32: 'OncRQw==',
      ChecksumAlgorithm: 'CRC32',
    });
    expect(presigned('AAAAAA%3D%3D')).toEqual({ Bucket: 'bucket', Key: 'key' });
  });

  it.each([
    [
      'max-keys=abc',
      'Provided max-keys not an integer or within integer range',
      { ArgumentName: 'max-keys', ArgumentValue: 'abc' },
    ],
    [
      'max-keys=-1',
      'Argument maxKeys must be an integer between 0 and 2147483647',
      { ArgumentName: 'max-keys', ArgumentValue: '-1' },
    ],
    [
      'encoding-type=html',
      'Invalid Encoding Method specified in Request',
      { ArgumentName: 'encoding-type', ArgumentValue: 'html' },
    ],
  ])('refuses %s as S3 does', (query, message, fields) => {
    expect(() => decodeInput('ListObjects', wire(query), target, undefined)).toThrow(
      expect.objectContaining({ code: 'InvalidArgument', message, fields }),
    );
  });

  it('takes a number without a value for absent, and text for empty', () => {
    expect(decodeInput('ListObjects', wire('max-keys=&prefix='), target, undefined)).toEqual({
      Bucket: 'bucket',
      Prefix: '',
    });
  });

  it('refuses part numbers that S3 has not', () => {
    for (const partNumber of ['0', '10001', '-1']) {
      const request = wire(`uploadId=u&partNumber=${partNumber}`);
      expect(() => decodeInput('UploadPart', request, target, undefined)).toThrow(
        failure('InvalidArgument', { ArgumentName: 'partNumber', ArgumentValue: partNumber }),
      );
    }
  });

  it('says which parameter or header lacks', () => {
    expect(() => decodeInput('UploadPart', wire('uploadId=u'), target, undefined)).toThrow(
      failure('InvalidArgument', { ArgumentName: 'partNumber', ArgumentValue: '' }),
    );
    expect(() => decodeInput('GetObjectAttributes', wire(), target, undefined)).toThrow(
      expect.objectContaining({
        code: 'InvalidRequest',
        message: 'Missing required header for this request: x-amz-object-attributes',
      }),
    );
  });

  it('refuses an empty version id and line breaks in response headers', () => {
    for (const query of ['versionId', 'response-content-type=a%0d%0aX: y']) {
      expect(() => decodeInput('GetObject', wire(query), target, undefined)).toThrow(
        failure('InvalidArgument'),
      );
    }
  });

  it.each([
    ['x-amz-storage-class', 'FakeClass', 'InvalidStorageClass'],
    ['x-amz-acl', 'secret', 'InvalidArgument'],
    ['x-amz-acl', '', 'InvalidArgument'],
    ['x-amz-sdk-checksum-algorithm', 'CRC7', 'InvalidRequest'],
    ['x-amz-object-lock-retain-until-date', 'tomorrow', 'InvalidArgument'],
  ])('refuses %s: %s', (header, value, code) => {
    const request = wire('', { [header]: value });
    expect(() => decodeInput('PutObject', request, target, undefined)).toThrow(failure(code));
  });

  it('ignores a condition whose date it cannot read', () => {
    const request = wire('', { 'if-modified-since': 'yesterday' });
    expect(decodeInput('GetObject', request, target, undefined)).toEqual({
      Bucket: 'bucket',
      Key: 'key',
    });
  });

  it('reads lists in headers', () => {
    const request = wire('', { 'x-amz-object-attributes': 'ETag,  Checksum' });
    expect(decodeInput('GetObjectAttributes', request, target, undefined)).toMatchObject({
      ObjectAttributes: ['ETag', 'Checksum'],
    });
  });

  it('hands a stream on untouched', () => {
    const body = Buffer.from('x');
    expect(decodeInput('PutObject', wire(), target, body).Body).toBe(body);
  });
});

describe('decodeInput of XML', () => {
  const deletion = (document: string) =>
    decodeInput('DeleteObjects', wire('delete'), target, xml(document));

  it('takes elements in any order, with and without namespace, and ignores unknown ones', () => {
    const expected = { Objects: [{ Key: 'a', VersionId: 'v' }], Quiet: true };
    for (const document of [
      '<Delete><Quiet>true</Quiet><Object><Key>a</Key><VersionId>v</VersionId></Object></Delete>',
      '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><VersionId>v</VersionId><Key>a</Key></Object><Quiet>true</Quiet></Delete>',
      '<s:Delete xmlns:s="urn:x"><s:New/><s:Object><s:Key>a</s:Key><s:VersionId>v</s:VersionId></s:Object><s:Quiet> true </s:Quiet></s:Delete>',
    ]) {
      expect(deletion(document).Delete).toEqual(expected);
    }
  });

  it('keeps every character of a key', () => {
    const document = '<Delete><Object><Key> a&amp;b&#13;&#x1;\n😀 </Key></Object></Delete>';
    expect(deletion(document).Delete.Objects[0]!.Key).toBe(' a&b\r\u0001\n😀 ');
  });

  it.each([
    ['another root', '<Remove><Object><Key>a</Key></Object></Remove>'],
    ['a missing list', '<Delete><Quiet>true</Quiet></Delete>'],
    ['a missing key', '<Delete><Object/></Delete>'],
    ['an element twice', '<Delete><Object><Key>a</Key><Key>b</Key></Object></Delete>'],
    ['a bad boolean', '<Delete><Object><Key>a</Key></Object><Quiet>maybe</Quiet></Delete>'],
    ['broken XML', '<Delete><Object>'],
    ['1,001 keys', `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1001)}</Delete>`],
  ])('refuses %s', (_, document) => {
    expect(() => deletion(document)).toThrow(failure('MalformedXML'));
  });

  it('takes 1,000 keys', () => {
    const document = `<Delete>${'<Object><Key>a</Key></Object>'.repeat(1000)}</Delete>`;
    expect(deletion(document).Delete.Objects).toHaveLength(1000);
  });

  it('refuses values outside their enumeration', () => {
    const put = (status: string) =>
      decodeInput(
        'PutBucketVersioning',
        wire('versioning'),
        target,
        xml(`<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`),
      );
    expect(put('Enabled').VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(() => put('enabled')).toThrow(failure('MalformedXML'));
    expect(() => put('')).toThrow(failure('MalformedXML'));
  });

  it('reads the type of a grantee from its attribute', () => {
    const { AccessControlPolicy } = decodeInput(
      'PutObjectAcl',
      wire('acl'),
      target,
      xml(
        '<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>u</ID></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>',
      ),
    );
    expect(AccessControlPolicy).toEqual({
      Owner: { ID: 'o' },
      Grants: [{ Grantee: { Type: 'CanonicalUser', ID: 'u' }, Permission: 'READ' }],
    });
  });

  it('has a code of its own for access control lists', () => {
    for (const document of ['<AccessControlPolicy>', '<Policy/>']) {
      expect(() => decodeInput('PutBucketAcl', wire('acl'), target, xml(document))).toThrow(
        failure('MalformedACLError'),
      );
    }
  });

  it('says that a required body is missing, and lets an optional one be', () => {
    for (const payload of [undefined, Buffer.alloc(0)]) {
      expect(() => decodeInput('PutBucketTagging', wire('tagging'), target, payload)).toThrow(
        failure('MissingRequestBodyError'),
      );
      expect(decodeInput('CreateBucket', wire(), target, payload)).toEqual({ Bucket: 'bucket' });
      expect(
        decodeInput('CompleteMultipartUpload', wire('uploadId=u'), target, payload).MultipartUpload,
      ).toBeUndefined();
    }
  });

  it('reads a policy as text', () => {
    const input = decodeInput('PutBucketPolicy', wire('policy'), target, xml('{"größe":1}'));
    expect(input.Policy).toBe('{"größe":1}');
  });
});
