/**
 * The canonical request of Signature Version 4, in S3's variant: the path is encoded once and never
 * normalised, so `//`, `.` and `..` in keys stay.
 *
 * API reference, "Signature Calculations for the Authorization Header", task 1. Header values are
 * text with one character per byte, as they came over the wire.
 */

import type { WireRequest } from '../request.ts';
import { canonicalPath, canonicalQueryPart } from './percent-encoding.ts';

/** `signedHeaders` are lower case and sorted. The result has one character per byte. */
export function canonicalRequest(
  request: WireRequest,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  let text = `${request.method}\n${canonicalPath(request.rawPath)}\n${canonicalQuery(request.rawQuery)}\n`;
  for (const name of signedHeaders) {
    text += `${name}:${canonicalHeaderValue(request.headers[name] ?? '')}\n`;
  }
  return `${text}\n${signedHeaders.join(';')}\n${payloadHash}`;
}

/** Sorted by encoded name, then by encoded value; without the signature of a presigned URL. */
export function canonicalQuery(rawQuery: string): string {
  if (rawQuery === '') return '';
  const names: string[] = [];
  const values: string[] = [];
  let sorted = true;
  for (let from = 0; from <= rawQuery.length; ) {
    const ampersand = rawQuery.indexOf('&', from);
    const to = ampersand < 0 ? rawQuery.length : ampersand;
    if (to > from) {
      const equals = rawQuery.indexOf('=', from);
      const hasValue = equals >= 0 && equals < to;
      const name = canonicalQueryPart(rawQuery.slice(from, hasValue ? equals : to));
      if (name !== 'X-Amz-Signature') {
        const value = hasValue ? canonicalQueryPart(rawQuery.slice(equals + 1, to)) : '';
        const last = names.length - 1;
        if (last >= 0 && compare(names[last]!, values[last]!, name, value) > 0) sorted = false;
        names.push(name);
        values.push(value);
      }
    }
    from = to + 1;
  }
  if (sorted) return join(names, values);
  const order = names.map((_, index) => index);
  order.sort((a, b) => compare(names[a]!, values[a]!, names[b]!, values[b]!));
  return join(
    order.map((index) => names[index]!),
    order.map((index) => values[index]!),
  );
}

/** AWS's `Trimall`: no white space at the ends, one space for each run inside. */
export function canonicalHeaderValue(value: string): string {
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(value.length - 1);
  const canonical =
    first !== space &&
    last !== space &&
    first !== tab &&
    !value.includes('  ') &&
    !value.includes('\t');
  return canonical ? value : value.replace(/[ \t]+/g, ' ').trim();
}

const space = 0x20;
const tab = 0x09;

function compare(nameA: string, valueA: string, nameB: string, valueB: string): number {
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return valueA === valueB ? 0 : valueA < valueB ? -1 : 1;
}

function join(names: readonly string[], values: readonly string[]): string {
  let text = '';
  for (let index = 0; index < names.length; index++) {
    text += `${index === 0 ? '' : '&'}${names[index]}=${values[index]}`;
  }
  return text;
}
