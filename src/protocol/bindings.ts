/**
 * The shape tables sorted by where members travel, once per shape: what decoder and encoder walk.
 */
import type { Member, ScalarKind, Shape } from '../model/shape.ts';

export interface Bindings {
  readonly shape: Shape;
  readonly root: string;
  readonly union: boolean;
  readonly labels: readonly Member[];
  readonly headers: readonly HeaderMember[];
  /** The same by the name of the member. */
  readonly headerByName: ReadonlyMap<string, HeaderMember>;
  /** The same by the name of the header, in lower case. */
  readonly headerByWire: ReadonlyMap<string, HeaderMember>;
  readonly requiredHeaders: readonly HeaderMember[];
  readonly queries: readonly Member[];
  readonly needsQuery: boolean;
  /** A map whose entries are headers of a common prefix. */
  readonly prefixed: HeaderMember | undefined;
  readonly payload: Member | undefined;
  readonly attributes: readonly Member[];
  readonly elements: readonly Member[];
}

export interface HeaderMember {
  readonly member: Member;
  /** As it is written. */
  readonly wire: string;
  /** As it is looked up. */
  readonly lowerCase: string;
}

export function wireName(member: Member): string {
  return member.wire ?? member.name;
}

function headerMember(member: Member): HeaderMember {
  const wire = wireName(member);
  return { member, wire, lowerCase: wire.toLowerCase() };
}

function bind(shape: Shape): Bindings {
  const { name, root, union, members } = shape;
  const at = (place: Member['in']) => members.filter((member) => member.in === place);
  const prefixed = at('headers')[0];
  const headers = at('header').map(headerMember);
  const queries = at('query');
  return {
    shape,
    root: root ?? name,
    union: union ?? false,
    labels: at('label'),
    headers,
    headerByName: new Map(headers.map((header) => [header.member.name, header])),
    headerByWire: new Map(headers.map((header) => [header.lowerCase, header])),
    requiredHeaders: headers.filter(({ member }) => member.required),
    queries,
    needsQuery: queries.some((member) => member.required),
    prefixed: prefixed === undefined ? undefined : headerMember(prefixed),
    payload: at('payload')[0],
    attributes: at('attribute'),
    elements: members.filter((member) => member.in === undefined || member.in === 'element'),
  };
}

const bound = new Map<Shape, Bindings>();

export function bindingsOf(shape: Shape): Bindings {
  const known = bound.get(shape);
  if (known !== undefined) return known;
  const bindings = bind(shape);
  bound.set(shape, bindings);
  return bindings;
}

/** The shape of a structure or of events. */
export function structureOf({ name, of }: Member): Shape {
  if (typeof of !== 'object') throw new Error(`${name} is no structure`);
  return of;
}

/** What a list holds. */
export function itemOf({ name, of }: Member): Shape | ScalarKind {
  if (of === undefined) throw new Error(`${name} is no list`);
  return of;
}
