/**
 * Text between its value and its header form, of user metadata (`x-amz-meta-*`) and of other headers. Server
 * and client, in Node and in browsers.
 *
 * Header bytes are UTF-8 if they are valid UTF-8, else Latin-1. As S3 does, values in RFC 2047 encoded words
 * are stored decoded, and values that aren't printable ASCII are answered as an encoded word.
 */
import { bytesOfByteString, toBase64, toByteString } from './byte-string.ts';

const beyondAscii = /[\u0080-\uffff]/;
const unprintable = /[^ -~]/;
const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const utf8 = new TextEncoder();

/** @param raw as HTTP libraries give it, one character per byte */
export function decodeHeaderText(raw: string): string {
  if (!beyondAscii.test(raw)) return raw;
  try {
    return strictUtf8.decode(bytesOfByteString(raw));
  } catch {
    return raw;
  }
}

/** Back to one character per byte, so that the bytes on the wire are the text's UTF-8. */
export function encodeHeaderText(text: string): string {
  return beyondAscii.test(text) ? toByteString(utf8.encode(text)) : text;
}

const encodedWord = /=\?([A-Za-z0-9-]+)(?:\*[A-Za-z-]+)?\?([BbQq])\?([^?\s]*)\?=/g;
const spaceBetweenWords = /(\?=)\s+(?==\?[A-Za-z0-9-]+(?:\*[A-Za-z-]+)?\?[BbQq]\?)/g;

function wordBytes(encoding: string, text: string): Uint8Array {
  if (encoding.toUpperCase() === 'B') return bytesOfByteString(atob(text));
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  return bytesOfByteString(bytes);
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
  return `=?UTF-8?B?${toBase64(utf8.encode(text))}?=`;
}
