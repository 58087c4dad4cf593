/**
 * The shape tables sorted by where members travel, once per shape: what decoder and encoder walk.
 */
import type { Member, Shape } from '../model/shape.ts';
import { shapes } from '../model/shapes.gen.ts';

export interface Bindings {
  readonly name: string;
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

function bind(name: string, { root, union, members }: Shape): Bindings {
  const at = (place: Member['in']) => members.filter((member) => member.in === place);
  const prefixed = at('headers')[0];
  const headers = at('header').map(headerMember);
  const queries = at('query');
  return {
    name,
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

const bound = new Map<string, Bindings>();

export function bindingsOf(shapeName: string): Bindings {
  const known = bound.get(shapeName);
  if (known !== undefined) return known;
  const shape = shapes[shapeName];
  if (shape === undefined) throw new Error(`no shape is called ${shapeName}`);
  const bindings = bind(shapeName, shape);
  bound.set(shapeName, bindings);
  return bindings;
}

const scalarKinds: ReadonlySet<string> = new Set([
  'string',
  'integer',
  'long',
  'boolean',
  'date-time',
  'http-date',
  'blob',
  'stream',
]);

/** Whether what a list holds, or a member is, has no members of its own. */
export function isScalar(kind: string): boolean {
  return scalarKinds.has(kind);
}
