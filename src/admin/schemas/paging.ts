/** Lists come in pages: `limit` items, and `next` for the page after them. */
import { z } from 'zod';

export const maxPageItems = 1000;
export const defaultPageItems = 100;

export const pageInput = {
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(maxPageItems)
    .default(defaultPageItems)
    .describe('Items of a page at most.'),
  after: z.string().max(1024).optional().describe('`next` of the page before.'),
};

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({
    items: z.array(item),
    next: z.string().optional().describe('There are more: the `after` of the next page.'),
  });

/** One page of items in the order of their names. */
export function page<Item>(
  all: Iterable<Item>,
  nameOf: (item: Item) => string,
  { limit, after }: { readonly limit: number; readonly after?: string | undefined },
): { items: Item[]; next?: string } {
  const sorted = [...all]
    .map((item) => ({ item, name: nameOf(item) }))
    .filter(({ name }) => after === undefined || name > after)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const shown = sorted.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(({ item }) => item),
    ...(sorted.length > shown.length && last !== undefined && { next: last.name }),
  };
}
