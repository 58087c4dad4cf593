/**
 * How a row of `shapes.gen.ts` reads: where each member of an input or output travels and in what form.
 *
 * Decoder, encoder and client interpret the same rows. The bindings are those of Smithy's REST-XML
 * protocol, which AWS's own model is written in.
 */

/** `date-time` is ISO 8601, `http-date` RFC 9110; `stream` a payload too large to hold; `events` an event stream. */
export type ScalarKind =
  | 'string'
  | 'integer'
  | 'long'
  | 'boolean'
  | 'date-time'
  | 'http-date'
  | 'blob'
  | 'stream';

export type MemberKind = ScalarKind | 'structure' | 'list' | 'map' | 'events';

/** `headers` is a prefix shared by many headers; a `label` comes from host and path. */
export type MemberPlace =
  | 'element'
  | 'attribute'
  | 'header'
  | 'headers'
  | 'query'
  | 'label'
  | 'payload';

export interface Member {
  /** S3's name, and the property's name in the TypeScript types. */
  readonly name: string;
  readonly kind: MemberKind;
  /** `element` if absent. */
  readonly in?: MemberPlace;
  /** Name of the header, query parameter, element or attribute; `name` if absent. For `headers`, the prefix. */
  readonly wire?: string;
  /** A structure's shape; what a list holds. */
  readonly of?: Shape | ScalarKind;
  /** A list whose items stand side by side under `wire`, without an element around them. */
  readonly flattened?: true;
  /** Name of one item's element in a list that isn't flattened; `member` if absent. */
  readonly item?: string;
  /** Row of `enums.gen.ts` with the values a string may have. */
  readonly enum?: string;
  readonly required?: true;
  /** Never to be logged. */
  readonly secret?: true;
}

export interface Shape {
  /** S3's. */
  readonly name: string;
  /** Name of the document's root element; `name` if absent. */
  readonly root?: string;
  /** Exactly one of the members is set. */
  readonly union?: true;
  readonly members: readonly Member[];
}
