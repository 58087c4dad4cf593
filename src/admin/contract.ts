/**
 * What the admin API takes and answers, in one place: a schema for the fields of each request and one for its answer.
 * The description in OpenAPI is made from it (openapi.ts), and the types of the client (client.ts).
 */
import { z } from 'zod';
import type { RouteName } from './routes.ts';
import { accessContract } from './schemas/access.ts';
import { auditContract } from './schemas/audit.ts';
import { grantsContract } from './schemas/grants.ts';
import { iamContract } from './schemas/iam.ts';
import { limitsContract } from './schemas/limits.ts';
import { serverContract } from './schemas/server.ts';
import { sessionContract } from './schemas/session.ts';
import { tenantsContract } from './schemas/tenants.ts';

export const contract = {
  ...sessionContract,
  ...serverContract,
  ...tenantsContract,
  ...limitsContract,
  ...accessContract,
  ...auditContract,
  ...grantsContract,
  ...iamContract,
  getOpenApi: { input: z.strictObject({}), answer: z.looseObject({ openapi: z.string() }) },
} as const satisfies Readonly<
  Record<RouteName, { readonly input: z.ZodType; readonly answer: z.ZodType }>
>;

type Contract = typeof contract;

/** As a client gives it. */
export type InputOf<Name extends RouteName> = z.input<Contract[Name]['input']>;
/** As a handler gets it. */
export type FieldsOf<Name extends RouteName> = z.output<Contract[Name]['input']>;
export type AnswerOf<Name extends RouteName> = z.output<Contract[Name]['answer']>;
