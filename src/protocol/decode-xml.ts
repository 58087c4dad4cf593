/**
 * XML payloads → values, by the shape tables.
 *
 * Elements come in any order. Unknown elements are ignored, since SDKs send elements that are newer than
 * this model; missing required ones, an element that occurs twice, values of the wrong kind or outside
 * their enumeration, and lists over their limit are MalformedXML.
 */
import type { Member, Shape } from '../model/shape.ts';
import { type Bindings, bindingsOf, itemOf, structureOf, wireName } from './bindings.ts';
import { type ErrorCode, S3Error } from './errors.ts';
import { parseMember } from './values.ts';
import { parseXml, type XmlElement } from './xml/parse.ts';

type Value = Record<string, unknown>;

/** `Shape.Member` → how many items S3 takes. */
const maxListItems: Readonly<Record<string, number>> = {
  'CompletedMultipartUpload.Parts': 10_000,
  'Delete.Objects': 1000,
};

/** Enumerations that S3 has a code of its own for. */
const enumErrors: Readonly<Record<string, ErrorCode>> = {
  CompressionType: 'InvalidCompressionFormat',
  ExpressionType: 'InvalidExpressionType',
  FileHeaderInfo: 'InvalidFileHeaderInfo',
  JSONType: 'InvalidJsonType',
  QuoteFields: 'InvalidQuoteFields',
};

function malformed(): S3Error {
  return new S3Error('MalformedXML');
}

function missing(name: string): S3Error {
  const { message } = new S3Error('MissingRequiredParameter');
  return new S3Error('MissingRequiredParameter', { message: `${message} Missing: ${name}.` });
}

const elementIndexes = new Map<Shape, ReadonlyMap<string, Member>>();

function elementIndex({ shape, elements }: Bindings): ReadonlyMap<string, Member> {
  const known = elementIndexes.get(shape);
  if (known !== undefined) return known;
  const index = new Map(elements.map((member) => [wireName(member), member]));
  elementIndexes.set(shape, index);
  return index;
}

function decodeText(member: Member, text: string): unknown {
  const value = parseMember(member, text);
  if (value === undefined) throw new S3Error(enumErrors[member.enum ?? ''] ?? 'MalformedXML');
  return value;
}

function decodeItem(member: Member, element: XmlElement): unknown {
  const item = itemOf(member);
  return typeof item === 'string'
    ? decodeText(member, element.text)
    : decodeStructure(bindingsOf(item), element);
}

function decodeMember(member: Member, element: XmlElement): unknown {
  if (member.kind === 'structure') return decodeStructure(bindingsOf(structureOf(member)), element);
  if (member.kind !== 'list') return decodeText(member, element.text);
  const itemName = member.item ?? 'member';
  return element.children
    .filter(({ name }) => name === itemName)
    .map((child) => decodeItem(member, child));
}

export function decodeStructure(bindings: Bindings, element: XmlElement): Value {
  const value: Value = {};
  for (const member of bindings.attributes) {
    const wire = wireName(member);
    const text = element.attributes[wire.slice(wire.indexOf(':') + 1)];
    if (text !== undefined) value[member.name] = decodeText(member, text);
  }
  const index = elementIndex(bindings);
  for (const child of element.children) {
    const member = index.get(child.name);
    if (member === undefined) continue;
    if (member.flattened) {
      value[member.name] ??= [];
      (value[member.name] as unknown[]).push(decodeItem(member, child));
    } else {
      if (value[member.name] !== undefined) throw malformed();
      value[member.name] = decodeMember(member, child);
    }
  }
  assertComplete(bindings, value);
  return value;
}

function assertComplete({ shape, union, elements, attributes }: Bindings, value: Value): void {
  for (const members of [elements, attributes]) {
    for (const member of members) {
      const found = value[member.name];
      if (found === undefined) {
        if (!member.required) continue;
        throw shape.name === 'SelectObjectContentRequest' ? missing(member.name) : malformed();
      } else if (member.kind === 'list') {
        const limit = maxListItems[`${shape.name}.${member.name}`];
        if (limit !== undefined && (found as unknown[]).length > limit) throw malformed();
      }
    }
  }
  if (union && Object.keys(value).length !== 1) throw malformed();
}

/** @param rootName what the document's root element must be called */
export function decodeDocument(
  shape: Shape,
  rootName: string,
  document: Uint8Array,
  maxBytes: number,
): Value {
  try {
    const root = parseXml(document, maxBytes);
    if (root.name !== rootName) throw malformed();
    return decodeStructure(bindingsOf(shape), root);
  } catch (error) {
    // S3 has a code of its own for access control lists.
    if (shape.name !== 'AccessControlPolicy') throw error;
    if (!(error instanceof S3Error) || error.code !== 'MalformedXML') throw error;
    throw new S3Error('MalformedACLError', { cause: error });
  }
}
