/**
 * Which operation a request means: method, what host and path name, subresources in the query, and for
 * copies one header. Everything is read from the operation tables, indexed once.
 *
 * Query parameters that no operation knows are ignored, as S3 does. A known subresource that the method
 * has no operation for is refused, so that `DELETE /bucket?acl` never deletes a bucket.
 */
import { type ExtraOperationName, extraOperations } from '../model/extra-operations.ts';
import type { OperationLevel, OperationRow } from '../model/operation.ts';
import {
  type OperationName,
  operations,
  type RefusedOperationName,
  refusedOperations,
} from '../model/operations.gen.ts';
import { S3Error } from './errors.ts';
import { queryValue } from './query.ts';
import type { RequestTarget, WireRequest } from './request.ts';

type RoutedName = OperationName | ExtraOperationName;
type TargetLevel = Exclude<OperationLevel, 'any'>;

interface Candidate {
  readonly name: RoutedName | RefusedOperationName;
  readonly refused: boolean;
  /** `list-type=2` as name and value; a bare subresource has the value undefined. */
  readonly literals: readonly (readonly [name: string, value: string | undefined])[];
  readonly requiredQuery: readonly string[];
  /** Takes only requests with this header. */
  readonly header: string | undefined;
}

/** Candidates of one method and level; the most specific first. */
interface Routes {
  /** By subresource: `acl`, `uploads`, `select`. */
  readonly bySubresource: ReadonlyMap<string, readonly Candidate[]>;
  /** By the value a parameter must have: `list-type`. */
  readonly byLiteral: ReadonlyMap<string, readonly Candidate[]>;
  /** By a parameter whose value is the caller's: `uploadId`, `partNumber`. */
  readonly byParameter: ReadonlyMap<string, readonly Candidate[]>;
  readonly plain: readonly Candidate[];
}

/** The one header that tells operations apart. */
const routingHeader = 'x-amz-copy-source';
const levels: readonly TargetLevel[] = ['service', 'bucket', 'object'];

function candidate(name: Candidate['name'], row: OperationRow, refused: boolean): Candidate {
  return {
    name,
    refused,
    literals: row.query.map((literal) => {
      const [parameter, value] = literal.split('=');
      return [parameter!, value];
    }),
    requiredQuery: row.requiredQuery,
    header: row.requiredHeaders.includes(routingHeader) ? routingHeader : undefined,
  };
}

const allRows: readonly (readonly [Candidate, OperationRow])[] = [
  ...Object.entries(operations).map(
    ([name, row]) => [candidate(name as OperationName, row, false), row] as const,
  ),
  ...Object.entries(extraOperations).map(
    ([name, row]) => [candidate(name as ExtraOperationName, row, false), row] as const,
  ),
  ...Object.entries(refusedOperations).map(
    ([name, row]) => [candidate(name as RefusedOperationName, row, true), row] as const,
  ),
];

const specificity = ({ literals, requiredQuery, header }: Candidate) =>
  literals.length * 100 + requiredQuery.length * 10 + (header === undefined ? 0 : 1);

function buildRoutes(candidates: readonly Candidate[]): Routes {
  const bySubresource = new Map<string, Candidate[]>();
  const byLiteral = new Map<string, Candidate[]>();
  const byParameter = new Map<string, Candidate[]>();
  const plain: Candidate[] = [];
  const add = (map: Map<string, Candidate[]>, key: string, entry: Candidate) => {
    const list = map.get(key);
    if (list === undefined) map.set(key, [entry]);
    else list.push(entry);
  };
  for (const entry of [...candidates].sort((a, b) => specificity(b) - specificity(a))) {
    const [first] = entry.literals;
    if (first !== undefined)
      add(first[1] === undefined ? bySubresource : byLiteral, first[0], entry);
    else if (entry.requiredQuery.length === 0) plain.push(entry);
    else for (const parameter of entry.requiredQuery) add(byParameter, parameter, entry);
  }
  return { bySubresource, byLiteral, byParameter, plain };
}

const routesByLevel = new Map<TargetLevel, ReadonlyMap<string, Routes>>();
/** Level → subresource → the methods that have an operation for it. */
const subresourceMethods = new Map<TargetLevel, ReadonlyMap<string, readonly string[]>>();

for (const level of levels) {
  const candidates = new Map<string, Candidate[]>();
  const subresources = new Map<string, string[]>();
  for (const [entry, row] of allRows) {
    if (row.level !== level && row.level !== 'any') continue;
    candidates.set(row.method, [...(candidates.get(row.method) ?? []), entry]);
    for (const [name, value] of entry.literals) {
      const methods = subresources.get(name) ?? [];
      if (value === undefined && !methods.includes(row.method)) {
        subresources.set(name, [...methods, row.method]);
      }
    }
  }
  routesByLevel.set(
    level,
    new Map([...candidates].map(([method, list]) => [method, buildRoutes(list)])),
  );
  subresourceMethods.set(level, subresources);
}

/**
 * Throws MethodNotAllowed if S3 has no such operation, NotImplemented for operations that Kist refuses by
 * name, InvalidArgument for parameters that belong to different operations.
 */
export function route(request: WireRequest, target: RequestTarget): RoutedName {
  const level =
    target.bucket === undefined ? 'service' : target.key === undefined ? 'bucket' : 'object';
  const routes = routesByLevel.get(level)!.get(request.method);
  const found = routes === undefined ? undefined : match(request, level, routes);
  if (found === undefined) throw methodNotAllowed(request, level);
  if (!found.refused) return found.name as RoutedName;
  throw new S3Error('NotImplemented', { message: `${found.name} is not implemented` });
}

function match(request: WireRequest, level: TargetLevel, routes: Routes): Candidate | undefined {
  if (request.query.length === 0) return choose(routes.plain, request);
  const subresource = findSubresource(request, level);
  if (subresource !== undefined) {
    const parameter = request.query.find(([name]) => routes.byParameter.has(name));
    if (parameter !== undefined) throw conflict(subresource, parameter[0]);
    const candidates = routes.bySubresource.get(subresource);
    return candidates === undefined ? undefined : choose(candidates, request);
  }
  for (const [name, value] of request.query) {
    const literal = routes.byLiteral.get(name)?.find(({ literals }) => literals[0]![1] === value);
    if (literal !== undefined) return literal;
  }
  for (const [name] of request.query) {
    const candidates = routes.byParameter.get(name);
    if (candidates !== undefined) return choose(candidates, request);
  }
  return choose(routes.plain, request);
}

function findSubresource({ method, query }: WireRequest, level: TargetLevel): string | undefined {
  if (method === 'OPTIONS') return undefined;
  const known = subresourceMethods.get(level)!;
  let found: string | undefined;
  for (const [name] of query) {
    if (!known.has(name) || name === found) continue;
    if (found !== undefined) throw conflict(found, name);
    found = name;
  }
  return found;
}

/** The most specific one that the request satisfies; else the least demanding, whose decoder says what lacks. */
function choose(candidates: readonly Candidate[], request: WireRequest): Candidate | undefined {
  const { query } = request;
  const possible = candidates.filter(({ literals }) =>
    literals.every(([name, value]) => {
      const sent = queryValue(query, name);
      return sent !== undefined && (value === undefined || value === sent);
    }),
  );
  const satisfied = possible.find(
    ({ requiredQuery, header }) =>
      requiredQuery.every((name) => queryValue(query, name) !== undefined) &&
      (header === undefined || hasHeader(request, header)),
  );
  return satisfied ?? possible.at(-1);
}

/** Presigned URLs may carry headers as parameters. */
function hasHeader({ headers, query }: WireRequest, name: string): boolean {
  return (
    headers[name] !== undefined ||
    (query.length > 0 && query.some(([parameter]) => parameter.toLowerCase() === name))
  );
}

function conflict(first: string, second: string): S3Error {
  return new S3Error('InvalidArgument', {
    message: `Conflicting query string parameters: ${first}, ${second}`,
    fields: { ArgumentName: 'ResourceType', ArgumentValue: first },
  });
}

function methodNotAllowed(request: WireRequest, level: TargetLevel): S3Error {
  const subresource = findSubresource(request, level);
  const methods =
    subresource === undefined
      ? [...routesByLevel.get(level)!]
          .filter(([, { plain }]) => plain.length > 0)
          .map(([method]) => method)
      : subresourceMethods.get(level)!.get(subresource)!;
  return new S3Error('MethodNotAllowed', {
    fields: { Method: request.method, ResourceType: (subresource ?? level).toUpperCase() },
    headers: { Allow: [...methods].sort().join(', ') },
  });
}
