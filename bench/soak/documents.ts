/** The XML that a soak sends and reads. */
import { createHash } from 'node:crypto';
import { parseXml, type XmlElement } from '../../src/protocol/xml/parse.ts';
import type { Answer } from './client.ts';

export interface ListedEntry {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  /** Of a list of versions. */
  readonly versionId: string;
  readonly isMarker: boolean;
}

const listed = new Set(['Contents', 'Version', 'DeleteMarker']);

/** Of any of the lists; a soak asks for no more than a page has. */
export function entriesOf({ body }: Answer): readonly ListedEntry[] {
  const page = parseXml(body);
  if (childText(page, 'IsTruncated') === 'true') throw new Error('The list has more than a page.');
  return page.children
    .filter(({ name }) => listed.has(name))
    .map((entry) => ({
      key: childText(entry, 'Key') ?? '',
      etag: (childText(entry, 'ETag') ?? '').replaceAll('"', ''),
      size: Number(childText(entry, 'Size') ?? 0),
      versionId: childText(entry, 'VersionId') ?? '',
      isMarker: entry.name === 'DeleteMarker',
    }));
}

export function uploadsOf({ body }: Answer): readonly { key: string; uploadId: string }[] {
  return parseXml(body)
    .children.filter(({ name }) => name === 'Upload')
    .map((entry) => ({
      key: childText(entry, 'Key') ?? '',
      uploadId: childText(entry, 'UploadId') ?? '',
    }));
}

const childText = ({ children }: XmlElement, name: string): string | undefined =>
  children.find((child) => child.name === name)?.text;

/** A member of the document's root. */
export const memberOf = ({ body }: Answer, name: string): string =>
  childText(parseXml(body), name) ?? '';

/** Copies and completions may fail after their status was sent. */
export const isError = ({ body }: Answer): boolean => parseXml(body).name === 'Error';

export function deleteDocument(
  objects: readonly { readonly key: string; readonly versionId?: string }[],
): { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> } {
  const entries = objects.map(({ key, versionId }) => {
    const version = versionId === undefined ? '' : `<VersionId>${versionId}</VersionId>`;
    return `<Object><Key>${key}</Key>${version}</Object>`;
  });
  const body = Buffer.from(`<Delete><Quiet>true</Quiet>${entries.join('')}</Delete>`);
  return { body, headers: { 'content-md5': createHash('md5').update(body).digest('base64') } };
}

export function completeDocument(etags: readonly string[]): Buffer {
  const parts = etags.map(
    (etag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>"${etag}"</ETag></Part>`,
  );
  return Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
}
