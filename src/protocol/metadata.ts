/**
 * User metadata (`x-amz-meta-*`) between its text and its header form.
 *
 * Header bytes are UTF-8 if they are valid UTF-8, else Latin-1. As S3 does, values in RFC 2047 encoded words
 * are stored decoded, and values that aren't printable ASCII are answered as an encoded word.
 */
import { S3Error } from './errors.ts';

/** Names and values together, in UTF-8, without the `x-amz-meta-`. */
export const maxMetadataBytes = 2048;

const beyondAscii = /[\u0080-\uffff]/;
const unprintable = /[^ -~]/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @param raw as Node gives it, one character per byte */
export function decodeHeaderText(raw: string): string {
  if (!beyondAscii.test(raw)) return raw;
  try {
    return strictUtf8.decode(Buffer.from(raw, 'latin1'));
  } catch {
    return raw;
  }
}

/** Back to one character per byte, so that the bytes on the wire are the text's UTF-8. */
export function encodeHeaderText(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

const encodedWord = /=\?([A-Za-z0-9-]+)(?:\*[A-Za-z-]+)?\?([BbQq])\?([^?\s]*)\?=/g;
const spaceBetweenWords = /(\?=)\s+(?==\?[A-Za-z0-9-]+(?:\*[A-Za-z-]+)?\?[BbQq]\?)/g;

function wordBytes(encoding: string, text: string): Buffer {
  if (encoding.toUpperCase() === 'B') return Buffer.from(text, 'base64');
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return Buffer.from(bytes, 'latin1');
}

export function decodeMetadataValue(raw: string): string {
  const text = decodeHeaderText(raw);
  if (!text.includes('=?')) return text;
  return text
    .replace(spaceBetweenWords, '$1')
    .replace(encodedWord, (word, charset: string, encoding: string, encoded: string) => {
      try {
        return new TextDecoder(charset, { fatal: true, ignoreBOM: true }).decode(
          wordBytes(encoding, encoded),
        );
      } catch {
        return word;
      }
    });
}

export function encodeMetadataValue(text: string): string {
  if (!unprintable.test(text)) return text;
  return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

/** Throws MetadataTooLarge. */
export function assertMetadataSize(metadata: Readonly<Record<string, string>>): void {
  let size = 0;
  for (const name of Object.keys(metadata)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(metadata[name]!);
  }
  if (size <= maxMetadataBytes) return;
  throw new S3Error('MetadataTooLarge', {
    fields: { Size: String(size), MaxSizeAllowed: String(maxMetadataBytes) },
  });
}
