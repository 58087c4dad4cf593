/**
 * Lists, page by page to their end, and what is listed, one by one.
 *
 * How a list goes on follows from the model's names: `ContinuationToken` is what the page before calls
 * `NextContinuationToken`, `KeyMarker` is `NextKeyMarker`, and so on. A page that says that there is more and not
 * where, or the same place again, is an error: what it leaves out would be taken for gone.
 */
import type { Shape } from '../model/shape.ts';
import type { DeleteMarkerEntry, ObjectVersion, OperationTypes } from '../model/types.gen.ts';
import { urlEncodedMembers } from '../protocol/encode-xml.ts';
import { decodeUrl } from '../protocol/url-encoding.ts';
import { invalid } from './codec/encode-input.ts';
import { S3Error } from './s3-error.ts';
import type { Sender } from './sender.ts';
import type { ClientInput, ClientOutput, Operation, RequestOptions } from './types.ts';

/** Operation → the members of its pages that hold what is listed; common prefixes are not among them. */
export interface ListedMembers {
  ListBucketAnalyticsConfigurations: 'AnalyticsConfigurationList';
  ListBucketIntelligentTieringConfigurations: 'IntelligentTieringConfigurationList';
  ListBucketInventoryConfigurations: 'InventoryConfigurationList';
  ListBucketMetricsConfigurations: 'MetricsConfigurationList';
  ListBuckets: 'Buckets';
  ListMultipartUploads: 'Uploads';
  ListObjectAnnotations: 'Annotations';
  ListObjectVersions: 'Versions' | 'DeleteMarkers';
  ListObjects: 'Contents';
  ListObjectsV2: 'Contents';
  ListParts: 'Parts';
}

export type ListOperationName = keyof ListedMembers;

type Page<Name extends ListOperationName> = OperationTypes[Name]['output'];

/** Members of a page that are lists, `CommonPrefixes` among them. */
export type ListMember<Name extends ListOperationName> = {
  [Member in keyof Page<Name>]-?: NonNullable<Page<Name>[Member]> extends readonly unknown[]
    ? Member
    : never;
}[keyof Page<Name>];

export type ItemIn<Name extends ListOperationName, Member extends ListMember<Name>> =
  NonNullable<Page<Name>[Member]> extends readonly (infer Item)[] ? Item : never;

/** Versions and the markers of deletions, told apart by `DeleteMarker`. */
export type VersionItem =
  | (ObjectVersion & { readonly DeleteMarker: false })
  | (DeleteMarkerEntry & { readonly DeleteMarker: true });

export type ListedItem<Name extends ListOperationName> = Name extends 'ListObjectVersions'
  ? VersionItem
  : ItemIn<Name, ListedMembers[Name] & ListMember<Name>>;

export interface PaginateOptions extends RequestOptions {
  /** Ends the list after that many items, of all pages together; common prefixes don't count among pages. */
  readonly maxItems?: number | undefined;
  /** Most items of a page; the operation's own `Max…` member. The server's own measure if undefined. */
  readonly pageSize?: number | undefined;
}

/** A list that is asked for page by page while it is read, from the start each time. */
export interface Pages<Name extends ListOperationName> extends AsyncIterable<ClientOutput<Name>> {
  /**
   * What is listed, one by one: of each page of ListObjectVersions first the versions, then the markers.
   * @param member another list of the pages: `items('CommonPrefixes')`
   */
  items(): AsyncGenerator<ListedItem<Name>, void, undefined>;
  items<Member extends ListMember<Name>>(
    member: Member,
  ): AsyncGenerator<ItemIn<Name, Member>, void, undefined>;
}

type Values = Readonly<Record<string, unknown>>;

interface Rule {
  /** Input members and the output members that they go on from; the first one has to be there. */
  readonly tokens: readonly (readonly [input: string, output: string])[];
  readonly pageSize: string | undefined;
  readonly listed: readonly string[];
}

/**
 * `for await (const page of paginate(client, ListObjectsV2, { Bucket }))`, or `.items()` instead of pages.
 *
 * The input may say where to begin, as `StartAfter` or `ContinuationToken`.
 * @throws S3Error when read: MalformedResponse for a list without an end, and what the operation throws
 */
export function paginate<Name extends ListOperationName>(
  sender: Sender,
  operation: Operation<Name>,
  input: ClientInput<Name>,
  options: PaginateOptions = {},
): Pages<Name> {
  const { maxItems = Number.POSITIVE_INFINITY } = options;
  const rule = ruleOf(operation);
  const first = firstInput(operation, rule, input as Values, options);

  const items = async function* (member?: string): AsyncGenerator<unknown, void, undefined> {
    const lists = member === undefined ? rule.listed : [member];
    let left = maxItems;
    if (left <= 0) return;
    for await (const page of allPages(sender, operation, rule, first, options)) {
      for (const list of lists) {
        for (const item of listIn(page, list)) {
          yield member === undefined && lists.length > 1 ? toldApart(list, item as Values) : item;
          left -= 1;
          if (left <= 0) return;
        }
      }
    }
  };

  return {
    async *[Symbol.asyncIterator]() {
      let left = maxItems;
      if (left <= 0) return;
      for await (const page of allPages(sender, operation, rule, first, options)) {
        const cut = withAtMost(page, rule.listed, left);
        yield cut as unknown as ClientOutput<Name>;
        left -= countIn(cut, rule.listed);
        if (left <= 0) return;
      }
    },
    items: items as Pages<Name>['items'],
  };
}

async function* allPages(
  sender: Sender,
  operation: Operation<ListOperationName>,
  rule: Rule,
  first: Values,
  { signal }: RequestOptions,
): AsyncGenerator<Values, void, undefined> {
  for (let input: Values | undefined = first; input !== undefined; ) {
    const sent: Values = input;
    const page: Values = (await sender.send(operation, sent as never, { signal })) as never;
    input = nextInput(operation, rule, sent, page);
    yield page;
  }
}

const rules = new Map<Shape, Rule>();

function ruleOf({ name, input, output }: Operation): Rule {
  const known = rules.get(input);
  if (known !== undefined) return known;
  const members = output?.members ?? [];
  const answered = new Set(members.map((member) => member.name));
  const tokens: [string, string][] = input.members
    .filter((member) => answered.has(`Next${member.name}`))
    .map((member) => [member.name, `Next${member.name}`]);
  // ListBuckets, which came before there were pages of it, calls both ends the same.
  if (tokens.length === 0 && answered.has(continuation)) tokens.push([continuation, continuation]);
  const listed = members
    .filter((member) => member.kind === 'list' && member.name !== 'CommonPrefixes')
    .map((member) => member.name);
  if (tokens.length === 0 || listed.length === 0) throw invalid(name, 'it has no pages');
  const pageSize = input.members.find((member) => member.name.startsWith('Max'))?.name;
  const rule = { tokens, pageSize, listed };
  rules.set(input, rule);
  return rule;
}

const continuation = 'ContinuationToken';

function firstInput(
  { name }: Operation,
  rule: Rule,
  input: Values,
  { maxItems = 0, pageSize }: PaginateOptions,
): Values {
  if (!Number.isInteger(maxItems) || maxItems < 0) {
    throw invalid(name, `maxItems must be a whole number, not ${maxItems}`);
  }
  if (pageSize === undefined) return input;
  if (rule.pageSize === undefined) throw invalid(name, 'its pages have no pageSize');
  if (!Number.isInteger(pageSize) || pageSize < 1) {
    throw invalid(name, `pageSize must be a whole number from 1, not ${pageSize}`);
  }
  return { ...input, [rule.pageSize]: pageSize };
}

/** Undefined after the last page. */
function nextInput(
  operation: Operation,
  { tokens }: Rule,
  input: Values,
  page: Values,
): Values | undefined {
  // Parts have a next marker on their last page, too.
  if (page.IsTruncated === false) return undefined;
  const next: Record<string, unknown> = {};
  for (const [into, from] of tokens) next[into] = tokenOf(operation, input, page, from);
  const [[main] = ['']] = tokens;
  if (main === 'Marker') next.Marker ??= lastKeyOf(page, input);
  if (next[main] === undefined) {
    if (page.IsTruncated === true) throw malformed(operation, 'not where it goes on');
    return undefined;
  }
  if (tokens.every(([into]) => next[into] === (input[into] || undefined))) {
    throw malformed(operation, 'the same place again');
  }
  return { ...input, ...next };
}

function tokenOf(
  { output }: Operation,
  input: Values,
  page: Values,
  member: string,
): string | undefined {
  const token = page[member];
  if (typeof token !== 'string' || token === '') return undefined;
  return plainText(input, `${output?.name}.${member}`, token);
}

/** ListObjects names the next marker only if there is a delimiter; else it is the last key. */
function lastKeyOf({ Contents, CommonPrefixes }: Values, input: Values): string | undefined {
  const key = lastOf(Contents)?.Key;
  if (typeof key === 'string') return plainText(input, 'Object.Key', key);
  const prefix = lastOf(CommonPrefixes)?.Prefix;
  return typeof prefix === 'string' ? plainText(input, 'CommonPrefix.Prefix', prefix) : undefined;
}

const lastOf = (list: unknown): Values | undefined => (list as Values[] | undefined)?.at(-1);

/** Who asks for encoded keys reads them encoded; what is sent with the next request is not. */
const plainText = ({ EncodingType }: Values, member: string, text: string): string =>
  EncodingType === 'url' && urlEncodedMembers.has(member) ? decodeUrl(text) : text;

const malformed = ({ name }: Operation, what: string): S3Error =>
  new S3Error('MalformedResponse', `${name}: the page says that there is more, and ${what}`, {
    operation: name,
  });

const listIn = (page: Values, member: string): readonly unknown[] =>
  (page[member] as readonly unknown[] | undefined) ?? [];

const toldApart = (list: string, item: Values): Values => ({
  ...item,
  DeleteMarker: list === 'DeleteMarkers',
});

const countIn = (page: Values, lists: readonly string[]): number =>
  lists.reduce((count, list) => count + listIn(page, list).length, 0);

/** The page with the first of its items only. */
function withAtMost(page: Values, lists: readonly string[], most: number): Values {
  if (countIn(page, lists) <= most) return page;
  const cut: Record<string, unknown> = { ...page };
  let left = most;
  for (const list of lists) {
    const items = listIn(page, list);
    cut[list] = items.slice(0, left);
    left -= Math.min(left, items.length);
  }
  return cut;
}
