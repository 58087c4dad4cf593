/** How answers of the admin API are printed: lists as tables, single things as a line for each fact. */
import { type Output, tableOf } from '../output.ts';

/** Head → the cell of an item. */
export type Columns<Item> = Readonly<Record<string, (item: Item) => unknown>>;

const absent = '-';

const cellOf = (value: unknown): string =>
  value === undefined || value === '' ? absent : String(value);

/** @param type of the records of `--json`, which hold all of an item */
export function tellList<Item extends object>(
  out: Output,
  type: string,
  items: readonly Item[],
  columns: Columns<Item>,
): void {
  if (out.json) {
    for (const item of items) out.record({ type, ...item });
    return;
  }
  const rows = items.map((item) => Object.values(columns).map((cell) => cellOf(cell(item))));
  for (const line of tableOf(Object.keys(columns), rows)) out.record({ type }, line);
}

/** @param facts what people read; those that are undefined are left out */
export function tellOne(
  out: Output,
  type: string,
  item: object,
  title: string,
  facts: Readonly<Record<string, unknown>>,
): void {
  if (out.json) {
    out.record({ type, ...item });
    return;
  }
  const rows = Object.entries(facts)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, cellOf(value)]);
  for (const line of tableOf([title, ''], rows)) out.record({ type }, line);
}
