/** Text on the wire → scalars. What can't be read is left out: servers say things that the model doesn't know. */
import { fromBase64 } from '../../protocol/byte-string.ts';
import { parseHttpDate, parseIsoDate } from '../../protocol/http-date.ts';

export function parseScalar(kind: string, text: string): unknown {
  switch (kind) {
    case 'string':
      return text;
    case 'integer':
    case 'long': {
      const value = Number(text.trim());
      return text.trim() === '' || !Number.isFinite(value) ? undefined : value;
    }
    case 'boolean':
      return text.trim().toLowerCase() === 'true';
    case 'date-time':
    case 'http-date':
      return parseIsoDate(text.trim()) ?? parseHttpDate(text.trim());
    case 'blob':
      return fromBase64(text);
    default:
      throw new Error(`${kind} doesn't come as text`);
  }
}
