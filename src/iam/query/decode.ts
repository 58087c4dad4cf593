/**
 * Parameters of AWS's Query protocol → an operation's input, by its shape ("AWS Query protocol" in Smithy's
 * documentation): `Tags.member.1.Key=…` is the key of the first of the tags. Nothing is guessed and nothing
 * left over: a parameter that the operation doesn't know is refused by name.
 */
import type { QueryOperation } from '../../model/query-operation.ts';
import type { Member, Shape } from '../../model/shape.ts';
import { parseScalar } from '../../protocol/values.ts';
import { invalid } from './errors.ts';
import type { Form } from './form.ts';

type Input = Record<string, unknown>;

/** Parameters that name the operation itself. */
const naming: ReadonlySet<string> = new Set(['Action', 'Version']);

/** @throws QueryError ValidationError */
export function decodeQueryInput({ name, input }: QueryOperation, form: Form): object {
  const unread = new Set([...form.keys()].filter((parameter) => !naming.has(parameter)));
  const decoded = input === undefined ? {} : structure(input, '', { form, unread });
  const [unknown] = unread;
  if (unknown !== undefined) throw invalid(`${name} has no parameter ${unknown}.`);
  return decoded;
}

interface Reading {
  readonly form: Form;
  readonly unread: Set<string>;
}

/** @param prefix of the structure's own parameters: empty, or `Tags.member.1.` */
function structure({ members }: Shape, prefix: string, reading: Reading): Input {
  const found: Input = {};
  for (const member of members) {
    const value = memberValue(member, prefix + member.name, reading);
    if (value !== undefined) found[member.name] = value;
    else if (member.required) {
      throw invalid(
        `1 validation error detected: Value null at '${prefix}${member.name}' failed to satisfy constraint: Member must not be null`,
      );
    }
  }
  return found;
}

function memberValue({ kind, of }: Member, name: string, reading: Reading): unknown {
  if (kind === 'list') return list(of!, name, reading);
  if (kind === 'structure') {
    return hasBelow(name, reading) ? structure(of as Shape, `${name}.`, reading) : undefined;
  }
  return scalar(kind, name, reading);
}

function scalar(kind: string, name: string, { form, unread }: Reading): unknown {
  const text = form.get(name);
  if (text === undefined) return undefined;
  unread.delete(name);
  const value = parseScalar(kind, text);
  if (value === undefined) throw invalid(`${JSON.stringify(text)} is no ${kind} for ${name}.`);
  return value;
}

/** Counted from 1 without gaps. A list of nothing is a parameter of nothing. */
function list(of: Shape | string, name: string, reading: Reading): unknown[] | undefined {
  if (reading.form.get(name) === '') {
    reading.unread.delete(name);
    return [];
  }
  const items: unknown[] = [];
  for (let place = 1; ; place++) {
    const item = `${name}.member.${place}`;
    const value =
      typeof of === 'string'
        ? scalar(of, item, reading)
        : hasBelow(item, reading)
          ? structure(of, `${item}.`, reading)
          : undefined;
    if (value === undefined) break;
    items.push(value);
  }
  return items.length === 0 ? undefined : items;
}

function hasBelow(name: string, { unread }: Reading): boolean {
  for (const parameter of unread) if (parameter.startsWith(`${name}.`)) return true;
  return false;
}
