/** The description of the admin API: every route is in it, and it is what the committed page says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openApi } from './openapi.ts';
import { routeNames, routeOf } from './routes.ts';
import { iamActionNames } from './schemas/iam.ts';

const paths = openApi('0').paths as Readonly<
  Record<string, Record<string, { operationId: string }>>
>;
const page = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'admin-api.json');

describe('the description of the admin API', () => {
  it.each(routeNames)('has the route %s', (name) => {
    const { path, method } = routeOf(name);
    const actions = path.includes('{action}') ? iamActionNames : [''];
    for (const action of actions) {
      const described = paths[path.replace('{action}', action)]?.[method.toLowerCase()];
      expect(described?.operationId).toContain(action || name);
    }
  });

  it('gives no two operations one name', () => {
    const ids = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('is what npm run generate has written', () => {
    const { paths: written } = JSON.parse(readFileSync(page, 'utf8')) as { paths: unknown };
    expect(written).toEqual(JSON.parse(JSON.stringify(paths)));
  });
});
