import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OperationRow } from '../model/operation.ts';
import { type OperationName, operations } from '../model/operations.gen.ts';
import { bindingsOf, structureOf } from './bindings.ts';
import { shapeValue } from './contract/shape-values.ts';
import { decodeStructure } from './decode-xml.ts';
import { encodeOutput } from './encode.ts';
import { decodeHeaderText, decodeMetadataValue } from './header-text.ts';
import { decodeUrl } from './url-encoding.ts';
import { parseMember } from './values.ts';
import { parseXml } from './xml/parse.ts';

const withOutput = (Object.keys(operations) as OperationName[]).filter(
  (name) => (operations[name] as OperationRow).output !== undefined,
);
const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

function text(body: unknown): string {
  return (body as Buffer).toString('utf8');
}

function pairs(headers: readonly string[]): [string, string][] {
  return headers.flatMap((name, index) => (index % 2 === 0 ? [[name, headers[index + 1]!]] : []));
}

/** What a client does: the other direction of the same tables. */
function decodeOutput(name: OperationName, headers: readonly string[], body: unknown) {
  const bindings = bindingsOf((operations[name] as OperationRow).output!);
  const sent = new Map(pairs(headers));
  const output: Record<string, unknown> = {};
  for (const { member, wire } of bindings.headers) {
    const value = sent.get(wire);
    if (value === undefined) continue;
    output[member.name] =
      member.kind === 'string' ? decodeHeaderText(value) : parseMember(member, value);
  }
  if (bindings.prefixed !== undefined) {
    const { member, lowerCase } = bindings.prefixed;
    const entries = [...sent].filter(([header]) => header.startsWith(lowerCase));
    if (entries.length > 0) {
      output[member.name] = Object.fromEntries(
        entries.map(([header, value]) => [
          header.slice(lowerCase.length),
          decodeMetadataValue(value),
        ]),
      );
    }
  }
  const { payload } = bindings;
  if (payload === undefined) {
    return body === undefined
      ? output
      : { ...output, ...decodeStructure(bindings, parseXml(body as Buffer)) };
  }
  if (body === undefined) return output;
  const decoded =
    payload.kind === 'structure'
      ? decodeStructure(bindingsOf(structureOf(payload)), parseXml(body as Buffer))
      : payload.kind === 'string'
        ? text(body)
        : body;
  return { ...output, [payload.name]: decoded };
}

describe('encodeOutput', () => {
  it.each(withOutput.filter((name) => name !== 'GetBucketLocation'))(
    'writes every output of %s so that the tables can read it',
    (name) => {
      const output = shapeValue((operations[name] as OperationRow).output!).map((value) => {
        const { EncodingType: _, ...rest } = value;
        return rest;
      });
      fc.assert(
        fc.property(output, (value) => {
          const { headers, body } = encodeOutput(name, value as never);
          const decoded: Record<string, unknown> = decodeOutput(name, headers, body);
          for (const key of Object.keys(decoded)) {
            if (decoded[key] === '' && value[key] === undefined) delete decoded[key];
          }
          expect(decoded).toEqual(value);
        }),
        { numRuns: 30 },
      );
    },
  );

  it('answers with the status of the operation, and 206 for a part of an object', () => {
    expect(encodeOutput('DeleteObject', {}).status).toBe(204);
    expect(encodeOutput('GetObject', {}).status).toBe(200);
    expect(encodeOutput('GetObject', { ContentRange: 'bytes 0-1/2' }).status).toBe(206);
    expect(encodeOutput('HeadObject', { ContentRange: 'bytes 0-1/2' }).status).toBe(206);
  });

  it('answers with nothing but the status where the model has no output', () => {
    expect(encodeOutput('DeleteBucket', {})).toEqual({
      status: 204,
      headers: [],
      body: undefined,
    });
  });

  it('writes the headers of an object', () => {
    const body = Buffer.from('x');
    const { headers, body: sent } = encodeOutput('GetObject', {
      Body: body,
      ContentLength: 1,
      ContentType: 'text/plain',
      ETag: '"a"',
      ExpiresString: 'whenever',
      LastModified: new Date('2024-01-01T00:00:00.500Z'),
      DeleteMarker: false,
      Metadata: { a: 'plain', b: 'größe' },
      ObjectLockRetainUntilDate: new Date('2030-01-01'),
      ContentDisposition: 'attachment; filename="größe"',
    });
    expect(sent).toBe(body);
    expect(Object.fromEntries(pairs(headers))).toEqual({
      'Content-Length': '1',
      'Content-Type': 'text/plain',
      ETag: '"a"',
      Expires: 'whenever',
      'Last-Modified': 'Mon, 01 Jan 2024 00:00:00 GMT',
      'x-amz-delete-marker': 'false',
      'x-amz-meta-a': 'plain',
      'x-amz-meta-b': '=?UTF-8?B?Z3LDtsOfZQ==?=',
      'x-amz-object-lock-retain-until-date': '2030-01-01T00:00:00.000Z',
      'Content-Disposition': Buffer.from('attachment; filename="größe"').toString('latin1'),
    });
  });

  it('lets no value start a header of its own', () => {
    const { headers } = encodeOutput('GetObject', {
      ContentType: 'a\r\nSet-Cookie: b',
      Metadata: { c: 'd\r\ne', 'f\r\ng': 'h' },
    });
    expect(pairs(headers)).toEqual([
      ['Content-Type', 'a  Set-Cookie: b'],
      ['x-amz-meta-c', '=?UTF-8?B?ZA0KZQ==?='],
      ['x-amz-missing-meta', '1'],
    ]);
  });

  it('writes a listing as S3 does, empty elements included, scalars before keys', () => {
    const { body, headers } = encodeOutput('ListObjects', {
      Name: 'b',
      MaxKeys: 1000,
      IsTruncated: false,
      Contents: [
        {
          Key: 'a&<>"\r\n\u0001😀',
          LastModified: new Date('2009-10-12T17:50:30Z'),
          ETag: '"e"',
          Size: 3,
          StorageClass: 'STANDARD',
          Owner: { ID: 'o', DisplayName: 'O' },
        },
      ],
      CommonPrefixes: [{ Prefix: 'p/' }],
    });
    expect(headers).toEqual(['Content-Type', 'application/xml']);
    expect(text(body)).toBe(
      `${declaration}<ListBucketResult ${namespace}><IsTruncated>false</IsTruncated><Marker></Marker><Name>b</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys>` +
        '<Contents><Key>a&amp;&lt;&gt;&quot;&#13;&#10;&#x1;😀</Key><LastModified>2009-10-12T17:50:30.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>3</Size><StorageClass>STANDARD</StorageClass><Owner><DisplayName>O</DisplayName><ID>o</ID></Owner></Contents>' +
        '<CommonPrefixes><Prefix>p/</Prefix></CommonPrefixes></ListBucketResult>',
    );
  });

  it('percent-encodes keys, prefixes and markers if the listing says so, and nothing else', () => {
    const key = 'a b+\u0001';
    const { body } = encodeOutput('ListObjectVersions', {
      Name: 'b',
      EncodingType: 'url',
      Prefix: 'a b',
      Delimiter: '/ ',
      KeyMarker: 'm n',
      VersionIdMarker: 'v w',
      Versions: [{ Key: key, VersionId: 'x y', Owner: { DisplayName: 'O P' } }],
      CommonPrefixes: [{ Prefix: 'c d/' }],
    });
    const document = text(body);
    expect(document).toContain('<Key>a%20b%2B%01</Key>');
    expect(document).toContain('<Prefix>a%20b</Prefix>');
    expect(document).toContain('<Delimiter>/%20</Delimiter>');
    expect(document).toContain('<KeyMarker>m%20n</KeyMarker>');
    expect(document).toContain('<VersionIdMarker>v w</VersionIdMarker>');
    expect(document).toContain('<VersionId>x y</VersionId>');
    expect(document).toContain('<DisplayName>O P</DisplayName>');
    expect(document).toContain('<CommonPrefixes><Prefix>c%20d/</Prefix></CommonPrefixes>');
    expect(decodeUrl('a%20b%2B%01')).toBe(key);
  });

  it('writes the root of each kind of answer by its S3 name', () => {
    expect(text(encodeOutput('ListBuckets', { Buckets: [] }).body)).toBe(
      `${declaration}<ListAllMyBucketsResult ${namespace}><Buckets></Buckets></ListAllMyBucketsResult>`,
    );
    expect(text(encodeOutput('CopyObject', { CopyObjectResult: { ETag: '"a"' } }).body)).toBe(
      `${declaration}<CopyObjectResult ${namespace}><ETag>&quot;a&quot;</ETag></CopyObjectResult>`,
    );
    expect(text(encodeOutput('GetBucketVersioning', {}).body)).toBe(
      `${declaration}<VersioningConfiguration ${namespace}></VersioningConfiguration>`,
    );
    expect(
      text(encodeOutput('GetObjectRetention', { Retention: { Mode: 'GOVERNANCE' } }).body),
    ).toBe(`${declaration}<Retention ${namespace}><Mode>GOVERNANCE</Mode></Retention>`);
  });

  it('writes a location as text in the root, and the first region as none', () => {
    const location = (LocationConstraint?: string) =>
      text(encodeOutput('GetBucketLocation', { LocationConstraint }).body);
    expect(location('eu-west-1')).toBe(
      `${declaration}<LocationConstraint ${namespace}>eu-west-1</LocationConstraint>`,
    );
    const empty = `${declaration}<LocationConstraint ${namespace}></LocationConstraint>`;
    expect(location()).toBe(empty);
    expect(location('us-east-1')).toBe(empty);
  });

  it('writes the type of a grantee as an attribute', () => {
    const { body } = encodeOutput('GetObjectAcl', {
      Grants: [{ Grantee: { Type: 'Group', URI: 'u' }, Permission: 'READ' }],
    });
    expect(text(body)).toBe(
      `${declaration}<AccessControlPolicy ${namespace}><AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="Group"><URI>u</URI></Grantee><Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>`,
    );
  });

  it('answers a policy as JSON', () => {
    const { headers, body } = encodeOutput('GetBucketPolicy', { Policy: '{}' });
    expect(headers).toEqual(['Content-Type', 'application/json']);
    expect(text(body)).toBe('{}');
  });
});
