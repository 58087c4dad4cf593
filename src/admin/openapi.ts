/** The admin API as OpenAPI 3.1 has it, made from the routes and their schemas. */
import { z } from 'zod';
import { contract } from './contract.ts';
import { hasBody, pathFields, type Route, type RouteName, routeNames, routeOf } from './routes.ts';
import { type IamActionName, iamActionNames, iamSchema } from './schemas/iam.ts';
import { errorShape } from './schemas/values.ts';

type Json = Readonly<Record<string, unknown>>;

interface JsonSchema extends Json {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
}

/** One path and method. */
interface Described {
  readonly id: string;
  readonly route: Route;
  /** With the fields of the path. */
  readonly input: JsonSchema;
  readonly answer: JsonSchema | undefined;
}

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output'): JsonSchema => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest as JsonSchema;
};

const isNothing = (schema: z.ZodType): boolean => schema.safeParse(undefined).success;

const refOf = (action: IamActionName, side: 'input' | 'answer'): string =>
  `#/components/schemas/${action}${side === 'input' ? 'Input' : 'Answer'}`;

const iamSchemas = (): Json =>
  Object.fromEntries(
    iamActionNames.flatMap((action) => [
      [`${action}Input`, jsonSchema(iamSchema(action, 'input'), 'input')],
      [`${action}Answer`, jsonSchema(iamSchema(action, 'answer'), 'output')],
    ]),
  );

/** Each operation of IAM has a path of its own. */
function describedOf(name: RouteName): readonly Described[] {
  const route = routeOf(name);
  const { input, answer } = contract[name];
  if (!route.path.includes('{action}')) {
    return [
      {
        id: name,
        route,
        input: jsonSchema(input, hasBody(route) ? 'input' : 'output'),
        answer: isNothing(answer) ? undefined : jsonSchema(answer, 'output'),
      },
    ];
  }
  const isForAccount = route.path.includes('{account}');
  return iamActionNames.map((action) => {
    return {
      id: isForAccount ? `iam${action}ForAccount` : `iam${action}`,
      route: {
        ...route,
        path: route.path.replace('{action}', action),
        doc: `${action} of IAM${isForAccount ? ' in another account' : ''}.`,
      },
      input: { $ref: refOf(action, 'input') },
      answer: { $ref: refOf(action, 'answer') },
    };
  });
}

function operationOf({ id, route, input, answer }: Described): Json {
  const inPath = pathFields(route.path);
  const { properties = {}, required = [] } = input;
  const others = Object.keys(properties).filter((name) => !inPath.includes(name));
  const parameters = [
    ...inPath.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: properties[name] ?? { type: 'string' },
    })),
    ...(hasBody(route)
      ? []
      : others.map((name) => ({
          name,
          in: 'query',
          required: required.includes(name) && properties[name]?.default === undefined,
          schema: properties[name],
        }))),
  ];
  const hasFields = others.length > 0 || isWhole(input);
  return {
    operationId: id,
    summary: route.doc,
    description: rightOf(route),
    ...(route.open && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(hasBody(route) && hasFields && { requestBody: bodyOf(input, others) }),
    responses: {
      [String(route.status ?? 200)]: {
        description: 'Done.',
        ...(answer !== undefined && { content: { 'application/json': { schema: answer } } }),
      },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

/** Not to be taken apart: none of its fields is in the path. */
const isWhole = (input: JsonSchema): boolean =>
  input.anyOf !== undefined || input.$ref !== undefined;

function bodyOf(input: JsonSchema, names: readonly string[]): Json {
  const { properties = {}, required = [] } = input;
  const needed = required.filter((name) => names.includes(name));
  const { required: _, ...rest } = input;
  const schema = isWhole(input)
    ? input
    : {
        ...rest,
        properties: Object.fromEntries(names.map((name) => [name, properties[name]])),
        ...(needed.length > 0 && { required: needed }),
      };
  return {
    required: isWhole(input) || needed.length > 0,
    content: { 'application/json': { schema } },
  };
}

function rightOf({ action, open }: Route): string {
  if (open) return 'For everybody.';
  if (action === 'nobody') return 'For everybody who signs or has a session.';
  return action === 'iam' ? "Needs the rights of IAM's own operations." : `Needs ${action}.`;
}

export const openApiVersion = '3.1.0';

/** @param version of the server */
export function openApi(version: string): {
  readonly openapi: string;
  readonly [name: string]: unknown;
} {
  const paths: Record<string, Record<string, Json>> = {};
  for (const described of routeNames.flatMap(describedOf)) {
    const { path, method } = described.route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operationOf(described) };
  }
  return {
    openapi: openApiVersion,
    info: {
      title: 'Kist admin API',
      version,
      description: 'On the console port. Requests are signed, or have a session.',
    },
    paths,
    components: {
      schemas: iamSchemas(),
      responses: {
        Error: {
          description: 'What went wrong.',
          content: { 'application/json': { schema: jsonSchema(errorShape, 'output') } },
        },
      },
      securitySchemes: {
        signature: {
          type: 'apiKey',
          in: 'header',
          name: 'Authorization',
          description: 'AWS Signature Version 4, for service kist, in any region.',
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'kist-session',
          description: 'Over TLS __Host-kist-session. Changes need the header x-kist-csrf as well.',
        },
      },
    },
    security: [{ signature: [] }, { session: [] }],
  };
}
