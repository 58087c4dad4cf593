/** `Marker`, `MaxItems` and `IsTruncated`: lists in pages, in the order of their names. */
import { defaultPageItems, maxPageItems } from './limits.ts';
import { invalid } from './query/errors.ts';

export interface PageInput {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface PageEnd {
  readonly IsTruncated: boolean;
  readonly Marker?: string;
}

export interface NamedPage<T> {
  readonly items: readonly T[];
  readonly end: PageEnd;
}

/** @throws QueryError ValidationError */
export function pageOf<T>(
  all: Iterable<T>,
  nameOf: (item: T) => string,
  { Marker: marker, MaxItems: most = defaultPageItems }: PageInput,
): NamedPage<T> {
  if (most < 1 || most > maxPageItems) {
    throw invalid(`MaxItems is ${most}, and must be between 1 and ${maxPageItems}.`);
  }
  const after = marker === undefined ? undefined : nameIn(marker);
  const sorted = [...all]
    .map((item) => ({ item, name: nameOf(item).toLowerCase() }))
    .filter(({ name }) => after === undefined || name > after)
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const items = sorted.slice(0, most);
  const last = items.at(-1);
  const isTruncated = sorted.length > items.length;
  return {
    items: items.map(({ item }) => item),
    end: {
      IsTruncated: isTruncated,
      ...(isTruncated && last !== undefined && { Marker: markerOf(last.name) }),
    },
  };
}

/** Of a list that never has anything: asks of the input what a page of others asks. */
export const emptyPage = (input: PageInput): PageEnd => pageOf<never>([], () => '', input).end;

const markerOf = (name: string): string => Buffer.from(name).toString('base64url');

function nameIn(marker: string): string {
  const name = Buffer.from(marker, 'base64url').toString('utf8');
  if (name === '' || markerOf(name) !== marker) throw invalid('The Marker is none of this list.');
  return name;
}
