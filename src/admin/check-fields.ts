/** Fields of a request, held against their schema. */
import type { z } from 'zod';
import { AdminError } from './errors.ts';

/** What is wrong that is told at once. */
const maxProblems = 5;

/** @throws AdminError InvalidRequest, in words and without values, which may be secret */
export function checked<Schema extends z.ZodType>(
  schema: Schema,
  fields: unknown,
): z.output<Schema> {
  const result = schema.safeParse(fields);
  if (result.success) return result.data;
  const problems = result.error.issues
    .slice(0, maxProblems)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.join('.')}: ${message}`));
  throw new AdminError('InvalidRequest', problems.join('; '));
}
