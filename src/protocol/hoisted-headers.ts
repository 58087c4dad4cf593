/**
 * Headers of a request, wherever they are.
 *
 * A presigned URL may carry `x-amz-*` headers as query parameters ("hoisted"), and S3 takes them from there.
 * A header that is sent both ways must have the same value.
 */
import { S3Error } from './errors.ts';
import type { QueryPairs, WireRequest } from './request.ts';

const hoistable = /^x-amz-/i;

export interface HeaderLookup {
  /** @param name in lower case */
  get(name: string): string | undefined;
  /** Calls back for each header whose name starts with the prefix, with the name in lower case. */
  forEachWithPrefix(prefix: string, visit: (name: string, value: string) => void): void;
}

function hoisted(query: QueryPairs): ReadonlyMap<string, string> | undefined {
  let found: Map<string, string> | undefined;
  for (const [name, value] of query) {
    if (!hoistable.test(name)) continue;
    found ??= new Map();
    found.set(name.toLowerCase(), value);
  }
  return found;
}

export function headersOf({ headers, query }: WireRequest): HeaderLookup {
  const fromQuery = hoisted(query);
  const pick = (name: string): string | undefined => {
    const sent = headers[name];
    const inQuery = fromQuery?.get(name);
    if (sent !== undefined && inQuery !== undefined && sent !== inQuery) {
      throw new S3Error('InvalidRequest', {
        message: 'Conflicting values provided in HTTP headers and query parameters',
      });
    }
    return sent ?? inQuery;
  };
  return {
    get: pick,
    forEachWithPrefix(prefix, visit) {
      for (const name in headers) {
        if (!name.startsWith(prefix)) continue;
        const value = pick(name);
        if (value !== undefined) visit(name, value);
      }
      for (const [name, value] of fromQuery ?? []) {
        if (headers[name] === undefined && name.startsWith(prefix)) visit(name, value);
      }
    },
  };
}
