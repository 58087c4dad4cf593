/**
 * The input of an operation → what its request says, by the model's tables: the other direction of the server's
 * decoder. Where it goes and how it is signed is decided later.
 */
import type { Member, Shape } from '../../model/shape.ts';
import { bindingsOf, structureOf, wireName } from '../../protocol/bindings.ts';
import { encodeDocument } from '../../protocol/encode-xml.ts';
import { formatScalar } from '../../protocol/format-scalar.ts';
import { encodeHeaderText, encodeMetadataValue } from '../../protocol/header-text.ts';
import { uriEncode } from '../../protocol/sigv4/percent-encoding.ts';
import { type Body, type BodyInput, bodyOf } from '../body.ts';
import { S3Error } from '../s3-error.ts';
import type { Operation } from '../types.ts';

type Input = Readonly<Record<string, unknown>>;

export interface EncodedInput {
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  /** Encoded pairs, `name=value`. */
  readonly query: readonly string[];
  /** Lower-case names; one character per byte. */
  readonly headers: Record<string, string>;
  readonly body: Body | undefined;
  /** Text of the client's own making, not the caller's bytes. */
  readonly isDocument: boolean;
}

interface Place {
  readonly member: Member;
  /** Of the header, in lower case, or of the parameter. */
  readonly wire: string;
}

/** An input's members, sorted once. */
interface Places {
  readonly byName: ReadonlyMap<string, Place>;
  /** Of which it counts whether they are there: a few of dozens. */
  readonly watched: readonly Member[];
}

const places = new Map<Shape, Places>();

function placesOf(shape: Shape): Places {
  const known = places.get(shape);
  if (known !== undefined) return known;
  const byName = new Map<string, Place>();
  for (const member of shape.members) {
    const wire = wireName(member);
    const isHeader = member.in === 'header' || member.in === 'headers';
    byName.set(member.name, { member, wire: isHeader ? wire.toLowerCase() : wire });
  }
  const watched = shape.members.filter(({ required, kind }) => required || kind === 'stream');
  const found = { byName, watched };
  places.set(shape, found);
  return found;
}

export interface EncodingOptions {
  /** Others bring the stream of bytes: it must not be there. */
  readonly isWithoutBody?: boolean;
}

/** @throws S3Error InvalidInput for members that are missing or unknown */
export function encodeInput(
  { name, input: shape, query }: Operation,
  input: Input,
  { isWithoutBody = false }: EncodingOptions = {},
): EncodedInput {
  const { byName, watched } = placesOf(shape);
  const headers: Record<string, string> = {};
  const pairs: string[] = [];
  for (const literal of query) pairs.push(literal.includes('=') ? literal : `${literal}=`);
  let hasElements = false;
  for (const memberName in input) {
    const value = input[memberName];
    if (value === undefined || value === null) continue;
    const place = byName.get(memberName);
    if (place === undefined) throw invalid(name, `there is no ${memberName}`);
    const { member, wire } = place;
    switch (member.in) {
      case 'header':
        headers[wire] = headerText(name, member, value);
        break;
      case 'query':
        pairs.push(`${uriEncode(wire)}=${uriEncode(scalarText(member, value))}`);
        break;
      case 'headers':
        writePrefixed(name, headers, wire, value as Readonly<Record<string, string>>);
        break;
      case 'label':
      case 'payload':
        break;
      default:
        hasElements = true;
    }
  }
  for (const member of watched) {
    const isBrought = isWithoutBody && member.kind === 'stream';
    const isMissing = isAbsent(input[member.name]);
    if (isBrought && !isMissing) throw invalid(name, `${member.name} can't be given here`);
    if (member.required && isMissing && !isBrought) {
      throw invalid(name, `${member.name} is missing`);
    }
  }
  if (asksForEncodedKeys(name, shape, input)) pairs.push('encoding-type=url');
  const encoded = encodeBody(shape, input, hasElements);
  return {
    bucket: input.Bucket as string | undefined,
    key: input.Key as string | undefined,
    query: pairs,
    headers,
    ...encoded,
  };
}

const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';

/** XML can't hold all that keys may: as boto3 does, the client has them encoded, and decodes them. */
export const asksForEncodedKeys = (name: string, shape: Shape, input: Input): boolean =>
  input.EncodingType === undefined &&
  name.startsWith('List') &&
  shape.members.some((member) => member.name === 'EncodingType');

function scalarText({ kind }: Member, value: unknown): string {
  return formatScalar(kind, value);
}

function headerText(operation: string, member: Member, value: unknown): string {
  if (member.kind === 'list') return (value as readonly string[]).join(',');
  if (member.kind !== 'string') return scalarText(member, value);
  const text = encodeHeaderText(String(value));
  assertOneLine(operation, member.name, text);
  return text;
}

function writePrefixed(
  operation: string,
  headers: Record<string, string>,
  prefix: string,
  entries: Readonly<Record<string, string>>,
): void {
  for (const name of Object.keys(entries)) {
    const text = encodeMetadataValue(String(entries[name]));
    if (!headerName.test(name)) throw invalid(operation, `no header can be called ${name}`);
    headers[prefix + name.toLowerCase()] = text;
  }
}

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const lineBreak = /[\0\r\n]/;

function assertOneLine(operation: string, member: string, text: string): void {
  if (lineBreak.test(text)) throw invalid(operation, `${member} has a line break`);
}

function encodeBody(
  shape: Shape,
  input: Input,
  hasElements: boolean,
): Pick<EncodedInput, 'body' | 'isDocument'> {
  const { payload, root, elements } = bindingsOf(shape);
  if (payload === undefined) {
    if (elements.length === 0 || (!hasElements && !elements.some(({ required }) => required))) {
      return { body: undefined, isDocument: false };
    }
    return document(encodeDocument(shape, root, input));
  }
  const value = input[payload.name];
  if (value === undefined || value === null) return { body: undefined, isDocument: false };
  if (payload.kind === 'stream') {
    const length = input.ContentLength as number | undefined;
    return { body: bodyOf(value as BodyInput, length), isDocument: false };
  }
  if (payload.kind === 'string') return document(String(value));
  const held = structureOf(payload);
  return document(encodeDocument(held, payload.wire ?? bindingsOf(held).root, value as Input));
}

const document = (text: string) => ({ body: bodyOf(text), isDocument: true });

export const invalid = (operation: string, why: string): S3Error =>
  new S3Error('InvalidInput', `${operation}: ${why}`, { operation });
