/** Method and path → route, with the fields that the path names. */
import { AdminError } from './errors.ts';
import { type Route, type RouteName, routeNames, routeOf } from './routes.ts';

export interface FoundRoute {
  readonly name: RouteName;
  readonly route: Route;
  readonly fields: Readonly<Record<string, string>>;
}

const matchers = routeNames.map((name) => {
  const { path } = routeOf(name);
  const pattern = path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
  return { name, pattern: new RegExp(`^${pattern}$`) };
});

/** @throws AdminError NotFound, MethodNotAllowed, InvalidRequest for a path that isn't percent-encoded UTF-8 */
export function findRoute(method: string, rawPath: string): FoundRoute {
  const allowed: string[] = [];
  for (const { name, pattern } of matchers) {
    const match = pattern.exec(rawPath);
    if (match === null) continue;
    const route = routeOf(name);
    if (route.method !== method) {
      allowed.push(route.method);
      continue;
    }
    const fields = Object.entries(match.groups ?? {}).map(
      ([field, text]) => [field, decoded(text)] as const,
    );
    return { name, route, fields: Object.fromEntries(fields) };
  }
  if (allowed.length === 0) throw new AdminError('NotFound', 'There is nothing at this path.');
  const headers = ['Allow', allowed.join(', ')];
  throw new AdminError('MethodNotAllowed', `Here are ${allowed.join(', ')}.`, { headers });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new AdminError('InvalidRequest', 'The path is not percent-encoded UTF-8.', { cause });
  }
}
