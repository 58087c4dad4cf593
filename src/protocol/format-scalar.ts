/** Scalars → their text on the wire, by the kinds of the model. */
import type { MemberKind } from '../model/shape.ts';
import { toBase64 } from './byte-string.ts';
import { formatHttpDate, formatIsoDate } from './http-date.ts';

export function formatScalar(kind: MemberKind, value: unknown): string {
  switch (kind) {
    case 'date-time':
      return formatIsoDate(value as Date);
    case 'http-date':
      return formatHttpDate(value as Date);
    case 'blob':
      return toBase64(value as Uint8Array);
    default:
      return String(value);
  }
}
