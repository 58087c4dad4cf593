/**
 * Headers of a request, wherever they are.
 *
 * A presigned URL may carry `x-amz-*` headers as query parameters ("hoisted"), and S3 takes them from there.
 * A header that is sent both ways must have the same value.
 *
 * SDKs that sign a URL before they have a body put the checksum of no bytes into it. S3 takes no checksum
 * from the query at all; here one is enforced unless it is that of nothing.
 */
import { S3Error } from './errors.ts';
import { encodeHeaderText } from './header-text.ts';
import type { QueryPairs, WireHeaders, WireRequest } from './request.ts';

const hoistable = /^x-amz-/i;

export interface HeaderLookup {
  /** All there are, where none is in the query. */
  readonly sent: WireHeaders | undefined;
  /** @param name in lower case */
  get(name: string): string | undefined;
  /** Calls back for each header whose name starts with the prefix, with the name in lower case. */
  forEachWithPrefix(prefix: string, visit: (name: string, value: string) => void): void;
}

const checksumPrefix = 'x-amz-checksum-';
const algorithmHeader = 'x-amz-sdk-checksum-algorithm';

/** Base64 checksums of no bytes, in the algorithms that SDKs presign with. */
const checksumsOfNothing: ReadonlySet<string> = new Set([
  'AAAAAA==',
  'AAAAAAAAAAA=',
  '2jmj7l5rSw0yVb/vlWAYkK/YBwk=',
  '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
]);

/** Only a presigned URL's query stands for headers: who signs headers sends them. */
function isPresigned(query: QueryPairs): boolean {
  return query.some(([name]) => name === 'X-Amz-Signature' || name === 'Signature');
}

function hoisted(query: QueryPairs): ReadonlyMap<string, string> | undefined {
  if (query.length === 0 || !isPresigned(query)) return undefined;
  const found = new Map<string, string>();
  let checksumOfNothing = false;
  for (const [given, value] of query) {
    if (!hoistable.test(given)) continue;
    const name = given.toLowerCase();
    if (name.startsWith(checksumPrefix) && checksumsOfNothing.has(value)) checksumOfNothing = true;
    else found.set(name, encodeHeaderText(value));
  }
  if (checksumOfNothing) found.delete(algorithmHeader);
  return found;
}

/** Of requests that aren't presigned, which most are: made several times a request, so it closes over little. */
class SentHeaders implements HeaderLookup {
  readonly sent: WireHeaders;

  constructor(headers: WireHeaders) {
    this.sent = headers;
  }

  get(name: string): string | undefined {
    return this.sent[name];
  }

  forEachWithPrefix(prefix: string, visit: (name: string, value: string) => void): void {
    for (const name in this.sent) {
      const value = name.startsWith(prefix) ? this.sent[name] : undefined;
      if (value !== undefined) visit(name, value);
    }
  }
}

export function headersOf({ headers, query }: WireRequest): HeaderLookup {
  const fromQuery = hoisted(query);
  if (fromQuery === undefined) return new SentHeaders(headers);
  const pick = (name: string): string | undefined => {
    const sent = headers[name];
    const inQuery = fromQuery.get(name);
    if (sent !== undefined && inQuery !== undefined && sent !== inQuery) {
      throw new S3Error('InvalidRequest', {
        message: 'Conflicting values provided in HTTP headers and query parameters',
      });
    }
    return sent ?? inQuery;
  };
  return {
    sent: undefined,
    get: pick,
    forEachWithPrefix(prefix, visit) {
      for (const name in headers) {
        if (!name.startsWith(prefix)) continue;
        const value = pick(name);
        if (value !== undefined) visit(name, value);
      }
      for (const [name, value] of fromQuery) {
        if (headers[name] === undefined && name.startsWith(prefix)) visit(name, value);
      }
    },
  };
}
