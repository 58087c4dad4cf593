/** A posted form: names and values, each name once. */

import { S3Error } from '../../protocol/errors.ts';
import { parseQuery } from '../../protocol/query.ts';
import { QueryError } from './errors.ts';

export type Form = ReadonlyMap<string, string>;

/** Parameters of one request. */
const maxParameters = 2000;

/** @throws QueryError MalformedQueryString for what cannot be read, or says something twice */
export function parseForm(body: Buffer): Form {
  const form = new Map<string, string>();
  for (const [name, value] of pairsOf(body)) {
    if (form.has(name)) {
      throw new QueryError('MalformedQueryString', `The parameter ${name} is there twice.`);
    }
    form.set(name, value);
    if (form.size > maxParameters) {
      throw new QueryError('MalformedQueryString', `More than ${maxParameters} parameters.`);
    }
  }
  return form;
}

function pairsOf(body: Buffer) {
  try {
    return parseQuery(body.toString('latin1'));
  } catch (cause) {
    if (!(cause instanceof S3Error)) throw cause;
    throw new QueryError('MalformedQueryString', 'The form is not percent-encoded UTF-8.', {
      cause,
    });
  }
}
