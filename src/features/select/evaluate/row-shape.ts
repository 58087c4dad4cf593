/**
 * How names find values in a record: columns by name or position (`_1`), members of JSON documents by name.
 * Unquoted names don't mind case ("Case sensitivity" in the SQL reference).
 */
import { S3Error } from '../../../protocol/errors.ts';
import type { Name, PathStep } from '../sql/syntax.ts';
import { isList, isStruct, type Struct, type Value } from '../values/value.ts';

export interface RowShape<Row> {
  /** Text may be numbers: CSV. */
  readonly untyped: boolean;
  /** @throws S3Error MissingHeaders, AmbiguousFieldName, InvalidColumnIndex */
  member(name: Name): (row: Row) => Value;
  whole(row: Row): Value;
  /** What `*` selects. */
  entries(row: Row): Iterable<readonly [string, Value]>;
}

const position = /^_(\d{1,6})$/;

/** Records of columns: CSV, Parquet. */
export function columnsShape(
  names: readonly string[] | undefined,
  untyped: boolean,
): RowShape<readonly Value[]> {
  const nameOf = (index: number): string => names?.[index] ?? `_${index + 1}`;
  const shape: RowShape<readonly Value[]> = {
    untyped,
    member(name) {
      const index = indexOf(name, names);
      return (row) => row[index];
    },
    whole: (row) => new Map(shape.entries(row)),
    *entries(row) {
      for (let index = 0; index < row.length; index++) yield [nameOf(index), row[index]];
    },
  };
  return shape;
}

function indexOf(name: Name, names: readonly string[] = []): number {
  const exact = indexesOf(names, (one) => one === name.text);
  if (exact.length === 1) return exact[0]!;
  const upper = name.text.toUpperCase();
  const found =
    exact.length > 1 || name.quoted
      ? exact
      : indexesOf(names, (one) => one.toUpperCase() === upper);
  if (found.length > 1) throw new S3Error('AmbiguousFieldName');
  if (found.length === 1) return found[0]!;
  const digits = position.exec(name.text)?.[1];
  if (digits === undefined) {
    throw new S3Error('MissingHeaders', {
      message: `Some headers in the query are missing from the file: ${name.text.slice(0, 128)}. Check the file and try again.`,
    });
  }
  if (Number(digits) === 0) throw new S3Error('InvalidColumnIndex');
  return Number(digits) - 1;
}

function indexesOf(names: readonly string[], matches: (name: string) => boolean): number[] {
  return names.flatMap((name, index) => (matches(name) ? [index] : []));
}

/** Records that are any JSON value. */
export const documentShape: RowShape<Value> = {
  untyped: false,
  member: (name) => {
    const get = memberOf(name);
    // A record that is no object has itself as its only column.
    return name.text === '_1' ? (row) => (isStruct(row) ? get(row) : row) : get;
  },
  whole: (row) => row,
  *entries(row) {
    if (isStruct(row)) yield* row;
    else yield ['_1', row];
  },
};

/** One step into a value; MISSING where it leads nowhere. */
export function stepInto(step: PathStep): (value: Value) => Value {
  if (step.kind === 'member') return memberOf(step.name);
  const { index } = step;
  return (value) => (isList(value) ? value[index] : undefined);
}

/** @throws S3Error AmbiguousFieldName where only case tells two members apart */
export function memberOf({ text, quoted }: Name): (value: Value) => Value {
  const upper = text.toUpperCase();
  return (value) => {
    if (!isStruct(value)) return undefined;
    const exact = value.get(text);
    if (exact !== undefined || quoted) return exact;
    const names = value.size > fewMembers ? namesByUpper(value).get(upper) : value.keys();
    let found: Value;
    for (const name of names ?? []) {
      if (name.length !== text.length || name.toUpperCase() !== upper) continue;
      if (found !== undefined) throw new S3Error('AmbiguousFieldName');
      found = value.get(name);
    }
    return found;
  };
}

/** So many names are looked through one by one. */
const fewMembers = 64;
const indexes = new WeakMap<Struct, ReadonlyMap<string, readonly string[]>>();

/** Made once for a record, however many names the expression has. */
function namesByUpper(value: Struct): ReadonlyMap<string, readonly string[]> {
  const known = indexes.get(value);
  if (known !== undefined) return known;
  const index = new Map<string, string[]>();
  for (const name of value.keys()) {
    const upper = name.toUpperCase();
    const same = index.get(upper);
    if (same === undefined) index.set(upper, [name]);
    else same.push(name);
  }
  indexes.set(value, index);
  return index;
}
